// Assignment against a brute-force oracle, over drawn rosters.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "dispatch/assign.hpp"
#include "staff.hpp"

namespace mashang {
namespace {

using namespace staff;

struct Scene {
    std::vector<Person> people;
    std::map<std::int64_t, Load> loads;
    Workload work;
    Need need;
};

Person draw_person(int id) {
    const Role role =
        *rc::gen::element(Role::worker, Role::worker, Role::worker, Role::leader, Role::community);
    Person p = person(id, role, *rc::gen::element(grid, grid, std::string("330106009001"), other_grid),
                      *rc::gen::element<std::string>("", "day", "late", "weekend"));
    p.active = *rc::gen::inRange(0, 5) > 0;
    p.capacity = *rc::gen::inRange(0, 3);
    if (*rc::gen::inRange(0, 4) == 0) p.backup = {grid};
    if (*rc::gen::inRange(0, 4) == 0) p.skills = {*rc::gen::element<std::string>("S", "B")};
    if (*rc::gen::inRange(0, 4) == 0) p.leave = {{at(2026, 11, 23), at(2026, 11, 24)}};
    return p;
}

void draw(Scene& s) {
    s.people = desks();
    const int n = *rc::gen::inRange(0, 8);
    for (int id = 1; id <= n; ++id) {
        s.people.push_back(draw_person(id));
        const int open = *rc::gen::inRange(0, 3);
        s.loads[id] = {open, open * *rc::gen::inRange(1, 3), Instant{Millis{*rc::gen::inRange(0, 2)}}};
    }
    s.need.grid_code = grid;
    s.need.matter = *rc::gen::element<std::string>("", "S33010609011");
    s.need.priority = *rc::gen::element(Priority::ordinary, Priority::urgent, Priority::emergency);
    s.need.now = at(2026, 11, *rc::gen::inRange(22U, 26U), *rc::gen::inRange(0, 24));
    if (n > 0) {
        s.work.at_place = {PersonId{*rc::gen::inRange(1, n + 1)}, CaseId{7}};
        if (*rc::gen::arbitrary<bool>()) s.need.leave_out = {PersonId{*rc::gen::inRange(1, n + 1)}};
    }
    s.work.load = [&s](PersonId id) { return s.loads[raw(id)]; };
}

bool on_shift(const Person& p, Instant t) {
    return p.shift.empty() || shifts().at(p.shift)->is_working(t);
}

// Steps in half hours (every shift begins on one) where the engine asks an index.
Instant begins(const Person& p, Instant now) {
    while (!on_shift(p, now)) now += std::chrono::minutes{30};
    return now;
}

bool eligible(const Scene& s, const Person& p) {
    const auto& out = s.need.leave_out;
    if (!p.active || std::count(out.begin(), out.end(), p.party.id) > 0) return false;
    if (p.party.desk) return true;
    const Load load = s.loads.at(raw(p.party.id));
    if (p.capacity > 0 && load.open >= p.capacity) return false;
    if (!p.skills.empty() && s.need.matter.substr(0, 1) != p.skills[0]) return false;
    const Instant start = begins(p, s.need.now);
    if (s.need.priority != Priority::ordinary && start != s.need.now) return false;
    return p.leave.empty() || start < p.leave[0].open || start >= p.leave[0].close;
}

// Sorts tuples of (rung, start, continuity, load, idle, id) and takes the first.
std::pair<std::int64_t, Instant> oracle(const Scene& s) {
    using Row = std::tuple<int, Instant, bool, int, Instant, std::int64_t>;
    std::vector<Row> rows;
    for (const Person& p : s.people) {
        if (!eligible(s, p)) continue;
        const bool here = grid.rfind(p.scope[0], 0) == 0;
        const Load load = p.party.desk ? Load{} : s.loads.at(raw(p.party.id));
        const Instant start = p.party.desk ? s.need.now : begins(p, s.need.now);
        const auto row = [&](int rung) {
            rows.emplace_back(rung, start, s.work.at_place && s.work.at_place->first != p.party.id,
                              load.weighted, load.last_assigned, raw(p.party.id));
        };
        if (here && p.party.role == Role::worker) row(0);
        if (!p.backup.empty()) row(1);
        if (here && p.party.role == Role::leader) row(2);
        if (here && p.party.role == Role::community) row(3);
        if (p.party.role == Role::street) row(4);
        if (p.party.role == Role::district) row(5);
    }
    std::sort(rows.begin(), rows.end());
    return {std::get<5>(rows.at(0)), std::get<1>(rows.at(0))};
}

}  // namespace

TEST_CASE("[T33] the owner is the first of everybody eligible, sorted by hand") {
    CHECK(rc::check([] {
        Scene s;
        draw(s);
        const auto staffed = roster(s.people);
        const Choice c = choose_owner(s.need, *staffed, s.work).value();
        const auto [id, start] = oracle(s);
        RC_ASSERT(raw(c.owner.id) == id);
        RC_ASSERT(c.clock_start == start);
        RC_ASSERT(!c.waiting || c.owner.desk);
    }));
}

TEST_CASE("[T33] [T38] exactly one candidate of a trace is chosen, it is the owner, and again the same") {
    CHECK(rc::check([] {
        Scene s;
        draw(s);
        const auto staffed = roster(s.people);
        const Choice c = choose_owner(s.need, *staffed, s.work).value();
        int chosen = 0;
        for (const auto& rung : c.trace) {
            for (const auto& candidate : rung.candidates) {
                if (candidate.why != WhyNot::chosen) continue;
                ++chosen;
                RC_ASSERT(candidate.person->party == c.owner);
            }
        }
        RC_ASSERT(chosen == 1);
        RC_ASSERT(c.trace.back().chosen);
        RC_ASSERT(c.trace.back().rung == c.rung);
        const Choice again = choose_owner(s.need, *staffed, s.work).value();
        RC_ASSERT(again.owner == c.owner);
        RC_ASSERT(again.clock_start == c.clock_start);
        RC_ASSERT(again.trace.size() == c.trace.size());
    }));
}

TEST_CASE("[T33] removing an ineligible person changes no outcome") {
    CHECK(rc::check([] {
        Scene s;
        draw(s);
        const auto before_staff = roster(s.people);
        const Choice before = choose_owner(s.need, *before_staff, s.work).value();
        std::erase_if(s.people, [&s](const Person& p) { return !p.party.desk && !eligible(s, p); });
        const auto after_staff = roster(s.people);
        const Choice after = choose_owner(s.need, *after_staff, s.work).value();
        RC_ASSERT(after.owner == before.owner);
        RC_ASSERT(after.clock_start == before.clock_start);
        RC_ASSERT(after.continuity == before.continuity);
    }));
}

}  // namespace mashang
