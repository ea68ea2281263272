// Why a case was dispatched as it was: as data, and the same in sentences for a terminal (T38).
#include "dispatch/counterfactual.hpp"
#include "schema/codec/facts_json.hpp"
#include "server/api/codec/decision_text.hpp"
#include "server/api/codec/fragments.hpp"
#include "server/api/codec/instants.hpp"

namespace mashang::server {
namespace {

using schema::Language;
using schema::sentence;

constexpr std::size_t intervals_max = 64;

std::string rule_name(const Rule& rule, Language language) {
    return language == Language::en && !rule.name_en.empty() ? rule.name_en : rule.name;
}

Json why_json(const std::string& what, const schema::TextArgs& args, const View& view) {
    Json named = Json::object();
    for (const auto& [name, value] : args) named[name] = value;
    return Json{{"what", what}, {"args", std::move(named)}, {"text", sentence(view.language, what, args)}};
}

const char* what_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::yes:
            return "why.rule_matched";
        case Verdict::no:
            return "why.rule_no";
        case Verdict::unknown:
        case Verdict::error:
            return "why.rule_unknown";
    }
    return "";
}

schema::TextArgs rule_args(const RuleTried& tried, Language language) {
    return {{"rule", rule_name(*tried.rule, language)},
            {"leaf", tried.leaf},
            {"expected", tried.expected},
            {"found", tried.found.empty() ? "—" : tried.found}};
}

Json rule_json(const RuleTried& tried, const View& view) {
    const char* what = what_of(tried.verdict);
    const auto args = rule_args(tried, view.language);
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

const Rule* rule_of(const Rulebook& rulebook, const std::string& id) {
    for (const Rule& rule : rulebook.rules())
        if (rule.id == id) return &rule;
    return nullptr;
}

// A change's value as people say it.
std::string said_value(const FactChange& change, const View& view) {
    switch (change.what) {
        case FactChange::What::matter:
            return matter_name(change.value, view);
        case FactChange::What::instant:
            return format_instant(change.at, view.offset());
        case FactChange::What::place_kind:
        case FactChange::What::reporter:
        case FactChange::What::word_said:
        case FactChange::What::word_left_out:
        case FactChange::What::distance:
        case FactChange::What::present:
        case FactChange::What::away:
        case FactChange::What::open_cases:
            return change.value;
    }
    return change.value;
}

Json change_json(const FactChange& change, const View& view) {
    const Person* person = view.data.roster->find(change.person);
    const std::string what(to_string(change.what));
    const schema::TextArgs args = {{"value", said_value(change, view)},
                                   {"name", person ? display_name(person->party, view) : std::string()}};
    Json j{{"what", what}, {"text", sentence(view.language, "change." + what, args)}};
    if (!change.value.empty()) j["value"] = change.value;
    if (person) j["person"] = person_json(person->party, view);
    if (change.what == FactChange::What::instant) j["at"] = instant_json(change.at, view);
    return j;
}

// "Had the matter been X, rule Y would apply": of one kind, null where no change considered does it.
Json otherwise_of(const std::optional<Otherwise>& other, const char* key, const Rulebook& rulebook,
                  const View& view) {
    if (!other) return nullptr;
    Json changes = Json::array();
    std::string joined;
    for (const auto& change : other->changes) {
        changes.push_back(change_json(change, view));
        if (!joined.empty()) joined += sentence(view.language, "change.and");
        joined += changes.back()["text"].get<std::string>();
    }
    const Outcome& out = other->outcome;
    const Rule* rule = rule_of(rulebook, out.rule);
    const std::string name = rule ? rule_name(*rule, view.language) : out.rule;
    const std::string due = out.closure_due ? format_instant(*out.closure_due, view.offset()) : "—";
    const schema::TextArgs args = {
        {"changes", joined}, {"rule", name}, {"owner", display_name(out.owner, view)}, {"due", due}};
    return Json{{"changes", std::move(changes)},
                {"rule", out.rule},
                {"owner", person_json(out.owner, view)},
                {"closure_due", instant_json(out.closure_due, view)},
                {"text", sentence(view.language, key, args)}};
}

Json otherwise_json(const CaseFile& file, const Event& submitted, const View& view) {
    const Versions& versions = submitted.opening->versions;
    Policy policy = view.data.policy(file.c.versions, Workload{});
    policy.workload.ignore_capacity = view.data.ignore_capacity;
    const auto found = counterfactuals(submitted, policy, view.data.catalogues.at(versions.catalogue));
    return Json{{"rule", otherwise_of(found.rule, "otherwise.rule", policy.rulebook, view)},
                {"owner", otherwise_of(found.owner, "otherwise.owner", policy.rulebook, view)},
                {"closure_due", otherwise_of(found.due, "otherwise.due", policy.rulebook, view)}};
}

}  // namespace

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
                {"facts", codec::facts_json(trace.facts)},
                {"rules", std::move(rules)},
                {"candidates", std::move(candidates)},
                {"chain", std::move(chain)},
                {"owner", person_json(*submitted.owner, view)},
                {"clock_start", instant_json(submitted.clock_start, view)},
                {"dues", dues_json(submitted, view.data.calendars.at(opening.versions.calendar), view)},
                {"sentences", sentences_json(submitted, trace, view)},
                {"otherwise", otherwise_json(file, submitted, view)},
                {"trace_hash", submitted.decision->trace_hash},
                {"regenerated", trace.hash == submitted.decision->trace_hash}}
        .dump();
}

std::vector<std::string> decision_text(const std::string& decision, Language language) {
    const Json j = Json::parse(decision);
    std::vector<std::string> lines;
    const auto add = [&lines](const Json& text, const char* indent) {
        lines.push_back(indent + text.get<std::string>());
    };
    const auto head = [&](const char* key) { lines.push_back(sentence(language, key)); };
    for (const auto& said : j["sentences"]) add(said, "");
    head("explain.rules");
    for (const auto& rule : j["rules"]) add(rule["why"]["text"], "  ");
    head("explain.people");
    for (const auto& candidate : j["candidates"]) add(candidate["why"]["text"], "  ");
    head("explain.intervals");
    for (const auto& due : j["dues"]) {
        const std::string step = due["step"].get<std::string>();
        lines.push_back("  " + sentence(language, "stage." + due["stage"].get<std::string>()) +
                        (step.empty() ? "" : " " + step));
        for (const auto& interval : due["intervals"])
            lines.push_back("    " + interval[0].get<std::string>() + "  " + interval[1].get<std::string>());
    }
    head("explain.otherwise");
    for (const char* what : {"rule", "owner", "closure_due"})
        if (const Json& other = j["otherwise"][what]; other.is_object()) add(other["text"], "  ");
    const char* same = j["regenerated"].get<bool>() ? "explain.same" : "explain.another";
    lines.push_back(sentence(language, same, {{"hash", j["trace_hash"].get<std::string>()}}));
    return lines;
}

std::string rule_text(const RuleTried& tried, Language language) {
    return sentence(language, what_of(tried.verdict), rule_args(tried, language));
}

}  // namespace mashang::server
