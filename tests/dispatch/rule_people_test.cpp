// Who stands behind the rules, grid by grid.
#include <catch2/catch.hpp>
#include <set>

#include "dispatch/assign.hpp"
#include "rule_world.hpp"
#include "staff.hpp"

namespace mashang {
namespace {

using namespace rule_world;
using Grids = std::vector<std::string>;

std::vector<RuleFinding> check_with(const Rulebook& rulebook, const Roster& roster,
                                    std::optional<Instant> now = std::nullopt) {
    return check_rules(rulebook,
                       {catalogue().get(), &place_kinds(), territory().get(), &roster, nullptr, now});
}

// Who the engine itself would choose for the witness, with nobody loaded.
Result<Choice> chosen_for(const RuleFinding& f, const Rulebook& rulebook, const Roster& roster, Instant now) {
    Need need;
    need.grid_code = f.witness->grid_code;
    need.matter = f.witness->matter;
    need.action = rulebook.rules()[f.rules.front()].then;
    need.now = now;
    return choose_owner(need, roster, {});
}

// Workers of all three grids, and the desks of the northern community, its street and the district.
std::vector<Person> everybody() {
    auto people = staff::desks();
    people.push_back(staff::person(1, Role::worker, north_grid));
    people.push_back(staff::person(2, Role::worker, other_north_grid));
    people.push_back(staff::person(3, Role::worker, south_grid));
    return people;
}

void remove(std::vector<Person>& people, int id) {
    std::erase_if(people, [id](const Person& p) { return p.party.id == PersonId{id}; });
}

bool finds_owner(const Roster& roster, const std::string& grid, Role role) {
    Need need;
    need.grid_code = grid;
    need.action.owner = role;
    need.now = staff::at(2026, 11, 23, 10);
    return choose_owner(need, roster, {}).has_value();
}

}  // namespace

TEST_CASE("[T39] a grid with nobody on its fallback chain is an error that names it") {
    auto people = everybody();
    for (const int id : {3, 903}) remove(people, id);
    const auto roster = staff::roster(people);
    const auto found = check_with(*book({}), *roster);
    const auto nobody = of_kind(found, FindingKind::nobody_on_chain);
    REQUIRE(nobody.size() == 1);
    CHECK(nobody[0].severity == Severity::error);
    CHECK(nobody[0].grids == Grids{south_grid});
    CHECK(nobody[0].witness->grid_code == south_grid);
    CHECK_FALSE(may_activate(found));
    CHECK_FALSE(finds_owner(*roster, south_grid, Role::worker));
    CHECK(finds_owner(*roster, north_grid, Role::worker));
}

TEST_CASE("[T39] everybody in his place gives no finding about people") {
    const auto found = check_with(*book({rule("a", is(MatterIs{{bicycles}}))}), *staff::roster(everybody()));
    for (const RuleFinding& f : found) CHECK(f.kind == FindingKind::default_only);
}

TEST_CASE("[T39] an inactive worker holds no grid, his grid's backup does") {
    auto people = everybody();
    people.back().active = false;
    const auto found = check_with(*book({}), *staff::roster(people));
    const auto falls_back = of_kind(found, FindingKind::owner_falls_back);
    REQUIRE(falls_back.size() == 1);
    CHECK(falls_back[0].grids == Grids{south_grid});
    CHECK(falls_back[0].value == "worker");
    CHECK(falls_back[0].severity == Severity::warning);
    CHECK(falls_back[0].witness->grid_code == south_grid);
    people[3].backup = {south_grid};
    CHECK(of_kind(check_with(*book({}), *staff::roster(people)), FindingKind::owner_falls_back).empty());
}

TEST_CASE("[T39] a rule for a desk is warned of in just the grids that it reaches and nobody holds") {
    const auto roster = staff::roster(everybody());
    const auto north = is(DivisionIs{{"330106009"}});
    CHECK(may_activate(check_with(*book({rule("a", north, Role::street)}), *roster)));
    CHECK(of_kind(check_with(*book({rule("a", north, Role::street)}), *roster), FindingKind::owner_falls_back)
              .empty());
    const auto rules = book({rule("a", is(MatterIs{{bicycles}}), Role::street),
                             rule("b", is(MatterIs{{rubbish}}), Role::street),
                             rule("c", is(DivisionIs{{south_grid}}), Role::community)});
    const auto found = of_kind(check_with(*rules, *roster), FindingKind::owner_falls_back);
    REQUIRE(found.size() == 2);
    CHECK(found[0].rules == std::vector<std::size_t>{0, 1});  // one finding for both
    CHECK(found[0].grids == Grids{south_grid});
    CHECK(evaluate(rules->rules()[0].when, *found[0].witness) == Verdict::yes);
    CHECK(found[1].rules == std::vector<std::size_t>{2});
    CHECK(found[1].value == "community");
}

TEST_CASE("[T39] a role that nobody has anywhere, or a chain without an end, is an error") {
    const auto leader = book({rule("a", is(MatterIs{{bicycles}}), Role::leader)});
    const auto roster = staff::roster(everybody());  // without any leader
    const auto found = of_kind(check_with(*leader, *roster), FindingKind::owner_nobody);
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::error);
    CHECK(found[0].grids == Grids{north_grid, other_north_grid, south_grid});

