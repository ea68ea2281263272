#include "server/explain_command.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "dispatch/assign.hpp"
#include "schema/codec/documents.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/decision_text.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

struct Explained {
    std::shared_ptr<const DecisionData> data;
    CaseFile file;
};

Result<Explained> explained(schema::Tx& tx, const CaseNumber& number) {
    const auto row = schema::case_by_number(tx, number.district, number.day, number.serial);
    if (!row) return make_error(Errc::not_found, "error.not_found");
    auto file = load_file(tx, number.district, row->id);
    if (!file) return file.error();
    auto data = load_decision_data(tx, number.district);
    if (!data) return data.error();
    return Explained{std::move(*data), std::move(*file)};
}

}  // namespace

Result<bool> explain_command(const ExplainOptions& options) {
    const auto number = parse_number(options.number);
    if (!number) return invalid_field("/number", "error.no_such_number");
    schema::StoreOptions store_options;
    store_options.url = options.config.store;
    auto store = schema::open_store(store_options);
    if (!store) return store.error();
    auto found = read_now<Explained>(**store, [&](schema::Tx& tx) { return explained(tx, *number); });
    if (!found) return found.error();
    const Event& submitted = found->file.events.front();
    const View view{*found->data, options.language, submitted.at, nullptr};
    auto trace = explain(submitted, found->data->policy(found->file.c.versions, Workload{}));
    if (!trace) return trace.error();
    const std::string decision = encode_decision(found->file, *trace, view);
    if (options.json) {
        std::printf("%s\n", decision.c_str());
    } else {
        for (const auto& line : decision_text(decision, options.language)) std::printf("%s\n", line.c_str());
    }
    return trace->hash == submitted.decision->trace_hash;
}

namespace {

Result<std::string> said_or_in_file(const std::string& said) {
    if (said.find('{') != std::string::npos) return said;
    std::ifstream in(said, std::ios::binary);
    if (!in.good()) return make_error(Errc::not_found, "error.file_not_found", {{"file", said}});
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Result<std::shared_ptr<const DecisionData>> district_in_force(const Config& config) {
    schema::StoreOptions store_options;
    store_options.url = config.store;
    auto store = schema::open_store(store_options);
    if (!store) return store.error();
    using InForce = std::shared_ptr<const DecisionData>;
    return read_now<InForce>(**store, [](schema::Tx& tx) -> Result<InForce> {
        const auto district = schema::first_district(tx);
        if (!district) return make_error(Errc::unavailable, "error.no_district");
        return load_decision_data(tx, *district);
    });
}

// Nobody's load counts: the chain as it stands.
bool print_choice(const Facts& facts, const Ruling& ruling, const DecisionData& data, Instant now,
                  schema::Language language) {
    Need need;
    need.grid_code = facts.grid_code;
    need.matter = facts.matter;
    need.priority = ruling.rule->then.priority.value_or(facts.priority);
    need.action = ruling.rule->then;
    need.now = now;
    const auto choice = choose_owner(need, *data.roster, {});
    if (!choice) {
        std::printf("%s\n", schema::sentence(language, choice.error().key, choice.error().args).c_str());
        return false;
    }
    const auto rung = schema::sentence(language, "rung." + choice->rung);
    std::printf(
        "%s\n",
        schema::sentence(language, "why.owner", {{"owner", choice->owner.name}, {"rung", rung}}).c_str());
    return true;
}

}  // namespace

Result<bool> explain_facts_command(const ExplainFactsOptions& options) {
    auto text = said_or_in_file(options.facts);
    if (!text) return text.error();
    auto facts = read_facts(*text);
    if (!facts) return facts.error();
    std::shared_ptr<const DecisionData> data;
    if (options.district) {
        auto loaded = district_in_force(*options.district);
        if (!loaded) return loaded.error();
        data = *loaded;
    }
    std::shared_ptr<const Rulebook> draft;
    if (!options.rules.empty() || !data) {
        auto document = said_or_in_file(options.rules.string());
        if (!document) return document.error();
        auto read = read_rules(*document, 1);
        if (!read) return read.error();
        draft = *read;
    }
    const Rulebook& rules = draft ? *draft : data->rulebooks.now();
    const Ruling ruling = rules.judge(*facts);
    for (const RuleTried& tried : ruling.tried)
        std::printf("%s\n", rule_text(tried, options.language).c_str());
    return !data || print_choice(*facts, ruling, *data, options.now, options.language);
}

}  // namespace mashang::server
