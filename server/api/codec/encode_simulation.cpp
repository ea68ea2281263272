#include "server/api/codec/encode_simulation.hpp"

#include "server/api/codec/bodies.hpp"
#include "server/api/codec/fragments.hpp"

namespace mashang::server {
namespace {

template <class T>
Json pair_json(T was, T would) {
    return Json{{"was", was}, {"would", would}};
}

Json late_json(const LateStages& late) {
    Json stages = Json::array();
    if (late.sign_off) stages.push_back("sign_off");
    if (late.response) stages.push_back("response");
    if (late.closure) stages.push_back("closure");
    return stages;
}

Json dispatched_json(const Dispatched& d, const View& view) {
    return Json{{"owner", person_json(d.owner, view)},
                {"waiting", d.waiting},
                {"priority", to_string(d.priority)},
                {"rule", d.rule},
                {"clock_start", instant_json(d.clock_start, view)},
                {"due", Json{{"sign_off", instant_json(d.sign_off_due, view)},
                             {"closure", instant_json(d.closure_due, view)}}},
                {"late", late_json(d.late)}};
}

Json samples_json(const Simulation& s, const View& view) {
    Json samples = Json::array();
    for (const Moved& m : s.samples)
        samples.push_back(Json{{"number", format_number(view.data.district, m.day, m.serial)},
                               {"at", instant_json(m.at, view)},
                               {"matter", Json{{"code", m.matter}, {"name", matter_name(m.matter, view)}}},
                               {"grid_code", m.grid_code},
                               {"was", dispatched_json(m.was, view)},
                               {"would", dispatched_json(m.would, view)}});
    return samples;
}

}  // namespace

std::string encode_simulation(const SimulatedHistory& history, const View& view) {
    const Simulation& s = history.result;
    Json moves = Json::array(), loads = Json::array(), rules = Json::array(), breaches = Json::array();
    for (const OwnerMove& m : s.moves)
        moves.push_back(Json{{"from", person_json(history.people.at(m.from), view)},
                             {"to", person_json(history.people.at(m.to), view)},
                             {"cases", m.cases}});
    for (const LoadOf& l : s.loads)
        loads.push_back(Json{{"person", person_json(history.people.at(l.person), view)},
                             {"assigned", pair_json(l.assigned_was, l.assigned_would)},
                             {"peak_open", pair_json(l.peak_was, l.peak_would)}});
    for (const RuleUse& r : s.rules)
        rules.push_back(Json{{"rule", r.rule}, {"was", r.was}, {"would", r.would}});
    for (const Breaches& b : s.breaches)
        breaches.push_back(Json{{"stage", to_string(b.stage)},
                                {"was", b.was},
                                {"would", b.would},
                                {"newly", b.newly},
                                {"no_longer", b.no_longer}});
    return Json{{"counterfactual", true},
                {"text", schema::sentence(view.language, "simulate.counterfactual")},
                {"from", instant_json(s.from, view)},
                {"to", instant_json(s.to, view)},
                {"as_of", instant_json(s.as_of, view)},
                {"reports", s.reports},
                {"cases_read", history.cases_read},
                {"moved", Json{{"owner", s.owner_moved},
                               {"priority", s.priority_moved},
                               {"rule", s.rule_moved},
                               {"due", s.due_moved}}},
                {"waiting", pair_json(s.waiting_was, s.waiting_would)},
                {"nobody", s.nobody},
                {"refused", s.refused},
                {"words_unknown", history.words_unknown},
                {"moves", std::move(moves)},
                {"loads", std::move(loads)},
                {"rules", std::move(rules)},
                {"breaches", std::move(breaches)},
                {"samples", samples_json(s, view)}}
        .dump();
}

}  // namespace mashang::server
