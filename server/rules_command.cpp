#include "server/rules_command.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "schema/codec/documents.hpp"
#include "schema/codec/rule_findings.hpp"
#include "server/decision_data.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

Result<std::string> rules_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in.good()) return make_error(Errc::not_found, "error.file_not_found", {{"file", file.string()}});
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Result<std::shared_ptr<const DecisionData>> district_data(const Config& config) {
    schema::StoreOptions options;
    options.url = config.store;
    auto store = schema::open_store(options);
    if (!store) return store.error();
    return read_now<std::shared_ptr<const DecisionData>>(
        **store, [](schema::Tx& tx) -> Result<std::shared_ptr<const DecisionData>> {
            const auto district = schema::first_district(tx);
            if (!district) return make_error(Errc::unavailable, "error.no_district");
            return load_decision_data(tx, *district);
        });
}

void print_line(Severity severity, const FieldError& said, schema::Language language) {
    const std::string word = schema::sentence(language, "severity." + std::string(to_string(severity)));
    std::printf("%s %s: %s\n", word.c_str(), said.pointer.empty() ? "/" : said.pointer.c_str(),
                schema::sentence(language, said.key, said.args).c_str());
}

// A document that does not read has no rules to check: its faults are all there is to say.
void print_faults(const Error& refusal, const RulesCheckOptions& options) {
    if (options.json) {
        std::printf("%s\n", faults_json(refusal.fields, options.language).c_str());
        return;
    }
    for (const FieldError& f : refusal.fields) print_line(Severity::error, f, options.language);
}

void print_findings(const std::vector<RuleFinding>& findings, const Rulebook& rules, const std::string& text,
                    const RulesCheckOptions& options) {
    if (options.json) {
        std::printf("%s\n", findings_json(findings, rules, text, options.language).c_str());
        return;
    }
    const auto said = told(findings, rules, text, options.language);
    for (std::size_t i = 0; i < findings.size(); ++i) {
        print_line(findings[i].severity, said[i], options.language);
        if (findings[i].witness) std::printf("  %s\n", write_facts(*findings[i].witness).c_str());
    }
}

}  // namespace

Result<bool> rules_check_command(const RulesCheckOptions& options) {
    auto text = rules_text(options.file);
    if (!text) return text.error();
    const auto rules = read_rules(*text);
    if (!rules) {
        print_faults(rules.error(), options);
        return false;
    }
    std::shared_ptr<const Catalogue> catalogue;
    std::shared_ptr<const Calendar> calendar;
    std::shared_ptr<const DecisionData> district;
    CheckedWorld world;
    if (options.district) {
        auto loaded = district_data(*options.district);
        if (!loaded) return loaded.error();
        district = *loaded;
        world = {&district->catalogues.now(), nullptr,    district->territory.get(), district->roster.get(),
                 &district->calendars.now(),  options.now};
    } else {
        auto defaults = read_catalogue(schema::default_document("catalogue"));
        if (!defaults) return defaults.error();
        catalogue = *defaults;
        world.catalogue = catalogue.get();
        auto hours = read_calendar(schema::default_document("calendar"));
        if (!hours) return hours.error();
        calendar = *hours;
        world.calendar = calendar.get();
    }
    const auto findings = check_rules(**rules, world);
    print_findings(findings, **rules, *text, options);
    if (!options.json) {
        std::size_t errors = 0;
        for (const RuleFinding& f : findings) errors += f.severity == Severity::error ? 1 : 0;
        std::printf("%s\n", schema::sentence(options.language, "finding.summary",
                                             {{"rules", std::to_string((*rules)->rules().size())},
                                              {"errors", std::to_string(errors)},
                                              {"warnings", std::to_string(findings.size() - errors)}})
                                .c_str());
    }
    return may_activate(findings);
}

}  // namespace mashang::server
