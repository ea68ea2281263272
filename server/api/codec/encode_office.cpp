// Errors, sessions, explanations and the lists that offices work with.
#include <charconv>

#include "dispatch/clock.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/fragments.hpp"
#include "server/api/codec/instants.hpp"

namespace mashang::server {
namespace {

using schema::Language;
using schema::sentence;

constexpr std::size_t intervals_max = 64;

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

std::string rule_name(const Rule& rule, Language language) {
    return language == Language::en && !rule.name_en.empty() ? rule.name_en : rule.name;
}

Json why_json(const std::string& what, const schema::TextArgs& args, const View& view) {
    Json named = Json::object();
    for (const auto& [name, value] : args) named[name] = value;
    return Json{{"what", what}, {"args", std::move(named)}, {"text", sentence(view.language, what, args)}};
}

Json rule_json(const RuleTried& tried, const View& view) {
    const char* what = "why.rule_no";
    switch (tried.verdict) {
        case Verdict::yes:
            what = "why.rule_matched";
            break;
        case Verdict::no:
            break;
        case Verdict::unknown:
        case Verdict::error:
            what = "why.rule_unknown";
            break;
    }
    const schema::TextArgs args = {{"rule", rule_name(*tried.rule, view.language)},
                                   {"leaf", tried.leaf},
                                   {"expected", tried.expected},
                                   {"found", tried.found.empty() ? "—" : tried.found}};
    return Json{{"order", tried.rule->order},
                {"id", tried.rule->id},
                {"name", rule_name(*tried.rule, view.language)},
                {"matched", tried.verdict == Verdict::yes},
                {"why", why_json(what, args, view)}};
}

Json candidate_json(const CandidateTried& c, const std::string& rung, const View& view) {
    const schema::TextArgs args = {{"name", display_name(c.person->party, view)},
                                   {"open", std::to_string(c.open)}};
    return Json{{"person", person_json(c.person->party, view)},
                {"rung", rung},
                {"chosen", c.why == WhyNot::chosen},
                {"load", Json{{"open", c.open}, {"weighted", c.weighted}}},
                {"why", why_json("why." + std::string(to_string(c.why)), args, view)}};
}

Json facts_json(const Facts& f) {
    return Json{{"matter", f.matter},
                {"place_kind", f.place_kind},
                {"grid_code", f.grid_code},
                {"reporter_kind", to_string(f.reporter)},
                {"priority", to_string(f.priority)},
                {"local_minute", f.local_minute},
                {"weekday", f.weekday},
                {"working_time", f.working_time},
                {"words", f.words},
                {"joined_reports", f.joined_reports},
                {"distance_m", f.distance_m ? Json(*f.distance_m) : Json(nullptr)}};
}

Json versions_json(const Versions& v) {
    return Json{{"rulebook", v.rulebook},   {"standards", v.standards}, {"calendar", v.calendar},
                {"catalogue", v.catalogue}, {"territory", v.territory}, {"roster", v.roster}};
}

Json dues_json(const Event& submitted, const Calendar& calendar, const View& view) {
    Json list = Json::array();
    for (const auto& effect : submitted.clocks) {
        if (effect.act != ClockAct::start || !effect.due || !effect.at) continue;
        Json intervals = Json::array();
        for (const auto& i : calendar.counted(*effect.at, *effect.due, intervals_max))
            intervals.push_back(Json::array({instant_json(i.open, view), instant_json(i.close, view)}));
        list.push_back(Json{{"stage", to_string(effect.stage)},
                            {"step", effect.step},
                            {"start", instant_json(effect.at, view)},
                            {"limit", effect.limit ? Json(to_string(*effect.limit)) : Json(nullptr)},
                            {"due", instant_json(effect.due, view)},
                            {"standard", effect.standard},
                            {"intervals", std::move(intervals)}});
    }
    return list;
}

Json sentences_json(const Event& submitted, const Trace& trace, const View& view) {
    Json list = Json::array();
    const Rule& rule = *trace.ruling.rule;
    list.push_back(
        sentence(view.language, "why.rule",
                 {{"rule", rule_name(rule, view.language)}, {"order", std::to_string(rule.order)}}));
    list.push_back(sentence(view.language, "why.owner",
                            {{"owner", display_name(trace.choice.owner, view)},
                             {"rung", word(view, "rung", trace.choice.rung)}}));
    for (const auto& effect : submitted.clocks) {
        if (effect.act != ClockAct::start || !effect.due || !effect.limit) continue;
        list.push_back(sentence(view.language, "why.due",
                                {{"stage", word(view, "stage", to_string(effect.stage))},
                                 {"limit", to_string(*effect.limit)},
                                 {"standard", effect.standard},
                                 {"due", format_instant(*effect.due, view.offset())}}));
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

std::string encode_decision(const CaseFile& file, const Trace& trace, const View& view) {
    const Event& submitted = file.events.front();
    const auto& opening = *submitted.opening;
    Json rules = Json::array(), candidates = Json::array(), chain = Json::array();
    for (const auto& t : trace.ruling.tried) rules.push_back(rule_json(t, view));
    for (const auto& rung : trace.choice.trace) {
        for (const auto& c : rung.candidates) candidates.push_back(candidate_json(c, rung.rung, view));
        chain.push_back(Json{{"rung", rung.rung},
                             {"name", word(view, "rung", rung.rung)},
                             {"outcome", rung.chosen ? "chosen" : "nobody"}});
    }
    return Json{{"engine", submitted.decision->engine},
                {"versions", versions_json(opening.versions)},
                {"at", instant_json(submitted.at, view)},
                {"facts", facts_json(trace.facts)},
                {"rules", std::move(rules)},
                {"candidates", std::move(candidates)},
                {"chain", std::move(chain)},
                {"owner", person_json(*submitted.owner, view)},
                {"clock_start", instant_json(submitted.clock_start, view)},
                {"dues", dues_json(submitted, view.data.calendars.at(opening.versions.calendar), view)},
                {"sentences", sentences_json(submitted, trace, view)},
                {"trace_hash", submitted.decision->trace_hash},
                {"regenerated", trace.hash == submitted.decision->trace_hash}}
        .dump();
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

std::string encode_media(const schema::MediaRow& m) {
    return Json{{"media_id", m.id}, {"width", m.width}, {"height", m.height}, {"bytes", m.bytes}}.dump();
}

std::string encode_clock(Instant now, std::size_t fired, const View& view) {
    return Json{{"now", instant_json(now, view)}, {"fired", fired}}.dump();
}

}  // namespace mashang::server
