// What residents see: the place behind a code, the answer to a report, the tracking page.
#include <algorithm>

#include "dispatch/clock.hpp"
#include "dispatch/measures.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/fragments.hpp"
#include "server/api/codec/report_media.hpp"

namespace mashang::server {
namespace {

using schema::Language;
using schema::sentence;

constexpr std::size_t chips = 6;
constexpr std::size_t media_bytes_max = 12 * 1024 * 1024;

Json matter_choice(const Matter& m, const View& view) {
    const bool en = view.language == Language::en;
    Json questions = Json::array();
    for (const auto& q : m.questions) {
        Json options = Json::array();
        for (const auto& o : q.options)
            options.push_back(Json{{"id", o.id}, {"text", en && !o.en.empty() ? o.en : o.zh}});
        questions.push_back(
            Json{{"id", q.id}, {"text", en && !q.en.empty() ? q.en : q.zh}, {"options", std::move(options)}});
    }
    return Json{{"code", m.code},
                {"name", en && !m.name_en.empty() ? m.name_en : m.name},
                {"name_en", m.name_en},
                {"kind", std::string(1, m.kind)},
                {"questions", std::move(questions)}};
}

Json place_of_code(const CodeDocument& code, const View& view) {
    const Place place{code.row.id,      code.row.grid_code, code.row.kind, code.row.name,
                      code.row.address, code.row.lat,       code.row.lon};
    Json j = place_json(code.row.district, place, view);
    j["serial"] = code.row.serial;
    j["phrase"] = sentence(view.language, "phrase." + std::to_string(code.phrase));
    return j;
}

// Names of posts, never of people other than those who answer for it.
Json owner_json(const Party& party, const View& view) {
    Json j = person_json(party, view);
    j.erase("id");
    return j;
}

// What the reporter may know of the record: what is done about his matter, not how staff talk of it.
bool told_to_resident(const Event& e, ReportId report) {
    switch (e.type) {
        case EventType::submitted:
        case EventType::joined:
        case EventType::assigned:
        case EventType::signed_off:
        case EventType::return_accepted:
        case EventType::transferred:
        case EventType::adjudicated:
        case EventType::responded:
        case EventType::step_finished:
        case EventType::close_submitted:
        case EventType::approved:
        case EventType::redone:
        case EventType::dissatisfied:
        case EventType::upheld:
        case EventType::reopened:
        case EventType::paused:
        case EventType::resumed:
        case EventType::extended:
        case EventType::co_handler_added:
        case EventType::part_finished:
        case EventType::reclassified:
        case EventType::rejected:
        case EventType::withdrawn:
        case EventType::merged_into:
        case EventType::supervised:
        case EventType::calendar_extended:
        case EventType::versions_moved:
            return true;
        case EventType::supplemented:
        case EventType::rated:
            return e.report == report;
        case EventType::threshold_passed:
            return e.passed &&
                   (e.passed->threshold == Threshold::due || e.passed->threshold == Threshold::repeat) &&
                   e.passed->stage != Stage::part && e.passed->stage != Stage::supervision;
        case EventType::return_asked:
        case EventType::return_refused:
        case EventType::adjudication_opened:
        case EventType::pause_asked:
        case EventType::pause_refused:
        case EventType::extension_asked:
        case EventType::extension_refused:
        case EventType::part_waived:
        case EventType::reprioritised:
        case EventType::merged_from:
        case EventType::split_off:
        case EventType::split_from:
        case EventType::answered:
        case EventType::noted:
        case EventType::called_back:
            return false;
    }
    return false;
}

// Whose words may be read by the reporter: the result, reasons that the law or fairness owes him, his own.
bool words_told(const Event& e, ReportId report) {
    constexpr EventType owed[] = {EventType::close_submitted, EventType::rejected, EventType::upheld,
                                  EventType::paused, EventType::extended};
    if (std::find(std::begin(owed), std::end(owed), e.type) != std::end(owed)) return true;
    return e.report == report && e.actor.role == Role::resident && e.type != EventType::submitted;
}

bool photos_told(const Event& e, ReportId report) {
    if (e.type == EventType::close_submitted || e.type == EventType::step_finished) return true;
    return e.report == report && e.actor.role == Role::resident;
}

Json timeline_json(const CaseFile& file, ReportId report, const View& view) {
    Json list = Json::array();
    for (const auto& e : file.events) {
        if (!told_to_resident(e, report)) continue;
        Json args = Json::object();
        for (const auto& [name, value] : event_args(e, view)) args[name] = value;
        Json j{{"at", instant_json(e.at, view)},
               {"what", to_string(e.type)},
               {"args", std::move(args)},
               {"text", event_sentence(e, view)},
               {"by_role", to_string(e.actor.role)},
               {"media", photos_told(e, report) ? media_json(e.media) : Json::array()}};
        if (e.actor.role != Role::resident && e.actor.role != Role::system) j["by_name"] = e.actor.name;
        if (const auto* words = file.text(e.text); words && words_told(e, report)) j["note"] = *words;
        if (const auto* advice = file.text(e.advice)) j["where_to"] = *advice;
        list.push_back(std::move(j));
    }
    return list;
}

Json step_json(const Case& c, Stage stage, const View& view) {
    Json j{{"stage", to_string(stage)},
           {"due", nullptr},
           {"done_at", nullptr},
           {"on_time", nullptr},
           {"state", "pending"}};
    const Clock* k = running(c.clocks, stage);
    if (!k) {
        for (const auto& clock : c.clocks)
            if (clock.stage == stage && !clock.cancelled) k = &clock;
    }
    if (!k) return j;
    j["due"] = instant_json(k->due, view);
    const auto state = state_of(*k, view.now);
    j["state"] = k->cancelled ? "cancelled" : std::string(to_string(state));
    if (k->stopped && !k->cancelled) {
        j["done_at"] = instant_json(k->stopped, view);
        j["on_time"] = !k->breached_at;
    } else if (stage == Stage::closure && c.status == Status::in_review && c.submitted_at) {
        j["done_at"] = instant_json(c.submitted_at, view);
        j["on_time"] = !k->breached_at;
    }
    return j;
}

Json steps_json(const Case& c, const View& view) {
    Json accepted{{"stage", "accepted"},
                  {"due", instant_json(c.accepted_at, view)},
                  {"done_at", instant_json(c.accepted_at, view)},
                  {"on_time", true},
                  {"state", "met"}};
    Json list = Json::array({std::move(accepted)});
    for (const Stage stage : {Stage::sign_off, Stage::response, Stage::closure, Stage::review})
        list.push_back(step_json(c, stage, view));
    const Json due = due_json(c, view, true);
    if (list[2]["due"].is_null() && due.contains("response")) list[2]["due"] = due["response"];
    return list;
}

Json rating_json(const CaseFile& file, const ReportRef& ref, const View& view) {
    if (!ref.score) return nullptr;
    Json j{{"score", *ref.score}, {"comment", nullptr}, {"at", instant_json(ref.rated, view)}};
    for (const auto& e : file.events) {
        const bool mine =
            (e.type == EventType::rated || e.type == EventType::dissatisfied) && e.report == ref.id;
        if (const auto* words = file.text(e.text); mine && words) j["comment"] = *words;
    }
    return j;
}

Json can_json(const Case& c, ReportId report, const View& view) {
    Actor resident;
    resident.party.role = Role::resident;
    resident.report = report;
    const auto list = mashang::allowed(c, resident, view.now);
    const auto may = [&](CommandKind kind) {
        return std::find(list.begin(), list.end(), kind) != list.end();
    };
    bool rated = false;
    for (const auto& ref : c.reports) rated = rated || (ref.id == report && ref.score);
    return Json{{"rate", may(CommandKind::rate) && !rated},
                {"supplement", may(CommandKind::supplement)},
                {"withdraw", may(CommandKind::withdraw)}};
}

}  // namespace

std::string encode_code(const CodeDocument& code, const View& view, MatterDetail detail) {
    const Catalogue& catalogue = view.data.catalogues.now();
    Json likely = Json::array(), more = Json::array(), open = Json::array(), notices = Json::array();
    const auto first = catalogue.likely(code.row.kind, chips);
    for (const Matter* m : first) likely.push_back(matter_choice(*m, view));
    for (const auto& m : catalogue.matters()) {
        if (std::find(first.begin(), first.end(), &m) != first.end()) continue;
        more.push_back(detail == MatterDetail::all
                           ? matter_choice(m, view)
                           : Json{{"code", m.code}, {"name", matter_name(m.code, view)}});
    }
    const bool en = view.language == Language::en;
    for (const auto& n : code.notices)
        notices.push_back(Json{{"title", en && !n.title_en.empty() ? n.title_en : n.title_zh},
                               {"text", en && !n.text_en.empty() ? n.text_en : n.text_zh},
                               {"at", instant_json(n.at, view)}});
    for (const auto& c : code.open_cases)
        open.push_back(Json{{"number", number_of(c)},
                            {"matter", matter_json(c.matter, view)},
                            {"status", to_string(c.status)},
                            {"stage", to_string(stage_of(c))},
                            {"reports", c.reports.size()},
                            {"since", instant_json(c.accepted_at, view)}});
    return Json{{"token", code.token},
                {"place", place_of_code(code, view)},
                {"matters", std::move(likely)},
                {"more_matters", std::move(more)},
                {"notices", std::move(notices)},
                {"open_cases", std::move(open)},
                {"server_time", instant_json(view.now, view)},
                {"limits", Json{{"text_chars_max", text_chars_max},
                                {"media_max", media_max},
                                {"media_bytes_max", media_bytes_max}}}}
        .dump();
}

namespace {

Json code_item(const CodeDocument& code, const View& view) {
    return Json{{"id", std::to_string(raw(code.row.id))},
                {"token", code.token},
                {"place", place_of_code(code, view)},
                {"kind", "site"},
                {"state", code.row.state},
                {"key_version", code.row.key_version},
                {"issued_at", instant_json(code.row.issued_at, view)},
                {"revoked_at", instant_json(code.row.revoked_at, view)},
                {"serial", code.row.serial},
                {"phrase", sentence(view.language, "phrase." + std::to_string(code.phrase))}};
}

}  // namespace

std::string encode_code_item(const CodeDocument& code, const View& view) {
    return code_item(code, view).dump();
}

std::string encode_code_list(const std::vector<CodeDocument>& codes, const std::string& next,
                             const View& view) {
    Json items = Json::array();
    for (const auto& code : codes) items.push_back(code_item(code, view));
    return Json{{"items", std::move(items)}, {"next_cursor", next.empty() ? Json(nullptr) : Json(next)}}
        .dump();
}

std::string encode_report_answer(const Changed& changed, const std::string& tracking,
                                 const std::string& tracking_url, const View& view) {
    const Case& c = changed.c;
    Json co_handlers = Json::array();
    for (const auto& p : c.parts) co_handlers.push_back(owner_json(p.unit, view));
    return Members()
        .add("number", number_of(c))
        .add("tracking", tracking)
        .add("tracking_url", tracking_url)
        .add("status", to_string(c.status))
        .add("owner", owner_json(c.owner, view))
        .add("first_owner", owner_json(c.first_owner, view))
        .add("co_handlers", std::move(co_handlers))
        .add("due", due_json(c, view, true))
        .add("accepted_at", instant_json(c.accepted_at, view))
        .add("dispatched_at", instant_json(c.dispatched_at, view))
        .add("matter", matter_json(c.matter, view))
        .add("place", place_json(c, view))
        .add("joined", changed.report != ReportId{1})
        .json()
        .dump();
}

std::string encode_track(const CaseFile& file, ReportId report, const View& view) {
    const Case c = advanced(file.c, view);
    ReportRef mine;
    for (const auto& ref : c.reports)
        if (ref.id == report) mine = ref;
    Json j{{"number", number_of(c)},
           {"status", to_string(c.status)},
           {"flags", flags_json(c.flags)},
           {"stage", to_string(stage_of(c))},
           {"overdue", is_overdue(c, view.now)},
           {"matter", matter_json(c.matter, view)},
           {"place", place_json(c, view)},
           {"owner", owner_json(c.owner, view)},
           {"due", due_json(c, view, true)},
           {"accepted_at", instant_json(c.accepted_at, view)},
           {"steps", steps_json(c, view)},
           {"timeline", timeline_json(file, report, view)},
           {"text", ""},
           {"media", media_json(own_media(file, report))},
           {"result", nullptr},
           {"rating", rating_json(file, mine, view)},
           {"can", can_json(c, report, view)},
           {"rate_until", c.closed_at ? instant_json(*c.closed_at + rating_window, view) : Json(nullptr)},
           {"server_time", instant_json(view.now, view)}};
    if (const auto* words = file.text(mine.text)) j["text"] = *words;
    if (const auto* result = file.text(c.result))
        j["result"] = Json{{"text", *result},
                           {"media", media_json(c.result_media)},
                           {"at", instant_json(c.submitted_at, view)}};
    return j.dump();
}

std::string encode_context(const PageContext& context, Language language) {
    std::string text = "{\"kind\":\"" + context.kind + "\",\"lang\":\"" +
                       (language == Language::zh ? "zh" : "en") +
                       "\",\"hotline\":" + nlohmann::json(context.hotline).dump();
    if (!context.document.empty()) text += ",\"" + context.kind + "\":" + context.document;
    if (!context.error_key.empty()) {
        text += ",\"error\":" + Json{{"status", context.status},
                                     {"key", context.error_key},
                                     {"text", sentence(language, context.error_key)}}
                                    .dump();
    }
    text += "}";
    // Inside a script element "<" could end it; in JSON strings it may always be escaped.
    std::string safe;
    for (const char ch : text) {
        if (ch == '<') {
            safe += "\\u003c";
        } else {
            safe += ch;
        }
    }
    return safe;
}

}  // namespace mashang::server
