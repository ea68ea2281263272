// What rules name and the district does not have.
#include <catch2/catch.hpp>

#include "rule_world.hpp"
#include "staff.hpp"

namespace mashang {
namespace {

using namespace rule_world;

// "path value nearest" of the finding, which must be the only error.
std::string only_error(const std::vector<RuleFinding>& found, FindingKind kind) {
    std::vector<RuleFinding> errors;
    for (const RuleFinding& f : found) {
        if (f.severity == Severity::error) errors.push_back(f);
    }
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].kind == kind);
    CHECK(errors[0].rules == std::vector<std::size_t>{0});
    return errors[0].path + ' ' + errors[0].value + ' ' + errors[0].nearest;
}

std::vector<RuleFinding> check_one(Condition when) {
    return check(*book({rule("a", std::move(when))}));
}

}  // namespace

TEST_CASE("[T39] a matter that is not in the catalogue is an error with the one that was meant") {
    CHECK(only_error(check_one(is(MatterIs{{bicycles, "S33010606011"}})), FindingKind::unknown_matter) ==
          "/when/matter/1 S33010606011 S33010606010");
    CHECK(only_error(check_one(is(Not{{is(MatterIs{{"S33010608"}})}})), FindingKind::unknown_matter) ==
          "/when/not/matter/0 S33010608 S33010606");
    CHECK(only_error(check_one(is(MatterIs{{"M"}})), FindingKind::unknown_matter) == "/when/matter/0 M B");
    CHECK(may_activate(check_one(is(MatterIs{{"S", "B33010601"}}))));
}

TEST_CASE("[T39] a place kind nobody uses is an error with the one that was meant") {
    CHECK(only_error(check_one(is(All{{is(WorkingTimeIs{}), is(PlaceKindIs{{"gates"}})}})),
                     FindingKind::unknown_place_kind) == "/when/all/1/place_kind/0 gates gate");
    CHECK(only_error(check_one(is(PlaceKindIs{{"park", "lighthouse"}})), FindingKind::unknown_place_kind) ==
          "/when/place_kind/1 lighthouse ");
}

TEST_CASE("[T39] a division without a grid is an error, padded with noughts too") {
    CHECK(only_error(check_one(is(DivisionIs{{"330106011"}})), FindingKind::unknown_division) ==
          "/when/division/0 330106011 330106010");
    CHECK(only_error(check_one(is(DivisionIs{{"330106009000"}})), FindingKind::unknown_division) ==
          "/when/division/0 330106009000 330106009001");
    CHECK(may_activate(check_one(is(DivisionIs{{"330106", south_grid}}))));
}

TEST_CASE("[T39] co-handlers of a kind that no active unit has, and persons who are gone, are errors") {
    auto people = staff::desks();
    Person unit = staff::person(7, Role::unit, "330106");
    unit.unit_kind = "property";
    people.push_back(unit);
    unit.party.id = PersonId{8};
    unit.unit_kind = "greening";
    unit.active = false;
    people.push_back(unit);
    const auto roster = staff::roster(people);
    const auto check_action = [&](std::vector<std::string> units, std::optional<PersonId> person) {
        Rule r = rule("a", is(MatterIs{{bicycles}}), Role::district);
        r.then.co_handlers = std::move(units);
        r.then.person = person;
        return check_rules(*book({std::move(r)}),
                           {catalogue().get(), &place_kinds(), nullptr, roster.get(), nullptr});
    };
    CHECK(only_error(check_action({"property", "propperty"}, {}), FindingKind::unknown_unit_kind) ==
          "/then/co_handlers/1 propperty property");
    CHECK(only_error(check_action({"greening"}, {}), FindingKind::unknown_unit_kind) ==
          "/then/co_handlers/0 greening ");
    CHECK(only_error(check_action({}, PersonId{99}), FindingKind::unknown_person) == "/then/person 99 ");
    CHECK(only_error(check_action({}, PersonId{8}), FindingKind::unknown_person) == "/then/person 8 ");
    CHECK(may_activate(check_action({"property"}, PersonId{903})));
}

}  // namespace mashang
