#include "dispatch/rule_check.hpp"

#include <catch2/catch.hpp>

#include "rule_world.hpp"

namespace mashang {
namespace {

using namespace rule_world;
using Rules = std::vector<std::size_t>;

Condition both(Condition a, Condition b) {
    return is(All{{std::move(a), std::move(b)}});
}
Condition inverse(Condition of) {
    return is(Not{{std::move(of)}});
}

std::string taken_by(const Rulebook& rules, const RuleFinding& finding) {
    REQUIRE(finding.witness.has_value());
    return rules.judge(*finding.witness).rule->id;
}

std::vector<std::string> paths(const RuleFinding& finding) {
    std::vector<std::string> list;
    for (const RuleLeaf& leaf : finding.leaves) list.push_back(leaf.path);
    return list;
}

}  // namespace

TEST_CASE("[T39] a rule behind one that takes all its reports is an error that names it") {
    const auto rules = book({rule("shops", is(MatterIs{{"S33010609"}}), Role::street),
                             rule("bicycles", both(is(MatterIs{{bicycles}}), is(PlaceKindIs{{"gate"}})))});
    const auto found = check(*rules);
    const auto shadowed = of_kind(found, FindingKind::shadowed);
    REQUIRE(shadowed.size() == 1);
    CHECK(shadowed[0].rules == Rules{1});
    CHECK(shadowed[0].others == Rules{0});
    CHECK(shadowed[0].severity == Severity::error);
    CHECK(taken_by(*rules, shadowed[0]) == "shops");
    CHECK(evaluate(rules->rules()[1].when, *shadowed[0].witness) == Verdict::yes);
    CHECK_FALSE(may_activate(found));
}

TEST_CASE("[T39] several earlier rules may cover a later one only together, and all are named") {
    const auto rules = book({rule("week", is(WeekdayIn{{0, 1, 2, 3, 4}}), Role::street),
                             rule("gate", is(PlaceKindIs{{"gate"}})), rule("saturday", is(WeekdayIn{{5}})),
                             rule("cover", is(MatterIs{{cover}})), rule("sunday", is(WeekdayIn{{6}})),
                             rule("rubbish", is(MatterIs{{rubbish}}))});
    const auto shadowed = of_kind(check(*rules), FindingKind::shadowed);
    REQUIRE(shadowed.size() == 1);
    CHECK(shadowed[0].rules == Rules{5});
    CHECK(shadowed[0].others == Rules{0, 2, 4});  // neither the gate nor the cover is needed
    CHECK(taken_by(*rules, shadowed[0]) == "week");
}

TEST_CASE("[T30] [T39] a kind and its opposite leave the place of unknown kind to later rules") {
    const auto gate = is(PlaceKindIs{{"gate"}});
    const auto rules = book({rule("gate", gate, Role::street), rule("elsewhere", inverse(gate)),
                             rule("bicycles", is(MatterIs{{bicycles}}))});
    const auto found = check(*rules);
    CHECK(of_kind(found, FindingKind::shadowed).empty());
    const auto rest = of_kind(found, FindingKind::default_only);
    REQUIRE_FALSE(rest.empty());
    for (const RuleFinding& f : rest) {
        CHECK(f.witness->place_kind.empty());
        CHECK(taken_by(*rules, f) == "default");
    }
}

TEST_CASE("[T39] a rule that contradicts itself is shown with the fewest leaves that cannot hold together") {
    const auto rules =
        book({rule("odd", is(All{{is(MatterIs{{bicycles}}), is(WeekdayIn{{5, 6}}),
                                  is(Any{{is(HasWord{{"dozens"}}), is(PlaceKindIs{{"gate"}})}}),
                                  inverse(is(Any{{is(WorkingTimeIs{true}), is(WeekdayIn{{5, 6, 0}})}}))}}))});
    const auto found = check(*rules);
    const auto unreachable = of_kind(found, FindingKind::unreachable);
    REQUIRE(unreachable.size() == 1);
    CHECK(unreachable[0].rules == Rules{0});
    CHECK(paths(unreachable[0]) ==
          std::vector<std::string>{"/when/all/1/weekday", "/when/all/3/not/any/1/weekday"});
    CHECK(unreachable[0].leaves[0].expected == "sat|sun");
    CHECK_FALSE(unreachable[0].leaves[0].negated);
    CHECK(unreachable[0].leaves[1].negated);
    CHECK_FALSE(unreachable[0].witness.has_value());
    CHECK(of_kind(found, FindingKind::shadowed).empty());
    CHECK_FALSE(may_activate(found));
}

TEST_CASE("[T39] thresholds are ordered: 300 metres away is 100 metres away, three reports are two") {
    const auto contradicts = [](Condition when) {
        return !of_kind(check(*book({rule("a", std::move(when))})), FindingKind::unreachable).empty();
    };
    CHECK(contradicts(both(is(DistanceAtLeast{300}), inverse(is(DistanceAtLeast{100})))));
    CHECK(contradicts(both(is(JoinedAtLeast{3}), inverse(is(JoinedAtLeast{2})))));
    CHECK(contradicts(inverse(is(DistanceAtLeast{0}))));  // nobody is nearer than there
    CHECK(contradicts(both(is(MatterIs{{bicycles}}), inverse(is(MatterIs{{"S"}})))));
    CHECK(contradicts(both(is(DivisionIs{{"330106009"}}), is(DivisionIs{{south_grid}}))));
    CHECK(contradicts(both(is(LocalTimeIn{22 * 60, 6 * 60}), is(LocalTimeIn{6 * 60, 22 * 60}))));
    CHECK(contradicts(both(is(HasWord{{"gas", "smell"}}), inverse(is(HasWord{{"smell", "gas", "leak"}})))));
    CHECK_FALSE(contradicts(both(is(DistanceAtLeast{100}), inverse(is(DistanceAtLeast{300})))));
    CHECK_FALSE(contradicts(both(is(HasWord{{"gas", "leak"}}), inverse(is(HasWord{{"gas"}})))));
    CHECK_FALSE(contradicts(both(is(DivisionIs{{"330106009"}}), is(DivisionIs{{other_north_grid}}))));
}

TEST_CASE("[T39] nobody works at night where the calendar says so: such a rule is never reached") {
    const auto night = both(is(WorkingTimeIs{true}), is(LocalTimeIn{23 * 60, 5 * 60}));
    const auto rules = book({rule("night-shift", night)});
    CHECK(of_kind(check(*rules), FindingKind::unreachable).empty());
    const auto found = of_kind(check(*rules, calendar().get()), FindingKind::unreachable);
    REQUIRE(found.size() == 1);
    CHECK(paths(found[0]) == std::vector<std::string>{"/when/all/0/working_time", "/when/all/1/local_time"});
    // The first and the last minute of work, and any hour of a holiday, are reached.
    const auto reached = [](bool working, int from, int to) {
        const auto one = book({rule("a", both(is(WorkingTimeIs{working}), is(LocalTimeIn{from, to})))});
        return of_kind(check(*one, calendar().get()), FindingKind::unreachable).empty();
    };
    CHECK(reached(true, 5 * 60, 6 * 60 + 1));
    CHECK_FALSE(reached(true, 5 * 60, 6 * 60));
    CHECK(reached(true, 22 * 60 - 1, 24 * 60));
    CHECK_FALSE(reached(true, 22 * 60, 24 * 60));
    CHECK(reached(false, 12 * 60, 13 * 60));
    CHECK(reached(false, 0, 1));
}

TEST_CASE("[T39] two rules that want the same report for different people conflict, with that report") {
    const auto rules = book({rule("gate", is(PlaceKindIs{{"gate"}}), Role::community),
                             rule("bicycles", is(MatterIs{{bicycles}}), Role::street),
                             rule("rubbish", is(MatterIs{{rubbish}}), Role::community)});
    const auto found = check(*rules);
    const auto conflicts = of_kind(found, FindingKind::conflicting);
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].rules == Rules{0});
    CHECK(conflicts[0].others == Rules{1});  // the third rule would do the same
    CHECK(conflicts[0].severity == Severity::warning);
    CHECK(taken_by(*rules, conflicts[0]) == "gate");
    CHECK(evaluate(rules->rules()[1].when, *conflicts[0].witness) == Verdict::yes);
    CHECK(may_activate(found));
}

