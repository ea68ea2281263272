#include "server/document_commands.hpp"

#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "schema/codec/documents.hpp"
#include "server/documents.hpp"
#include "server/held_store.hpp"
#include "server/keys.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

using Data = std::shared_ptr<const DecisionData>;

Result<std::string> text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in.good()) return make_error(Errc::not_found, "error.file_not_found", {{"file", file.string()}});
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::optional<int> version_in(const std::string& text) {
    int n = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, n);
    if (parsed.ec != std::errc{} || parsed.ptr != end || n < 1) return std::nullopt;
    return n;
}

void print_line(Severity severity, const FieldError& said, schema::Language language) {
    const std::string word = schema::sentence(language, "severity." + std::string(to_string(severity)));
    std::printf("%s %s: %s\n", word.c_str(), said.pointer.empty() ? "/" : said.pointer.c_str(),
                schema::sentence(language, said.key, said.args).c_str());
}

void print_faults(const Error& refusal, schema::Language language) {
    for (const FieldError& f : refusal.fields) print_line(Severity::error, f, language);
}

// The version's own text, or a file's.
Result<Candidate> draft_of(schema::Tx& tx, int district, const RulesActivateOptions& options) {
    if (const auto version = version_in(options.what)) {
        auto row = schema::document(tx, district, "rules", *version);
        if (!row) return make_error(Errc::not_found, "error.not_found");
        return candidate(DocumentKind::rules, *version, std::move(row->body));
    }
    auto text = text_of(options.what);
    if (!text) return text.error();
    return candidate(DocumentKind::rules, schema::next_document_version(tx, district, "rules"),
                     std::move(*text));
}

struct Read {
    Candidate draft;
    Data was, is;
};

Result<Read> read_draft(schema::Tx& tx, const RulesActivateOptions& options) {
    const auto district = schema::first_district(tx);
    if (!district) return make_error(Errc::unavailable, "error.no_district");
    auto draft = draft_of(tx, *district, options);
    if (!draft) return draft.error();
    auto was = load_decision_data(tx, *district);
    if (!was) return was.error();
    auto is = load_decision_data(tx, *district, &*draft);
    if (!is && is.error().code == Errc::invalid)
        return whole_refusal(is.error(), DocumentKind::rules, draft->body, **was, options.language);
    if (!is) return is.error();
    return Read{std::move(*draft), std::move(*was), std::move(*is)};
}

}  // namespace

Result<bool> rules_activate_command(const RulesActivateOptions& options) {
    const Config& config = options.config;
    auto keys = load_keys(config.data / "keys.toml");
    if (!keys) return keys.error();
    const auto held = held_store(config, Holding::to_write);
    if (!held) return held.error();
    schema::Store& store = *held->store;
    auto read = read_now<Read>(store, [&](schema::Tx& tx) { return read_draft(tx, options); });
    if (!read) {
        const Error error = read.error();
        if (error.code != Errc::invalid) return error;
        print_faults(error, options.language);
        return false;
    }
    const auto findings =
        examine(*read->is, DocumentKind::rules, read->draft.body, options.language, options.now);
    for (const auto& f : findings) print_line(f.severity, f.what, options.language);
    if (refuses(findings)) return false;
    CaseIds ids(config.node);
    const Casebook casebook(ids, keys->personal);
    auto done = write_now<Activated>(store, [&](schema::Tx& tx) -> Result<Activated> {
        const int district = read->is->district;
        if (!version_in(options.what)) {
            const auto row = keep_draft(tx, district, read->draft, {}, options.what, options.now);
            if (row.version != read->draft.version)
                return make_error(Errc::conflict, "error.documents_changed");
        }
        const Activation activation{DocumentKind::rules, read->draft.version, {}, {}};
        return activate(tx, casebook, *read->was, *read->is, activation, options.now);
    });
    if (!done) return done.error();
    std::printf("%s\n", schema::sentence(options.language, "audit.document_activated",
                                         {{"subject", "rulesets/" + std::to_string(read->draft.version)},
                                          {"detail", std::to_string(done->before) + " -> " +
                                                         std::to_string(read->draft.version)}})
                            .c_str());
    return true;
}

Result<bool> calendar_check_command(const std::filesystem::path& file, schema::Language language) {
    auto text = text_of(file);
    if (!text) return text.error();
    constexpr int unnumbered = 1;  // the store numbers what is brought to it
    const auto calendar = read_calendar(*text, unnumbered);
    if (calendar) {
        std::printf("%s\n", schema::sentence(language, "calendar.sound").c_str());
        return true;
    }
    print_faults(calendar.error(), language);
    return false;
}

}  // namespace mashang::server