    auto people = everybody();
    remove(people, 903);
    const auto street = book({rule("a", always(), Role::street)});
    const auto headless = staff::roster(people);
    const auto open_end = of_kind(check_with(*street, *headless), FindingKind::owner_nobody);
    REQUIRE(open_end.size() == 1);
    CHECK(open_end[0].rules == std::vector<std::size_t>{0});
    CHECK(open_end[0].grids == Grids{south_grid});
    CHECK_FALSE(finds_owner(*headless, south_grid, Role::street));
    CHECK(finds_owner(*headless, north_grid, Role::street));
}

TEST_CASE("[T39] whoever is on leave or has no shift ahead holds no grid, from the instant of the check on") {
    const Instant monday = staff::at(2026, 11, 23, 10);
    auto people = everybody();
    people.back().leave = {{staff::at(2026, 11, 20), staff::at(2026, 12, 1)}};
    const auto roster = staff::roster(people);
    const auto rules = book({});
    const auto found = check_with(*rules, *roster, monday);
    const auto away = of_kind(found, FindingKind::owner_away);
    REQUIRE(away.size() == 1);
    CHECK(away[0].grids == Grids{south_grid});
    CHECK(away[0].severity == Severity::warning);
    CHECK(chosen_for(away[0], *rules, *roster, monday)->rung == "district");
    CHECK(of_kind(check_with(*rules, *roster, staff::at(2026, 12, 1)), FindingKind::owner_away).empty());
    CHECK(of_kind(check_with(*rules, *roster), FindingKind::owner_away).empty());
    // His shifts end with the year 2027, and without a desk above nobody stands there at all.
    people.back().leave.clear();
    people.back().shift = "day";
    const auto late = staff::at(2028, 1, 3, 10);
    CHECK(of_kind(check_with(*rules, *staff::roster(people), late), FindingKind::owner_away).size() == 1);
    remove(people, 903);
    const auto alone = staff::roster(people);
    const auto nobody = check_with(*rules, *alone, late);
    REQUIRE(of_kind(nobody, FindingKind::nobody_on_chain).size() == 1);
    CHECK(of_kind(nobody, FindingKind::nobody_on_chain)[0].grids == Grids{south_grid});
    CHECK_FALSE(may_activate(nobody));
    CHECK(chosen_for(of_kind(nobody, FindingKind::owner_nobody).at(0), *rules, *alone, late).has_error());
}