TEST_CASE("[T39] a special case before the general rule is no conflict, another priority is one") {
    const auto special = both(is(MatterIs{{bicycles}}), is(PlaceKindIs{{"gate"}}));
    const auto general = is(MatterIs{{bicycles}});
    CHECK(of_kind(check(*book({rule("a", special, Role::street), rule("b", general)})),
                  FindingKind::conflicting)
              .empty());
    const auto urgent = rule("a", is(PlaceKindIs{{"gate"}}), Role::worker, Priority::urgent);
    CHECK(of_kind(check(*book({urgent, rule("b", general)})), FindingKind::conflicting).size() == 1);
}

TEST_CASE("[T39] an overlap that an earlier rule takes wholly is no conflict: no report meets it") {
    const auto gate = is(PlaceKindIs{{"gate"}}), matter = is(MatterIs{{bicycles}});
    const auto rules = book({rule("both", both(gate, matter), Role::district), rule("gate", gate),
                             rule("bicycles", matter, Role::street)});
    CHECK(of_kind(check(*rules), FindingKind::conflicting).empty());
}

TEST_CASE("[T39] matters that reach only the default are listed, each group with a report") {
    const auto rules = book({rule("rubbish", is(MatterIs{{rubbish}})),
                             rule("bicycles", both(is(MatterIs{{bicycles}}), is(PlaceKindIs{{"gate"}}))),
                             rule("nobody-said", is(HasWord{{"gas"}}))});
    std::vector<std::string> matters;
    for (const RuleFinding& f : of_kind(check(*rules), FindingKind::default_only)) {
        CHECK(f.severity == Severity::warning);
        CHECK(f.rules == Rules{3});
        CHECK(taken_by(*rules, f) == "default");
        CHECK(f.witness->matter == f.matters.front());
        matters.insert(matters.end(), f.matters.begin(), f.matters.end());
    }
    std::sort(matters.begin(), matters.end());
    CHECK(matters == std::vector<std::string>{"", cover, bicycles});
}

