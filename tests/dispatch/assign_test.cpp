#include "dispatch/assign.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "staff.hpp"

namespace mashang {
namespace {

using namespace staff;

const Instant noon = at(2026, 11, 23, 12);     // a Monday, day shift
const Instant evening = at(2026, 11, 23, 20);  // late shift
const Instant night = at(2026, 11, 23, 3);     // nobody's shift

struct Scene {
    std::vector<Person> people = desks();
    std::map<int, Load> loads;
    std::optional<std::pair<PersonId, CaseId>> at_place;
    bool ignore_capacity = false;
    Need need;

    Scene() {
        need.grid_code = grid;
        need.matter = "S33010609011";
        need.now = noon;
    }
    Person& add(Person p) {
        people.push_back(std::move(p));
        return people.back();
    }
    Choice choose() {
        staff = roster(people);
        Workload work;
        work.load = [this](PersonId id) { return loads[static_cast<int>(raw(id))]; };
        work.at_place = at_place;
        work.ignore_capacity = ignore_capacity;
        return choose_owner(need, *staff, work).value();
    }
    int owner() { return static_cast<int>(raw(choose().owner.id)); }

    std::shared_ptr<const Roster> staff;
};

WhyNot why(const Choice& choice, int id) {
    for (const auto& rung : choice.trace) {
        for (const auto& c : rung.candidates) {
            if (raw(c.person->party.id) == id) return c.why;
        }
    }
    FAIL("not in the trace: " << id);
    return WhyNot::chosen;
}

}  // namespace

TEST_CASE("[T33] the grid's own worker on duty gets the report, at once") {
    Scene s;
    s.add(person(1, Role::worker, grid, "day"));
    s.add(person(2, Role::worker, other_grid, "day"));
    const Choice c = s.choose();
    CHECK(raw(c.owner.id) == 1);
    CHECK(c.owner.name == "p1");
    CHECK(c.rung == "worker");
    CHECK_FALSE(c.waiting);
    CHECK(c.clock_start == noon);
}

TEST_CASE("[T33] each hard filter takes a worker out, and the trace says which") {
    const auto reason = [](auto&& spoil) {
        Scene s;
        s.add(person(1, Role::worker, grid));
        spoil(s);
        const Choice c = s.choose();
        CHECK(raw(c.owner.id) == 901);
        return why(c, 1);
    };
    CHECK(reason([](Scene& s) { s.people.back().active = false; }) == WhyNot::inactive);
    CHECK(reason([](Scene& s) { s.people.back().skills = {"S33010606", "B"}; }) == WhyNot::lacks_skill);
    CHECK(reason([](Scene& s) {
              s.people.back().leave = {{at(2026, 11, 20), at(2026, 11, 24)}};
          }) == WhyNot::on_leave);
    CHECK(reason([](Scene& s) { s.need.leave_out = {PersonId{1}}; }) == WhyNot::already_had_it);
    CHECK(reason([](Scene& s) {
              s.people.back().capacity = 3;
              s.loads[1].open = 3;
          }) == WhyNot::at_capacity);
    CHECK(reason([](Scene& s) {
              s.people.back().shift = "late";
              s.need.priority = Priority::urgent;
          }) == WhyNot::off_duty);
    CHECK(reason([](Scene& s) {
              s.people.back().scope = {other_grid};
              s.at_place = {PersonId{1}, CaseId{5}};
          }) == WhyNot::not_on_this_grid);
}

TEST_CASE("[T33] a specialist takes what he can and nothing that nobody has named") {
    Scene s;
    s.add(person(1, Role::worker, grid)).skills = {"S33010609"};
    CHECK(s.owner() == 1);
    s.need.matter.clear();
    CHECK(s.owner() == 901);
}

TEST_CASE("[T33] continuity goes before load, load before idleness, idleness before id") {
    Scene s;
    for (const int id : {1, 2, 3, 4}) s.add(person(id, Role::worker, grid));
    s.loads[1] = {1, 4, at(2026, 11, 1)};
    s.loads[2] = {2, 2, at(2026, 11, 2)};
    s.loads[3] = {2, 2, at(2026, 11, 1)};
    s.loads[4] = {2, 2, at(2026, 11, 1)};
    Choice c = s.choose();
    CHECK(raw(c.owner.id) == 3);
    CHECK(why(c, 1) == WhyNot::outranked_by_load);
    CHECK(why(c, 2) == WhyNot::outranked_by_idle);
    CHECK(why(c, 3) == WhyNot::chosen);
    CHECK(why(c, 4) == WhyNot::outranked_by_id);
    CHECK_FALSE(c.continuity.has_value());
    s.at_place = {PersonId{1}, CaseId{77}};
    c = s.choose();
    CHECK(raw(c.owner.id) == 1);
    CHECK(c.continuity == CaseId{77});
    CHECK(why(c, 3) == WhyNot::outranked_by_continuity);
}

TEST_CASE("[T33] continuity never passes a hard filter") {
    Scene s;
    s.add(person(1, Role::worker, grid)).capacity = 1;
    s.add(person(2, Role::worker, grid));
    s.loads[1] = {1, 1, {}};
    s.loads[2] = {9, 9, {}};
    s.at_place = {PersonId{1}, CaseId{77}};
    const Choice c = s.choose();
    CHECK(raw(c.owner.id) == 2);
    CHECK_FALSE(c.continuity.has_value());
}

TEST_CASE("[T33] at night an ordinary report goes to the worker of the next shift and starts with it") {
    Scene s;
    s.add(person(1, Role::worker, grid, "late"));
    s.add(person(2, Role::worker, grid, "day"));
    s.loads[2] = {50, 50, {}};
    s.need.now = night;
    const Choice c = s.choose();
    CHECK(raw(c.owner.id) == 2);
    CHECK(c.clock_start == at(2026, 11, 23, 8, 30));
    CHECK(why(c, 1) == WhyNot::off_duty);
    s.need.now = evening;
    CHECK(s.owner() == 1);
    CHECK(s.choose().clock_start == evening);
}

TEST_CASE("[T33] a worker who is on leave when his shift begins is passed over for the backup") {
    Scene s;
    s.add(person(1, Role::worker, grid, "day")).leave = {{at(2026, 11, 23, 6), at(2026, 12, 7)}};
    s.add(person(2, Role::worker, other_grid, "day")).backup = {grid};
    s.need.now = night;  // not on leave yet, but he will be at 08:30
    const Choice c = s.choose();
    CHECK(raw(c.owner.id) == 2);
    CHECK(c.rung == "backup");
    CHECK(c.clock_start == at(2026, 11, 23, 8, 30));
    CHECK(why(c, 1) == WhyNot::on_leave);
}

TEST_CASE("[T33] an urgent report goes to whoever is on duty now, up to a desk that never sleeps") {
    for (const Priority priority : {Priority::urgent, Priority::emergency}) {
        Scene s;
        s.need.priority = priority;
        s.add(person(1, Role::worker, grid, "day"));
        s.add(person(2, Role::worker, other_grid, "late")).backup = {grid};
        s.add(person(3, Role::leader, "330106009001", "weekend"));
        CHECK(s.owner() == 1);
        s.need.now = evening;
        CHECK(s.owner() == 2);
        s.need.now = night;
        Choice c = s.choose();
        CHECK(raw(c.owner.id) == 901);
        CHECK(c.clock_start == night);
        CHECK_FALSE(c.waiting);  // nobody is on duty: the desk owns it properly
        s.need.now = at(2026, 11, 28, 10);
        CHECK(s.owner() == 3);
    }
}

TEST_CASE("[T33] the chain is worker, backup, leader, community, street, district") {
    Scene s;
    s.add(person(1, Role::worker, grid));
    s.add(person(2, Role::worker, other_grid)).backup = {grid};
    s.add(person(3, Role::leader, "330106009001"));
    const std::vector<std::pair<int, std::string>> expected{
        {1, "worker"}, {2, "backup"}, {3, "leader"}, {901, "community"}, {902, "street"}, {903, "district"}};
    for (const auto& [id, rung] : expected) {
        const Choice c = s.choose();
        CHECK(raw(c.owner.id) == id);
        CHECK(c.rung == rung);
        std::erase_if(s.people,
                      [gone = id](const Person& p) { return raw(p.party.id) == gone && gone != 903; });
    }
}

TEST_CASE("[T36] a desk waits for the right person only where load is what keeps him from it") {
    Scene s;
    s.add(person(1, Role::worker, grid)).capacity = 2;
    s.loads[1].open = 2;
    Choice c = s.choose();
    CHECK(raw(c.owner.id) == 901);
    CHECK(c.waiting);
    s.ignore_capacity = true;
    CHECK(s.owner() == 1);
    s.ignore_capacity = false;
    s.add(person(2, Role::leader, "330106009001"));
    c = s.choose();
    CHECK(raw(c.owner.id) == 2);
    CHECK_FALSE(c.waiting);
    s.people.pop_back();
    s.people.back().active = false;
    CHECK_FALSE(s.choose().waiting);
}

TEST_CASE("a rule that names a desk or a leader starts the chain there") {
    Scene s;
    s.add(person(1, Role::worker, grid)).capacity = 1;
    s.loads[1].open = 1;
    s.need.action.owner = Role::street;
    const Choice c = s.choose();
    CHECK(raw(c.owner.id) == 902);
    CHECK_FALSE(c.waiting);
    CHECK(c.trace.size() == 1);
    s.need.action.owner = Role::leader;
    CHECK(s.owner() == 901);
}

TEST_CASE("a rule may name a person, whose filters hold all the same") {
    Scene s;
    s.add(person(1, Role::worker, grid));
    s.add(person(2, Role::worker, other_grid, "day"));
    s.need.action.person = PersonId{2};
    CHECK(s.owner() == 2);
    CHECK(s.choose().rung == "person");
    s.people.back().active = false;
    CHECK(s.owner() == 1);
    s.need.action.person = PersonId{12345};
    CHECK(s.owner() == 1);
}

TEST_CASE(
    "the last rung is never empty: the district desk takes even what it has had, or another district's") {
    Scene s;
    s.need.leave_out = {PersonId{901}, PersonId{902}, PersonId{903}};
    CHECK(s.owner() == 903);
    CHECK(why(s.choose(), 903) == WhyNot::chosen);
    s.need.grid_code = "999999009001003";
    CHECK(s.owner() == 903);
    const auto nobody = roster({person(1, Role::worker, other_grid)});
    const auto failed = choose_owner(s.need, *nobody, {});
    REQUIRE(failed.has_error());
    CHECK(failed.error().code == Errc::unavailable);
    CHECK(failed.error().key == "error.nobody");
}

TEST_CASE("[T28] the ladder names one person on duty a rung, his desk if nobody is, and skips empty rungs") {
    std::vector<Person> people = desks();
    people.push_back(person(1, Role::leader, "330106009001", "day"));
    people.push_back(person(2, Role::street, "330106009", "day"));
    std::erase_if(people, [](const Person& p) { return p.party.role == Role::community; });
    const auto staffed = roster(people);
    const Party worker{PersonId{9}, "w", Role::worker, "", false};
    const auto ids = [](const Ladder& ladder) {
        std::vector<int> list;
        for (const Party& p : ladder.rungs) list.push_back(static_cast<int>(raw(p.id)));
        return list;
    };
    Ladder ladder = ladder_above(worker, grid, *staffed, noon);
    CHECK(ids(ladder) == std::vector{1, 2, 903});
    CHECK(ladder.skipped == std::vector{Role::community});
    ladder = ladder_above(worker, grid, *staffed, night);
    CHECK(ids(ladder) == std::vector{902, 903});
    CHECK(ladder.skipped == std::vector{Role::leader, Role::community});
    CHECK(ids(ladder_above(staffed->find(PersonId{1})->party, grid, *staffed, noon)) == std::vector{2, 903});
    CHECK(ids(ladder_above({PersonId{8}, "r", Role::reviewer, "", false}, grid, *staffed, noon)) ==
          std::vector{2, 903});
    // Above the district desk there is nobody: it hears of its own.
    CHECK(ids(ladder_above(staffed->find(PersonId{903})->party, grid, *staffed, noon)) == std::vector{903});
}

}  // namespace mashang
