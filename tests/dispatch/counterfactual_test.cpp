// The smallest change that would have made a decision another (T38), held against a second making of the
// change: here it is made by hand to the report, the roster and the loads, and given to the engine as a new
// report.
#include "dispatch/counterfactual.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <map>

#include "drawn_life.hpp"
#include "tests/build/district.hpp"

using namespace mashang;
using namespace mashang::build;
using What = FactChange::What;

namespace {

const std::vector<std::string> all_matters = {matter::ordinary, matter::slow,     matter::quick,
                                              matter::stepped,  matter::petition, matter::in_days};

std::shared_ptr<const Catalogue> catalogue() {
    std::vector<Matter> matters;
    for (const auto& code : all_matters) {
        Matter m;
        m.code = code;
        m.kind = code[0];
        m.name = code;
        if (code == matter::quick) m.priority = Priority::urgent;
        matters.push_back(std::move(m));
    }
    return Catalogue::build(1, std::move(matters)).value();
}

template <class Leaf>
Condition is(Leaf leaf) {
    return Condition{std::move(leaf)};
}

Condition any_leaf() {
    switch (drawn(0, 7)) {
        case 0:
            return is(MatterIs{{*rc::gen::elementOf(all_matters)}});
        case 1:
            return is(HasWord{{*rc::gen::element<std::string>("爆管", "占道", "积水")}});
        case 2:
            return is(DistanceAtLeast{drawn(10, 900)});
        case 3:
            return is(PlaceKindIs{{*rc::gen::element<std::string>("gate", "market", "bicycle_stand")}});
        case 4:
            return is(LocalTimeIn{drawn(0, 700), drawn(700, 1440)});
        case 5:
            return is(ReporterIs{{*rc::gen::element(ReporterKind::resident, ReporterKind::enterprise)}});
        default:
            return is(WorkingTimeIs{drawn(0, 2) == 0});
    }
}

Condition any_condition() {
    const Condition one = any_leaf();
    if (drawn(0, 3) == 0) return is(Not{{one}});
    if (drawn(0, 3) == 0) return is(All{{one, any_leaf()}});
    return one;
}

std::shared_ptr<const Rulebook> any_rulebook() {
    std::vector<Rule> rules;
    const int n = drawn(0, 5);
    for (int i = 0; i <= n; ++i) {
        Rule r;
        r.order = i;
        r.id = "rule " + std::to_string(i);
        r.name = r.name_en = r.id;
        if (i < n) r.when = any_condition();
        r.then.owner = *rc::gen::element(Role::worker, Role::leader, Role::community, Role::street);
        if (drawn(0, 3) == 0) r.then.priority = Priority::emergency;
        rules.push_back(std::move(r));
    }
    return Rulebook::build(3, std::move(rules)).value();
}

// A report as it was decided, and everything that it was decided from.
struct Told {
    World w;
    Submission report;
    Event event;
};

Told any_told() {
    Told t;
    t.w.rulebook = any_rulebook();
    t.w.now = at(drawn(20, 30), drawn(0, 24), drawn(0, 60));
    for (const PersonId id : {staff::worker, staff::second_worker, staff::third_worker, staff::leader}) {
        t.w.burden(id, drawn(0, 24));
        if (drawn(0, 5) == 0) t.w.send_home(id);
    }
    Submission& s = t.report = t.w.report();
    s.matter = *rc::gen::elementOf(all_matters);
    s.priority = catalogue()->find(s.matter)->priority;
    s.place.kind = *rc::gen::element<std::string>("gate", "market", "bicycle_stand", "park");
    s.reporter = *rc::gen::element(ReporterKind::resident, ReporterKind::enterprise, ReporterKind::staff);
    if (drawn(0, 2) == 0) s.distance_m = drawn(0, 1000);
    for (const auto& word : t.w.rulebook->words())
        if (drawn(0, 3) == 0) s.words.push_back(word);
    t.event = submit(s, t.w.now, t.w.policy()).value().front();
    return t;
}

// The change made by hand, without asking the code that is tested what it means.
Outcome decided_with(const Told& told, const std::vector<FactChange>& changes) {
    Submission s = told.report;
    Instant now = told.event.at;
    auto people = told.w.roster->people();
    // The record knows the loads of those who were looked at; the others are taken to have had nothing.
    std::map<PersonId, Load> loads;
    for (const auto& cand : told.event.decision->candidates)
        loads[cand.id] = {cand.open, cand.weighted, cand.last_assigned};
    for (const FactChange& change : changes) {
        const bool there = change.what == What::present;
        if (change.what == What::matter) {
            s.matter = change.value;
            s.priority = catalogue()->find(change.value)->priority;
        }
        if (change.what == What::place_kind) s.place.kind = change.value;
        if (change.what == What::reporter) s.reporter = *parse_word<ReporterKind>(change.value);
        if (change.what == What::word_said) s.words.push_back(change.value);
        if (change.what == What::word_left_out) std::erase(s.words, change.value);
        if (change.what == What::distance) s.distance_m = std::stoi(change.value);
        if (change.what == What::instant) now = change.at;
        if (change.what == What::open_cases) {
            loads[change.person].open = loads[change.person].weighted = std::stoi(change.value);
        }
        if (there || change.what == What::away)
            for (Person& p : people)
                if (p.party.id == change.person) {
                    p.active = there;
                    if (there) p.shift.clear();
                }
    }
    const auto roster = roster_of(people);
    const World& w = told.w;
    Policy policy{*w.calendar, *w.standards, *w.rulebook, *roster, {}, {}};
    policy.workload.load = [&](PersonId id) { return loads.contains(id) ? loads.at(id) : Load{}; };
    return outcome_of(submit(s, now, policy).value().front());
}

std::string shown(const Outcome& o) {
    return o.rule + ", " + o.owner.name + ", " + wall(o.closure_due);
}

// `differs` is the aspect that the change is named for.
template <class Differs>
void check_named(const Told& told, const std::optional<Otherwise>& named, Differs differs) {
    const Outcome was = outcome_of(told.event);
    if (!named) return;
    RC_ASSERT(!named->changes.empty() && named->changes.size() <= 2);
    const Outcome would = decided_with(told, named->changes);
    RC_LOG() << shown(was) << " would be " << shown(would) << ", told: " << shown(named->outcome) << '\n';
    RC_ASSERT(would == named->outcome);
    RC_ASSERT(differs(was, would));
    if (named->changes.size() == 2)
        for (const FactChange& alone : named->changes) RC_ASSERT(!differs(was, decided_with(told, {alone})));
}

}  // namespace

