// Who stands behind the rules, grid by grid.
#include <catch2/catch.hpp>

#include "dispatch/assign.hpp"
#include "rule_world.hpp"
#include "staff.hpp"

namespace mashang {
namespace {

using namespace rule_world;
using Grids = std::vector<std::string>;

std::vector<RuleFinding> check_with(const Rulebook& rulebook, const Roster& roster) {
    return check_rules(rulebook, {catalogue().get(), &place_kinds(), territory().get(), &roster, nullptr});
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
