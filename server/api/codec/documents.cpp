#include "server/api/codec/documents.hpp"

#include "schema/codec/document_reader.hpp"
#include "schema/codec/facts_json.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/fragments.hpp"
#include "server/api/codec/reader.hpp"

namespace mashang::server {
namespace {

using schema::sentence;

constexpr int version_max = 1000000000;

std::string_view state_word(const schema::DocumentRow& row, int active) {
    if (!row.activated_at) return "draft";
    return row.version == active ? "active" : "retired";
}

Json version_json(const schema::DocumentRow& row, int active, const View& view) {
    Json by = nullptr;
    if (!row.author.empty()) by = Json{{"id", std::to_string(raw(row.author_id))}, {"name", row.author}};
    return Json{{"version", row.version},
                {"state", state_word(row, active)},
                {"created_at", instant_json(row.created_at, view)},
                {"activated_at", instant_json(row.activated_at, view)},
                {"by", std::move(by)},
                {"note", row.note}};
}

Json finding_json(const Finding& f, const View& view) {
    return Json{{"kind", f.kind},
                {"severity", to_string(f.severity)},
                {"document", resource(f.document)},
                {"pointer", f.what.pointer},
                {"key", f.what.key},
                {"detail", sentence(view.language, f.what.key, f.what.args)},
                {"witness", f.witness ? codec::facts_json(*f.witness) : Json(nullptr)}};
}

Json findings_json(const std::vector<Finding>& findings, const View& view) {
    Json list = Json::array();
    for (const auto& f : findings) list.push_back(finding_json(f, view));
    return list;
}

Json due_moved_json(const CaseMoves& each, const DueMoved& due, const View& view) {
    return Json{{"number", format_number(view.data.district, each.day, each.serial)},
                {"stage", to_string(due.stage)},
                {"attempt", due.attempt},
                {"step", due.step},
                {"from", instant_json(due.from, view)},
                {"to", instant_json(due.to, view)},
                {"provisional", due.provisional}};
}

// A body that names a version and nothing else.
std::optional<int> only_version(const codec::Json& body) {
    if (body.size() != 1 || !body.contains("version") || !body["version"].is_number_integer())
        return std::nullopt;
    const auto n = body["version"].get<std::int64_t>();
    if (n < 1 || n > version_max) return std::nullopt;
    return static_cast<int>(n);
}

}  // namespace

Result<DraftBody> decode_draft(std::string_view body) {
    const auto parsed = codec::parse_document(body);
    if (parsed.has_error()) return parsed.error();
    DraftBody draft;
    if (!parsed->is_object()) return invalid_field("", "error.not_an_object");
    draft.version = only_version(*parsed);
    if (draft.version) return draft;
    if (!parsed->contains("document")) {
        draft.document = body;
        return draft;
    }
    draft.base = "/document";
    draft.document = (*parsed)["document"].dump(2);
    if (const auto note = parsed->find("note"); note != parsed->end() && !note->is_null()) {
        if (!note->is_string()) return invalid_field("/note", "error.not_a_text");
        draft.note = note->get<std::string>();
        if (count_chars(draft.note) > document_note_chars_max)
            return invalid_field("/note", "error.too_long",
                                 {{"max", std::to_string(document_note_chars_max)}});
    }
    return draft;
}

Result<ActivationBody> decode_activation(std::string_view text) {
    Reader r(text);
    ActivationBody body;
    if (const auto seen = r.integer("revision", 1, version_max)) body.seen = static_cast<int>(*seen);
    body.dry_run = r.boolean("dry_run").value_or(false);
    if (r.failed()) return r.error();
    return body;
}

Result<SimulationBody> decode_simulation(std::string_view text) {
    auto parsed = codec::parse_document(text);
    if (parsed.has_error()) return parsed.error();
    if (!parsed->is_object()) return invalid_field("", "error.not_an_object");
    SimulationBody body;
    if (const auto draft = parsed->find("draft"); draft != parsed->end() && !draft->is_null()) {
        body.document = draft->dump(2);
        parsed->erase(draft);
    }
    constexpr std::size_t instant_chars_max = 40;
    Reader r(parsed->dump());
    body.from = r.text("from", instant_chars_max, true).value_or("");
    body.to = r.text("to", instant_chars_max, true).value_or("");
    const bool drafted = !body.document.empty();
    if (const auto version = r.integer("version", 1, version_max)) body.version = static_cast<int>(*version);
    if (const auto samples = r.integer("samples", 0, simulation_samples_max))
        body.samples = static_cast<std::size_t>(*samples);
    if (!drafted && !body.version) r.fail("/draft", "error.required");
    if (drafted && body.version) r.fail("/version", "error.draft_or_version");
    if (r.failed()) return r.error();
    return body;
}

std::string encode_versions(const std::vector<schema::DocumentRow>& rows, int active, const std::string& next,
                            const View& view) {
    Json items = Json::array();
    for (const auto& row : rows) items.push_back(version_json(row, active, view));
    return Json{{"active", active},
                {"items", std::move(items)},
                {"next_cursor", next.empty() ? Json(nullptr) : Json(next)}}
        .dump();
}

std::string encode_version(const schema::DocumentRow& row, int active, bool whole,
                           const std::vector<Finding>* findings, const View& view) {
    Json j = version_json(row, active, view);
    if (whole) j["document"] = Json::parse(row.body, nullptr, false);
    if (findings) j["findings"] = findings_json(*findings, view);
    return j.dump();
}

std::string encode_findings(const std::vector<Finding>& findings, const View& view) {
    std::size_t errors = 0;
    for (const auto& f : findings) errors += f.severity == Severity::error;
    return Json{{"errors", errors},
                {"warnings", findings.size() - errors},
                {"findings", findings_json(findings, view)}}
        .dump();
}

Result<bool> decode_case_move(std::string_view text) {
    Reader r(text);
    const bool preview = r.boolean("preview").value_or(true);
    if (r.failed()) return r.error();
    return preview;
}

std::string encode_case_moves(int version, bool preview, const std::vector<CaseMoves>& cases,
                              const View& view) {
    Json moves = Json::array();
    std::size_t moved = 0, dues = 0, misses = 0;
    for (const auto& each : cases) {
        moved += !each.dues.empty();
        for (const auto& due : each.dues) {
            misses += due.misses;
            if (++dues > case_moves_shown_max) continue;
            Json move = due_moved_json(each, due, view);
            move["breached"] = due.breached;
            move["misses"] = due.misses;
            moves.push_back(std::move(move));
        }
    }
    return Json{{"version", version},       {"preview", preview}, {"cases", cases.size()},
                {"cases_moved", moved},     {"dues", dues},       {"misses", misses},
                {"moves", std::move(moves)}}
        .dump();
}

std::string encode_activation(const ActivationShown& shown, const View& view) {
    Json moves = Json::array();
    for (const auto& each : shown.moves)
        for (const auto& due : each.dues) moves.push_back(due_moved_json(each, due, view));
    return Json{{"version", shown.version},
                {"before", shown.before},
                {"dry_run", shown.dry_run},
                {"possible", !refuses(shown.findings)},
                {"findings", findings_json(shown.findings, view)},
                {"cases_moved", shown.moves.size()},
                {"moves", std::move(moves)}}
        .dump();
}

std::string encode_audit(const std::vector<schema::AuditRow>& rows, const std::string& next,
                         const View& view) {
    Json items = Json::array();
    for (const auto& row : rows) {
        Json by = nullptr;
        if (!row.name.empty()) by = Json{{"id", std::to_string(raw(row.person))}, {"name", row.name}};
        items.push_back(Json{{"id", std::to_string(row.id)},
                             {"at", instant_json(row.at, view)},
                             {"by", std::move(by)},
                             {"what", row.what},
                             {"text", sentence(view.language, "audit." + row.what,
                                               {{"subject", row.subject}, {"detail", row.detail}})},
                             {"subject", row.subject},
                             {"detail", row.detail}});
    }
    return Json{{"items", std::move(items)}, {"next_cursor", next.empty() ? Json(nullptr) : Json(next)}}
        .dump();
}

}  // namespace mashang::server