TEST_CASE("each change that is named, made and decided anew, does what it is named for [T38]") {
    rc::prop("a report, and its decision made again by hand", [] {
        const Told told = any_told();
        const auto all = catalogue();
        RC_ASSERT(decided_with(told, {}) == outcome_of(told.event));
        const auto named = counterfactuals(told.event, told.w.policy(), *all);
        const auto rule = [](const Outcome& a, const Outcome& b) { return a.rule != b.rule; };
        const auto owner = [](const Outcome& a, const Outcome& b) { return a.owner.id != b.owner.id; };
        const auto due = [](const Outcome& a, const Outcome& b) { return a.closure_due != b.closure_due; };
        check_named(told, named.rule, rule);
        check_named(told, named.owner, owner);
        check_named(told, named.due, due);
        if (named.due)
            for (const FactChange& change : named.due->changes) RC_ASSERT(change.what != What::instant);
        // Where none is named, or two together, no single one of those considered does it.
        for (const FactChange& change : changes_considered(told.event, told.w.policy(), *all)) {
            const Outcome was = outcome_of(told.event), would = decided_with(told, {change});
            const auto missed = [](const std::optional<Otherwise>& o) { return !o || o->changes.size() > 1; };
            if (missed(named.rule)) RC_ASSERT(!rule(was, would));
            if (missed(named.owner)) RC_ASSERT(!owner(was, would));
            if (missed(named.due) && change.what != What::instant) RC_ASSERT(!due(was, would));
        }
    });
}

TEST_CASE("had the matter been the next one in the catalogue, another rule would have matched [T38]") {
    World w;
    Rule next;
    next.order = 1;
    next.id = "next";
    next.name = next.name_en = "next";
    next.when = is(MatterIs{{matter::quick}});
    next.then.owner = Role::street;
    Rule rest;
    rest.order = 2;
    rest.id = "rest";
    rest.name = rest.name_en = "rest";
    w.rulebook = Rulebook::build(3, {next, rest}).value();
    const Case c = w.submitted(matter::slow);
    const auto named = counterfactuals(w.journal(c).front(), w.policy(), *catalogue());
    REQUIRE(named.rule);
    REQUIRE(named.rule->changes.size() == 1);
    CHECK(named.rule->changes[0].what == What::matter);
    CHECK(named.rule->changes[0].value == matter::quick);
    CHECK(named.rule->outcome.rule == "next");
    CHECK(named.rule->outcome.owner.role == Role::street);
    // Another owner needs no other matter: the one who has it might have been away.
    REQUIRE(named.owner);
    CHECK(named.owner->changes[0].what != What::matter);
}

TEST_CASE("two facts that a rule asks for together are named together, and neither alone [T38]") {
    World w;
    Rule both;
    both.order = 1;
    both.id = "both";
    both.name = both.name_en = "both";
    both.when = is(All{{is(HasWord{{"爆管"}}), is(PlaceKindIs{{"market"}})}});
    both.then.owner = Role::street;
    Rule rest;
    rest.order = 2;
    rest.id = "rest";
    rest.name = rest.name_en = "rest";
    w.rulebook = Rulebook::build(3, {both, rest}).value();
    const Case c = w.submitted();
    const auto named = counterfactuals(w.journal(c).front(), w.policy(), *catalogue());
    REQUIRE(named.rule);
    REQUIRE(named.rule->changes.size() == 2);
    CHECK(named.rule->changes[0].what == What::word_said);
    CHECK(named.rule->changes[1].what == What::place_kind);
    CHECK(named.rule->changes[1].value == "market");
}