TEST_CASE(
    "[T39] matters that nobody in a grid has the skill for are named, with a report the engine sends up") {
    const Instant monday = staff::at(2026, 11, 23, 10);
    auto people = everybody();
    people.back().skills = {"S33010609"};  // the southern worker takes bicycles only
    const auto roster = staff::roster(people);
    const auto rules =
        book({rule("bicycles", is(MatterIs{{bicycles}})), rule("rubbish", is(MatterIs{{rubbish}})),
              rule("north", is(DivisionIs{{"330106009"}}))});
    const auto found = check_with(*rules, *roster);
    CHECK(may_activate(found));
    const auto lacking = of_kind(found, FindingKind::owner_lacks_skill);
    REQUIRE(lacking.size() == 2);
    CHECK(lacking[0].rules == std::vector<std::size_t>{1});
    CHECK(lacking[0].matters == std::vector<std::string>{rubbish});
    CHECK(lacking[0].grids == Grids{south_grid});
    CHECK(lacking[0].witness->matter == rubbish);
    CHECK(evaluate(rules->rules()[1].when, *lacking[0].witness) == Verdict::yes);
    CHECK(chosen_for(lacking[0], *rules, *roster, monday)->rung == "district");
    CHECK(lacking[1].rules == std::vector<std::size_t>{3});  // the default, which takes the others
    CHECK(std::set(lacking[1].matters.begin(), lacking[1].matters.end()) ==
          std::set<std::string>{rubbish, cover, ""});
    // Somebody with the other skill beside him, or a backup, and nothing is lacking.
    Person second = staff::person(9, Role::worker, "330106010001");
    second.backup = {south_grid};
    people.push_back(second);
    CHECK(of_kind(check_with(*rules, *staff::roster(people)), FindingKind::owner_lacks_skill).empty());
    people.pop_back();
    // Without anybody above it is an error, and the engine finds nobody either.
    remove(people, 903);
    const auto headless = staff::roster(people);
    const auto open_end = of_kind(check_with(*rules, *headless), FindingKind::owner_lacks_skill);
    REQUIRE(open_end.size() == 2);
    CHECK(open_end[0].severity == Severity::error);
    CHECK(chosen_for(open_end[0], *rules, *headless, monday).has_error());
}

TEST_CASE("[T39] a filing condition that the matters of its rule do not have is found, with such a report") {
    Matter heaps;
    heaps.code = bicycles;
    heaps.kind = 'S';
    heaps.name = "heaps";
    FilingCondition many;
    many.id = "many";
    heaps.conditions = {many};
    Matter plain = heaps;
    plain.code = rubbish;
    plain.conditions.clear();
    const auto matters = Catalogue::build(1, {heaps, plain}).value();
    CheckedWorld world;
    world.catalogue = matters.get();
    const auto condition = [&](Condition when, const std::string& id) {
        Rule r = rule("a", std::move(when));
        r.then.condition = id;
        return of_kind(check_rules(*book({r}), world), FindingKind::unknown_condition);
    };
    CHECK(condition(is(MatterIs{{bicycles}}), "many").empty());
    CHECK(condition(is(MatterIs{{rubbish}}), "default").empty());
    CHECK(condition(is(MatterIs{{"S33010609"}}), "many").empty());
    const auto wrong = condition(is(MatterIs{{bicycles}}), "mani");
    REQUIRE(wrong.size() == 1);
    CHECK(wrong[0].severity == Severity::error);
    CHECK(wrong[0].path == "/then/condition");
    CHECK(wrong[0].nearest == "many");
    CHECK(wrong[0].witness->matter == bicycles);
    const auto wide = condition(always(), "many");  // rubbish has no such condition
    REQUIRE(wide.size() == 1);
    CHECK(wide[0].severity == Severity::warning);
    CHECK(wide[0].matters == std::vector<std::string>{rubbish});
    CHECK(wide[0].witness->matter == rubbish);
}

TEST_CASE("[T39] a unit that does not cover every grid is a warning with the grids that go without") {
    auto people = everybody();
    Person unit = staff::person(7, Role::unit, "330106009");
    unit.unit_kind = "property";
    people.push_back(unit);
    Rule r = rule("a", is(MatterIs{{bicycles}}));
    r.then.co_handlers = {"property"};
    const auto found = check_with(*book({r}), *staff::roster(people));
    CHECK(may_activate(found));
    const auto away = of_kind(found, FindingKind::co_handler_falls_away);
    REQUIRE(away.size() == 1);
    CHECK(away[0].grids == Grids{south_grid});
    CHECK(away[0].value == "property");
    CHECK(away[0].path == "/then/co_handlers/0");
}

}  // namespace mashang
