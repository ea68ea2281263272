// A case as staff see it: the whole document, lists of tasks, live events.
#include "dispatch/clock.hpp"
#include "dispatch/measures.hpp"
#include "server/api/codec/fragments.hpp"

namespace mashang::server {
namespace {

using schema::sentence;

std::string masked_name(const std::string& name) {
    if (name.empty()) return {};
    // The first character, then stars: 张*.
    std::size_t first = 1;
    while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xc0U) == 0x80U) ++first;
    return name.substr(0, first) + "*";
}

std::string masked_phone(const std::string& phone) {
    if (phone.size() < 8) return phone.empty() ? "" : "****";
    return phone.substr(0, 3) + "****" + phone.substr(phone.size() - 4);
}

Json reporter_json(const CaseFile& file, const schema::ReportRow& row, ReportId id) {
    if (row.anonymous) return nullptr;
    std::string name, phone;
    if (const auto it = file.people.find(raw(id)); it != file.people.end()) {
        const auto line = it->second.find('\n');
        name = it->second.substr(0, line);
        if (line != std::string::npos) phone = it->second.substr(line + 1);
    }
    return Json{{"kind", to_string(row.kind)}, {"name", masked_name(name)}, {"phone", masked_phone(phone)}};
}

// What was asked and answered, in words: the resident's page sends ids of the matter's own questions. An
// answer to a question that the matter no longer has is shown as it was sent.
Json answer_texts(const Json& answers, const std::string& matter_code, const View& view) {
    Json texts = Json::array();
    const Matter* matter = view.data.matter(matter_code);
    const bool en = view.language == schema::Language::en;
    const auto said = [en](const std::string& zh, const std::string& other) {
        return en && !other.empty() ? other : zh;
    };
    if (!answers.is_object()) return texts;
    for (const auto& [id, value] : answers.items()) {
        const std::string given = value.is_string() ? value.get<std::string>() : value.dump();
        Json text{{"question", id}, {"answer", given}};
        for (const auto& q : matter ? matter->questions : std::vector<Question>{}) {
            if (q.id != id) continue;
            text["question"] = said(q.zh, q.en);
            for (const auto& o : q.options)
                if (o.id == given) text["answer"] = said(o.zh, o.en);
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

Json report_json(const CaseFile& file, std::size_t i, const View& view) {
    const schema::ReportRow& row = file.reports[i];
    const ReportId id = file.shown_as[i];
    Json r{{"id", std::to_string(raw(id))},
           {"at", instant_json(row.accepted_at, view)},
           {"text", row.text},
           {"kind", to_string(row.kind)},
           {"anonymous", row.anonymous},
           {"reporter", reporter_json(file, row, id)},
           {"media", Json::array()},
           {"position", nullptr},
           {"answers", nullptr},
           {"answer_texts", Json::array()},
           {"rating", nullptr}};
    if (!row.extra.empty()) {
        const auto extra = nlohmann::json::parse(row.extra, nullptr, false);
        for (const char* name : {"media", "position", "answers"})
            if (extra.is_object() && extra.contains(name)) r[name] = extra[name];
    }
    r["answer_texts"] = answer_texts(r["answers"], file.c.matter, view);
    for (const auto& ref : file.c.reports)
        if (ref.id == id && ref.score)
            r["rating"] = Json{{"score", *ref.score}, {"at", instant_json(ref.rated, view)}};
    return r;
}

Json event_json(const CaseFile& file, const Event& e, int seq, const View& view) {
    Json args = Json::object();
    for (const auto& [name, value] : event_args(e, view)) args[name] = value;
    Json j{{"seq", seq},
           {"at", instant_json(e.at, view)},
           {"what", to_string(e.type)},
           {"args", std::move(args)},
           {"text", event_sentence(e, view)},
           {"by_role", to_string(e.actor.role)},
           {"actor", Json{{"id", std::to_string(raw(e.actor.id))},
                          {"name", e.actor.name},
                          {"role", to_string(e.actor.role)}}},
           {"media", media_json(e.media)}};
    if (const auto* note = file.text(e.text); note && e.type != EventType::submitted) j["note"] = *note;
    if (const auto* advice = file.text(e.advice)) j["where_to"] = *advice;
    return j;
}

std::string_view part_word(Part::State state) {
    switch (state) {
        case Part::State::open:
            return "open";
        case Part::State::finished:
            return "finished";
        case Part::State::waived:
            return "waived";
    }
    return "open";
}

Json part_json(const CaseFile& file, const Part& p, const Case& c, const View& view) {
    const Clock* clock = find_clock(c.clocks, Stage::part, 1, std::to_string(p.number));
    const auto* note = file.text(p.text);
    Json j{{"id", std::to_string(p.number)},
           {"unit", person_json(p.unit, view)},
           {"due", clock ? instant_json(clock->due, view) : Json(nullptr)},
           {"state", part_word(p.state)},
           {"limit", p.limit ? Json(to_string(*p.limit)) : Json(nullptr)},
           {"note", note ? Json(*note) : Json(nullptr)},
           {"finished_at", instant_json(p.ended, view)},
           {"media", media_json(p.media)},
           {"on_time", nullptr}};
    if (clock && p.ended && p.state == Part::State::finished) j["on_time"] = !clock->breached_at;
    return j;
}

Json order_json(const CaseFile& file, const Order& o, const Case& c, const View& view) {
    const Clock* clock = find_clock(c.clocks, Stage::supervision, 1, std::to_string(o.number));
    const auto* question = file.text(o.question);
    const auto* answer = file.text(o.answer);
    return Json{{"id", std::to_string(o.number)},
                {"question", question ? Json(*question) : Json(sentence(view.language, "event.supervised"))},
                {"answer", answer ? Json(*answer) : Json(nullptr)},
                {"by", person_json(o.by, view)},
                {"due", clock ? instant_json(clock->due, view) : Json(nullptr)},
                {"answered_at", instant_json(o.answered, view)},
                {"state", clock ? Json(to_string(state_of(*clock, view.now))) : Json("running")}};
}

Json pending_json(const CaseFile& file, const View& view) {
    Json pending = Json::object();
    const auto put = [&](const char* name, const std::optional<Ask>& ask) {
        if (!ask) return;
        const auto* reason = file.text(ask->reason);
        pending[name] = Json{{"by", person_json(ask->by, view)},
                             {"at", instant_json(ask->at, view)},
                             {"reason", reason ? Json(*reason) : Json(nullptr)}};
        if (ask->until) pending[name]["until"] = instant_json(ask->until, view);
        if (ask->limit) pending[name]["limit"] = to_string(*ask->limit);
    };
    put("return", file.c.return_ask);
    put("pause", file.c.pause_ask);
    put("extension", file.c.extension_ask);
    return pending;
}

Json allowed_json(const Case& c, const View& view) {
    Json list = Json::array();
    if (view.actor)
        for (const auto kind : mashang::allowed(c, *view.actor, view.now)) list.push_back(to_string(kind));
    return list;
}

Json parties_json(const Case& c, const View& view) {
    Json list = Json::array();
    for (const auto& p : c.parts)
        if (p.state != Part::State::waived) list.push_back(person_json(p.unit, view));
    return list;
}

std::string party_word(const Case& c, const View& view) {
    if (!view.actor) return "";
    const PersonId me = view.actor->party.id;
    if (me == c.owner.id) return "owner";
    for (const auto& p : c.parts)
        if (p.unit.id == me) return "co_handler";
    const Clock* review = running(c.clocks, Stage::review);
    return review && review->party.id == me ? "reviewer" : "";
}

// The clock that runs out first among the four stages: what a list counts down.
Json running_json(const Case& c, const View& view) {
    const Clock* first = nullptr;
    for (const Stage stage : {Stage::sign_off, Stage::response, Stage::closure, Stage::review}) {
        const Clock* k = running(c.clocks, stage);
        if (!k || !k->due || (first && *first->due <= *k->due)) continue;
        first = k;
    }
    if (!first) return nullptr;
    return Json{{"start", instant_json(first->start, view)},
                {"due", instant_json(first->due, view)},
                {"limit", first->limit ? Json(to_string(*first->limit)) : Json(nullptr)},
                {"stage", to_string(first->stage)},
                {"state", to_string(state_of(*first, view.now))}};
}

Json task_json(const Task& task, const View& view) {
    const Case c = advanced(task.c, view);
    Json clock = running_json(c, view);
    Json j{{"number", number_of(c)},
           {"revision", c.revision},
           {"status", to_string(c.status)},
           {"flags", flags_json(c.flags)},
           {"overdue", is_overdue(c, view.now)},
           {"stage", to_string(stage_of(c))},
           {"matter", matter_json(c.matter, view)},
           {"place", place_json(c, view)},
           {"owner", person_json(c.owner, view)},
           {"summary", task.summary},
           {"priority", to_string(c.priority)},
           {"next_due", clock.is_null() ? Json(nullptr) : clock["due"]},
           {"due", due_json(c, view, false)},
           {"clock", clock},
           {"accepted_at", instant_json(c.accepted_at, view)},
           {"closed_at", instant_json(c.closed_at, view)},
           {"reports", c.reports.size()},
           {"media", media_json(task.media)},
           {"result_media", media_json(c.result_media)},
           {"party", party_word(c, view)},
           {"allowed", allowed_json(c, view)}};
    if (view.actor)
        for (const auto& p : c.parts)
            if (p.unit.id == view.actor->party.id && p.state == Part::State::open)
                j["part_id"] = std::to_string(p.number);
    return j;
}

}  // namespace

std::string encode_tasks(const TaskList& list, const View& view) {
    Json items = Json::array();
    for (const auto& task : list.tasks) items.push_back(task_json(task, view));
    Json j{{"items", std::move(items)},
           {"next_cursor", list.next_cursor.empty() ? Json(nullptr) : Json(list.next_cursor)},
           {"server_time", instant_json(view.now, view)}};
    if (list.total) {
        j["total"] = list.total->n;
        j["more_than_total"] = list.total->more;
    }
    if (!list.counts.empty()) j["counts"] = list.counts;
    if (list.done_today) j["done_today"] = *list.done_today;
    return j.dump();
}

std::string encode_case(const CaseFile& file, const View& view) {
    const Case c = advanced(file.c, view);
    Json j{{"number", number_of(c)},
           {"revision", c.revision},
           {"status", to_string(c.status)},
           {"flags", flags_json(c.flags)},
           {"overdue", is_overdue(c, view.now)},
           {"stage", to_string(stage_of(c))},
           {"priority", to_string(c.priority)},
           {"place", place_json(c, view)},
           {"matter", matter_json(c.matter, view)},
           {"condition", c.condition},
           {"owner", person_json(c.owner, view)},
           {"first_owner", person_json(c.first_owner, view)},
           {"co_handlers", parties_json(c, view)},
           {"reports", Json::array()},
           {"due", due_json(c, view, true)},
           {"clocks", Json::array()},
           {"parts", Json::array()},
           {"orders", Json::array()},
           {"events", Json::array()},
           {"media", Json::array()},
           {"result", nullptr},
           {"allowed", allowed_json(c, view)},
           {"pending", pending_json(file, view)},
           {"hops", c.hops},
           {"redos", c.redos},
           {"review_of", c.review_of == ReviewOf::closure ? "closure" : "dissatisfaction"},
           {"accepted_at", instant_json(c.accepted_at, view)},
           {"dispatched_at", instant_json(c.dispatched_at, view)},
           {"closed_at", instant_json(c.closed_at, view)},
           {"server_time", instant_json(view.now, view)}};
    for (std::size_t i = 0; i < file.reports.size(); ++i) j["reports"].push_back(report_json(file, i, view));
    for (const auto& k : c.clocks) j["clocks"].push_back(clock_json(k, c, view));
    for (const auto& p : c.parts) j["parts"].push_back(part_json(file, p, c, view));
    for (const auto& o : c.orders) j["orders"].push_back(order_json(file, o, c, view));
    int seq = 0;
    for (const auto& e : file.events) {
        j["events"].push_back(event_json(file, e, ++seq, view));
        for (const auto& id : e.media) j["media"].push_back(id);
    }
    if (const auto* result = file.text(c.result))
        j["result"] = Json{{"text", *result},
                           {"media", media_json(c.result_media)},
                           {"at", instant_json(c.submitted_at, view)}};
    return j.dump();
}

std::string encode_live(const Case& c, EventType what, Instant at, const View& view) {
    const Case now = advanced(c, view);
    const Json clock = running_json(now, view);
    return Json{{"number", number_of(c)},
                {"revision", c.revision},
                {"status", to_string(c.status)},
                {"flags", flags_json(c.flags)},
                {"stage", to_string(stage_of(c))},
                {"owner", person_json(c.owner, view)},
                {"due", clock.is_null() ? Json(nullptr) : clock["due"]},
                {"overdue", is_overdue(now, view.now)},
                {"grid_code", c.place.grid_code},
                {"what", to_string(what)},
                {"at", instant_json(at, view)}}
        .dump();
}

std::string encode_messages(const std::vector<Message>& messages, const View& view) {
    Json items = Json::array();
    for (const auto& m : messages) {
        const auto args = nlohmann::json::parse(m.row.args, nullptr, false);
        schema::TextArgs named{{"count", std::to_string(m.count)}};
        if (args.is_object() && args.contains("stage"))
            named.emplace_back("stage", word(view, "stage", args["stage"].get<std::string>()));
        Case c;
        c.district = m.row.district;
        c.day = m.day;
        c.serial = m.serial;
        items.push_back(Json{{"id", std::to_string(m.row.id)},
                             {"at", instant_json(m.row.at, view)},
                             {"number", number_of(c)},
                             {"count", m.count},
                             {"what", m.row.what},
                             {"text", sentence(view.language, m.row.what, named)}});
    }
    return Json{{"items", std::move(items)}}.dump();
}

}  // namespace mashang::server
