#include "server/api/codec/fragments.hpp"

#include <cstdio>

#include "dispatch/clock.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/instants.hpp"

namespace mashang::server {

using schema::Language;
using schema::sentence;

std::string number_of(const Case& c) {
    return format_number(c.district, c.day, c.serial);
}

Json instant_json(Instant at, const View& view) {
    return format_instant(at, view.data.calendars.now().offset_at(at));
}

Json instant_json(const std::optional<Instant>& at, const View& view) {
    return at ? instant_json(*at, view) : Json(nullptr);
}

std::string word(const View& view, std::string_view prefix, std::string_view value) {
    return sentence(view.language, std::string(prefix) + "." + std::string(value));
}

std::string matter_name(const std::string& code, const View& view) {
    const Matter* m = view.data.matter(code);
    if (!m) return sentence(view.language, "matter.unclassified");
    return view.language == Language::en && !m->name_en.empty() ? m->name_en : m->name;
}

Json matter_json(const std::string& code, const View& view) {
    const Matter* m = view.data.matter(code);
    return Members()
        .add("code", code)
        .add("name", matter_name(code, view))
        .add("name_en", m ? m->name_en : "")
        .add("kind", code.empty() ? "" : code.substr(0, 1))
        .json();
}

Json person_json(const Party& party, const View& view) {
    return Members()
        .add("id", std::to_string(raw(party.id)))
        .add("name", party.name)
        .add("role", to_string(party.role))
        .add("role_name", word(view, "role", to_string(party.role)))
        .add("unit", party.unit)
        .add("desk", party.desk)
        .json();
}

std::string display_name(const Party& party, const View& view) {
    if (party.name.empty()) return word(view, "role", to_string(party.role));
    if (party.unit.empty() || party.unit == party.name || party.desk) return party.name;
    const std::string role = word(view, "role", to_string(party.role));
    return sentence(view.language, "person.with_post",
                    {{"name", party.name}, {"unit", party.unit}, {"role", role}});
}

Json place_json(int district, const Place& place, const View& view) {
    char serial[32];
    std::snprintf(serial, sizeof serial, "%06d-%04lld", district, static_cast<long long>(raw(place.code)));
    const Territory& map = *view.data.territory;
    const Grid* grid = map.grid(place.grid_code);
    return Members()
        .add("name", place.name)
        .add("address", place.address)
        .add("kind", place.kind)
        .add("grid_code", place.grid_code)
        .add("grid_name", grid ? grid->name : "")
        .add("division_code", place.grid_code.substr(0, 12))
        .add("division_name", map.community_name(place.grid_code))
        .add("street_name", map.street_name(place.grid_code))
        .add("lat", place.lat)
        .add("lon", place.lon)
        .add("system", "wgs84")
        .add("serial", serial)
        .json();
}

Json place_json(const Case& c, const View& view) {
    return place_json(c.district, c.place, view);
}

Json flags_json(const Flags& f) {
    Json list = Json::array();
    if (f.returning) list.push_back("returning");
    if (f.adjudicating) list.push_back("adjudicating");
    if (f.paused) list.push_back("paused");
    if (f.supervised) list.push_back("supervised");
    if (f.provisional) list.push_back("provisional");
    return list;
}

Json media_json(const std::vector<std::string>& media) {
    return Json(media);
}

Json clock_json(const Clock& clock, const Case& c, const View& view) {
    const Calendar& calendar = view.data.calendar_for(c.versions);
    const Usage use = usage(clock, calendar, view.now);
    return Json{{"id", clock_id(clock)},
                {"stage", to_string(clock.stage)},
                {"party", person_json(clock.party, view)},
                {"step", clock.step.empty() ? Json(nullptr) : Json(clock.step)},
                {"attempt", clock.attempt},
                {"start", instant_json(clock.start, view)},
                {"due", instant_json(clock.due, view)},
                {"original_due", instant_json(clock.original_due, view)},
                {"limit", clock.limit ? Json(to_string(*clock.limit)) : Json(nullptr)},
                {"used_ms", use.used.count()},
                {"paused_ms", use.paused.count()},
                {"state", to_string(state_of(clock, view.now))},
                {"stopped_at", instant_json(clock.stopped, view)},
                {"breached_at", instant_json(clock.breached_at, view)},
                {"provisional", clock.provisional},
                {"standard", clock.standard}};
}

Json due_json(const Case& c, const View& view, bool promised) {
    Json due = Json::object();
    for (const Stage stage : {Stage::sign_off, Stage::response, Stage::closure, Stage::review})
        if (const Clock* k = running(c.clocks, stage))
            due[std::string(to_string(stage))] = instant_json(k->due, view);
    if (!promised || due.contains("response")) return due;
    const Clock* sign_off = running(c.clocks, Stage::sign_off);
    if (!sign_off || !sign_off->due) return due;
    // The latest response promised: as if it were signed off at its due instant.
    const auto& standards = view.data.standards.at(c.versions.standards);
    const auto& calendar = view.data.calendar_for(c.versions);
    due["response"] = instant_json(calendar.add(*sign_off->due, standard_of(c, standards).response).at, view);
    return due;
}

Case advanced(const Case& c, const View& view) {
    Case now = c;
    advance(now.clocks, view.now);
    return now;
}

schema::TextArgs event_args(const Event& e, const View& view) {
    schema::TextArgs args;
    args.emplace_back("actor", display_name(e.actor, view));
    if (e.owner) args.emplace_back("owner", display_name(*e.owner, view));
    if (e.score) args.emplace_back("score", std::to_string(*e.score));
    if (e.matter) args.emplace_back("matter", matter_name(*e.matter, view));
    if (e.priority) args.emplace_back("priority", word(view, "priority", to_string(*e.priority)));
    if (e.limit) args.emplace_back("limit", to_string(*e.limit));
    if (e.until) args.emplace_back("until", format_instant(*e.until, view.offset()));
    if (e.passed) {
        args.emplace_back("stage", word(view, "stage", to_string(e.passed->stage)));
        args.emplace_back("threshold", word(view, "threshold", to_string(e.passed->threshold)));
        std::string told;
        for (const auto& p : e.passed->told)
            told += (told.empty() ? "" : view.language == Language::zh ? "、" : ", ") + display_name(p, view);
        args.emplace_back("told", told.empty() ? "—" : told);
    }
    return args;
}

std::string event_sentence(const Event& e, const View& view) {
    return sentence(view.language, "event." + std::string(to_string(e.type)), event_args(e, view));
}

}  // namespace mashang::server