TEST_CASE("[T39] a rulebook that covers everything leaves nothing to its default, which is no fault") {
    const auto found = check(*book({rule("all", always(), Role::street)}));
    CHECK(found.empty());
}

TEST_CASE("[T39] a default alone is a sound rulebook") {
    const auto found = check(*book({}));
    CHECK(may_activate(found));
    REQUIRE(found.size() == 2);  // the three matters, and no matter
    CHECK(found[0].matters.size() == 3);
    CHECK(found[1].matters == std::vector<std::string>{""});
}

TEST_CASE("[T39] a check that is out of steps says so and forbids the activation") {
    const auto rules = book({rule("gate", is(PlaceKindIs{{"gate"}}), Role::community),
                             rule("bicycles", is(MatterIs{{bicycles}}), Role::street)});
    const auto found =
        check_rules(*rules, {catalogue().get(), &place_kinds(), territory().get(), nullptr, nullptr}, 3);
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == FindingKind::undecided);
    CHECK_FALSE(may_activate(found));
}

TEST_CASE("[T39] without catalogue and map the rules' own names are the world, and one that none names") {
    const auto rules = book(
        {rule("street", is(DivisionIs{{"330106009"}})), rule("grid", is(DivisionIs{{"330106009001003"}})),
         rule("class", is(MatterIs{{"S330106", "B"}})), rule("deeper", is(MatterIs{{"S33010609"}})),
         rule("gate", is(PlaceKindIs{{"gate"}})), rule("elsewhere", inverse(is(PlaceKindIs{{"gate"}})))});
    const auto found = check_rules(*rules, {});
    const auto shadowed = of_kind(found, FindingKind::shadowed);
    REQUIRE(shadowed.size() == 2);
    CHECK(shadowed[0].rules == Rules{1});
    CHECK(shadowed[1].rules == Rules{3});
    CHECK(of_kind(found, FindingKind::unreachable).empty());
    CHECK_FALSE(of_kind(found, FindingKind::default_only).empty());
}

TEST_CASE("every kind of finding has its word") {
    for (int kind = 0; kind <= static_cast<int>(FindingKind::undecided); ++kind) {
        CHECK_FALSE(to_string(static_cast<FindingKind>(kind)).empty());
    }
    CHECK(to_string(Severity::error) == "error");
    CHECK(to_string(Severity::warning) == "warning");
}

}  // namespace mashang
