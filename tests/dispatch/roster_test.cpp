#include "dispatch/roster.hpp"

#include <catch2/catch.hpp>

#include "staff.hpp"

namespace mashang {
namespace {

using namespace staff;

std::vector<int> ids(const std::vector<const Person*>& people) {
    std::vector<int> list;
    for (const Person* p : people) list.push_back(static_cast<int>(raw(p->party.id)));
    return list;
}

Error refusal(std::vector<Person> people) {
    auto built = Roster::build(1, std::move(people), shifts());
    REQUIRE(built.has_error());
    return built.error();
}

}  // namespace

TEST_CASE("a grid is covered by prefixes of grid, community, street and district, in the order of id") {
    auto inactive = person(5, Role::worker, grid);
    inactive.active = false;
    const auto r = roster({person(4, Role::worker, grid), person(3, Role::worker, "330106009001"),
                           person(2, Role::worker, "330106009"), person(1, Role::worker, "330106"),
                           person(6, Role::worker, other_grid), person(7, Role::leader, grid), inactive});
    CHECK(ids(r->covering(grid, Role::worker)) == std::vector{1, 2, 3, 4});
    CHECK(ids(r->posted(grid, Role::worker)) == std::vector{1, 2, 3, 4, 5});
    CHECK(ids(r->covering(grid, Role::leader)) == std::vector{7});
    CHECK(r->covering("320106009001003", Role::worker).empty());
    CHECK(r->covering("", Role::worker).empty());
}

TEST_CASE("a person with two scopes over the same grid stands there once") {
    auto p = person(1, Role::worker, grid);
    p.scope.push_back("330106009");
    CHECK(ids(roster({p})->covering(grid, Role::worker)) == std::vector{1});
}

TEST_CASE("a zero-padded division code as scope means the level that its digits say") {
    const auto r =
        roster({person(1, Role::street, "330106009000"), person(2, Role::district, "330106000000")});
    CHECK(ids(r->covering(grid, Role::street)) == std::vector{1});
    CHECK(ids(r->covering(grid, Role::district)) == std::vector{2});
}

TEST_CASE("an empty prefix covers nothing, so a forgotten scope opens no door") {
    CHECK_FALSE(covers({""}, grid));
    CHECK_FALSE(covers({}, grid));
    CHECK(covers({"330106009"}, grid));
    CHECK_FALSE(covers({"330106008"}, grid));
}

TEST_CASE("a roster is refused at the very place that is wrong") {
    CHECK(refusal({person(1, Role::worker, grid, "night")}).fields.at(0).pointer == "/people/0/shift");
    CHECK(refusal({person(1, Role::worker, grid), person(1, Role::worker, grid)}).fields.at(0).pointer ==
          "/people/1/id");
    CHECK(refusal({person(1, Role::worker, "33010x")}).fields.at(0).pointer == "/people/0/scope/0");
    CHECK(refusal({person(1, Role::worker, "3301060")}).fields.at(0).pointer == "/people/0/scope/0");
    CHECK(refusal({person(1, Role::worker, "")}).fields.at(0).pointer == "/people/0/scope/0");
    auto p = person(1, Role::worker, grid);
    p.leave = {{at(2026, 11, 24), at(2026, 11, 24)}};
    CHECK(refusal({p}).fields.at(0).pointer == "/people/0/leave/0");
}

TEST_CASE("on duty is on shift and not on leave; a desk always is") {
    auto worker = person(1, Role::worker, grid, "day");
    worker.leave = {{at(2026, 11, 24, 0), at(2026, 11, 25, 0)}};
    const auto r = roster({worker, desk(2, Role::district, "330106")});
    const Person& w = *r->find(PersonId{1});
    CHECK_FALSE(r->on_duty(w, at(2026, 11, 23, 8, 29)));
    CHECK(r->on_duty(w, at(2026, 11, 23, 8, 30)));
    CHECK_FALSE(r->on_duty(w, at(2026, 11, 23, 17, 30)));  // half-open
    CHECK_FALSE(r->on_duty(w, at(2026, 11, 24, 10)));
    CHECK(r->on_duty(*r->find(PersonId{2}), at(2026, 11, 22, 3)));
}

TEST_CASE("the next duty passes over nights, weekends and leaves, even ones that touch") {
    auto worker = person(1, Role::worker, grid, "day");
    worker.leave = {{at(2026, 11, 30, 0), at(2026, 12, 1, 0)}, {at(2026, 12, 1, 0), at(2026, 12, 2, 9)}};
    const auto r = roster({worker, person(2, Role::worker, grid)});
    const Person& w = *r->find(PersonId{1});
    CHECK(r->next_duty(w, at(2026, 11, 23, 10)) == at(2026, 11, 23, 10));
    CHECK(r->next_duty(w, at(2026, 11, 23, 18)) == at(2026, 11, 24, 8, 30));
    CHECK(r->next_duty(w, at(2026, 11, 27, 18)) == at(2026, 12, 2, 9));  // Friday, then two days of leave
    CHECK(r->next_shift(w, at(2026, 11, 27, 18)) == at(2026, 11, 30, 8, 30));
    CHECK(r->next_duty(*r->find(PersonId{2}), at(2026, 11, 28, 3)) == at(2026, 11, 28, 3));
}

TEST_CASE("the rungs of the ladder are ordered, a leader between his workers and the community") {
    CHECK(rung_of(Role::worker) > rung_of(Role::leader));
    CHECK(rung_of(Role::leader) > rung_of(Role::community));
    CHECK(rung_of(Role::community) == 12);
    CHECK(rung_of(Role::street) == 9);
    CHECK(rung_of(Role::district) == 6);
}

}  // namespace mashang
