// Errors, sessions and the lists that offices work with.
#include <charconv>

#include "dispatch/clock.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/fragments.hpp"
#include "server/api/codec/instants.hpp"

namespace mashang::server {
namespace {

using schema::Language;
using schema::sentence;

std::string arg(const Error& e, std::string_view name) {
    for (const auto& [key, value] : e.args)
        if (key == name) return value;
    return {};
}

Json split_json(std::string_view joined) {
    Json list = Json::array();
    while (!joined.empty()) {
        const auto comma = joined.find(',');
        list.push_back(joined.substr(0, comma));
        joined = comma == std::string_view::npos ? std::string_view{} : joined.substr(comma + 1);
    }
    return list;
}

}  // namespace

std::string encode_problem(const Error& e, int status, Language language) {
    Json errors = Json::array();
    for (const auto& f : e.fields)
        errors.push_back(
            Json{{"pointer", f.pointer}, {"detail", sentence(language, f.key, f.args)}, {"key", f.key}});
    const std::string text = sentence(language, e.key, e.args);
    Json j{{"type", "about:blank"}, {"title", text}, {"status", status},
           {"detail", text},        {"key", e.key},  {"errors", std::move(errors)}};
    if (e.code == Errc::conflict && !arg(e, "revision").empty())
        j["revision"] = std::stoi(arg(e, "revision"));
    if (e.code == Errc::refused) j["allowed"] = split_json(arg(e, "allowed"));
    return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string encode_people(const Case& c, const std::map<std::int64_t, schema::WorkloadRow>& loads,
                          const View& view) {
    Json items = Json::array(), units = Json::array();
    for (const auto& p : view.data.roster->people()) {
        if (!p.active) continue;
        const bool here = covers(p.scope, c.place.grid_code) || covers(p.backup, c.place.grid_code);
        if (!here) continue;
        const bool unit = p.party.role == Role::unit;
        if (!unit && rung_of(p.party.role) == 0) continue;
        if (p.party.role == Role::reviewer || p.party.role == Role::administrator ||
            p.party.role == Role::integrator || p.party.role == Role::agent)
            continue;
        Json j = person_json(p.party, view);
        const auto load = loads.find(raw(p.party.id));
        j["load"] = load == loads.end() ? 0 : load->second.open;
        j["capacity"] = p.capacity;
        j["on_duty"] = view.data.roster->on_duty(p, view.now);
        if (unit) j["unit_kind"] = p.unit_kind;
        (unit ? units : items).push_back(std::move(j));
    }
    return Json{{"items", std::move(items)}, {"units", std::move(units)}}.dump();
}

std::string encode_matters(const View& view) {
    Json items = Json::array();
    for (const auto& m : view.data.catalogues.now().matters()) items.push_back(matter_json(m.code, view));
    return Json{{"items", std::move(items)}}.dump();
}

std::string encode_session(const SignedIn& who, const std::string& tile_url, const std::string& attribution,
                           const View& view) {
    Json j = person_json(who.actor.party, view);
    j["scope"] = who.actor.scope;
    j["csrf_token"] = who.csrf;
    j["district"] = view.data.name;
    j["server_time"] = instant_json(view.now, view);
    if (!tile_url.empty()) {
        j["tile_url"] = tile_url;
        j["tile_attribution"] = attribution;
    }
    return j.dump();
}

std::string encode_settings(const Person& person) {
    const auto wall = [](int minute) {
        char text[16];
        std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
        return std::string(text);
    };
    Json quiet = nullptr;
    if (person.quiet.from != person.quiet.to)
        quiet = Json{{"from", wall(person.quiet.from)}, {"to", wall(person.quiet.to)}};
    return Json{{"quiet", std::move(quiet)}, {"messages_an_hour", person.messages_an_hour}}.dump();
}

std::string encode_media(const schema::MediaRow& m) {
    return Json{{"media_id", m.id}, {"width", m.width}, {"height", m.height}, {"bytes", m.bytes}}.dump();
}

std::string encode_ready(Millis clock_behind, const View& view) {
    Json alarms = Json::array();
    if (clock_behind > Millis{0}) {
        const std::string seconds = std::to_string(clock_behind.count() / 1000);
        alarms.push_back(
            Json{{"what", "clock_behind"},
                 {"behind_ms", clock_behind.count()},
                 {"text", sentence(view.language, "alarm.clock_behind", {{"seconds", seconds}})}});
    }
    return Json{{"status", "ready"}, {"alarms", std::move(alarms)}}.dump();
}

std::string encode_clock(Instant now, std::size_t fired, const View& view) {
    return Json{{"now", instant_json(now, view)}, {"fired", fired}}.dump();
}

}  // namespace mashang::server
