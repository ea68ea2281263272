// What-if by hand: small pasts whose second life can be worked out on paper.
#include "dispatch/simulate.hpp"

#include <catch2/catch.hpp>
#include <ctime>

#include "tests/build/district.hpp"
#include "tests/build/town.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

const Instant monday = at(23, 0), end_of_month = at(30, 24);

WhatIf the_week(Instant as_of) {
    return {monday, end_of_month, as_of, 20, {}};
}

Simulation told(const Town& t, const Policy& draft) {
    return simulate(t.past(), draft, the_week(t.world.now)).value();
}

// 09:00 on Monday, signed off at 09:10, responded at 09:20; each at a place of its own.
CaseId in_hand(Town& t) {
    t.world.now = at(23, 9);
    const CodeId place{static_cast<std::int64_t>(t.cases().size()) + 1};
    const CaseId id = t.report([&](Submission& s) { s.place.code = place; });
    t.world.now = at(23, 9, 10);
    REQUIRE(t.by_owner(id, K::sign_off));
    t.world.now = at(23, 9, 20);
    REQUIRE(t.by_owner(id, K::respond));
    return id;
}

std::shared_ptr<const TimeStandards> standards_with(const std::function<void(Standard&)>& change) {
    auto entries = limits()->entries();
    for (Standard& s : entries)
        if (s.id == "ordinary") change(s);
    return TimeStandards::build(8, std::move(entries)).value();
}

Policy with_standards(const Town& t, const TimeStandards& standards) {
    const World& w = t.world;
    return {*w.calendar, standards, *w.rulebook, *w.roster, {}, {}};
}

Policy with_roster(const Town& t, const Roster& roster) {
    const World& w = t.world;
    return {*w.calendar, *w.standards, *w.rulebook, roster, {}, {}};
}

Policy with_rules(const Town& t, const Rulebook& rules) {
    const World& w = t.world;
    return {*w.calendar, *w.standards, rules, *w.roster, {}, {}};
}

std::shared_ptr<const Rulebook> everything_to_the_street() {
    Rule all;
    all.order = 1;
    all.id = "all";
    all.name = all.name_en = "all";
    all.when.is = All{};
    all.then.owner = Role::street;
    return Rulebook::build(9, {all}).value();
}

}  // namespace

TEST_CASE("a shorter limit makes late who took longer, with the due instant worked out by hand [T40]") {
    Town t;
    const CaseId quick = in_hand(t), slow = in_hand(t);
    t.world.now = at(23, 14, 30);  // 3.5 working hours after the report
    REQUIRE(t.by_owner(quick, K::close));
    t.world.now = at(23, 15, 30);  // 4.5 working hours
    REQUIRE(t.by_owner(slow, K::close));
    t.world.now = at(23, 16);
    for (const CaseId id : {quick, slow}) REQUIRE(t.give(id, K::review, t.world.as(staff::reviewer)));
    const auto shorter = standards_with([](Standard& s) { s.closure = {{"", {Unit::working_hours, 4}}}; });
    const Simulation s = told(t, with_standards(t, *shorter));
    CHECK(s.reports == 2);
    CHECK(s.owner_moved == 0);
    CHECK(s.due_moved == 2);
    CHECK(s.breaches[2] == Breaches{Stage::closure, 0, 1, 1, 0});
    REQUIRE(s.samples.size() == 2);
    CHECK(wall(s.samples[0].was.closure_due) == "24 10:00");
    CHECK(wall(s.samples[0].would.closure_due) == "23 15:00");
    CHECK(!s.samples[0].would.late.closure);
    CHECK(s.samples[1].would.late.closure);
}

TEST_CASE("finishing at the draft's due instant is on time, a millisecond later is not [T40][T4]") {
    for (const Millis past_due : {Millis{0}, Millis{1}}) {
        Town t;
        const CaseId id = in_hand(t);
        t.world.now = at(23, 15) + past_due;
        REQUIRE(t.by_owner(id, K::close));
        const auto shorter = standards_with([](Standard& s) {
            s.closure = {{"", {Unit::working_hours, 4}}};
        });
        t.world.now = at(24, 17);
        CHECK(told(t, with_standards(t, *shorter)).breaches[2].would == (past_due > Millis{0} ? 1U : 0U));
    }
}

TEST_CASE("in other hands the way between desks takes no time, and each stage as long as it took [T40]") {
    Town t;
    t.world.now = at(23, 9);
    const CaseId id = t.report();
    t.world.now = at(23, 11);  // the sign-off was due at 09:30
    REQUIRE(t.give(id, K::transfer, t.world.as(staff::leader)));
    t.world.now = at(23, 11, 5);
    REQUIRE(t.by_owner(id, K::sign_off));
    t.world.now = at(23, 11, 30);
    REQUIRE(t.by_owner(id, K::close));
    const auto street = everything_to_the_street();
    const Simulation s = told(t, with_rules(t, *street));
    CHECK(s.owner_moved == 1);
    CHECK(s.rule_moved == 1);
    CHECK(s.breaches[0] == Breaches{Stage::sign_off, 1, 0, 0, 1});
    REQUIRE(s.moves.size() == 1);
    CHECK(s.moves[0] == OwnerMove{staff::worker, staff::street_desk, 1});
    REQUIRE(s.rules.size() == 2);
    CHECK(s.rules[0] == RuleUse{"all", 0, 1});
    CHECK(s.rules[1] == RuleUse{"rest", 1, 0});
}

TEST_CASE("what the draft does not allow is left out and counted: a statutory limit never pauses [T40]") {
    Town t;
    const CaseId id = in_hand(t);
    t.world.now = at(23, 10);
    REQUIRE(t.give(id, K::pause, t.world.as(staff::leader), [](Command& k) { k.until = at(23, 16); }));
    t.world.now = at(23, 16);
    t.time_passes();
    t.world.now = at(24, 12);  // six working hours of eight
    REQUIRE(t.by_owner(id, K::close));
    const auto statutory = standards_with([](Standard& s) { s.statutory = true; });
    const Simulation s = told(t, with_standards(t, *statutory));
    CHECK(s.refused == 1);
    CHECK(s.breaches[2] == Breaches{Stage::closure, 0, 1, 1, 0});
}

TEST_CASE("a later shift begins later and takes as long [T40]") {
    Town t;
    t.world.now = at(23, 9);
    const CaseId id = t.report();
    t.world.now = at(23, 9, 10);
    REQUIRE(t.by_owner(id, K::sign_off));
    t.world.now = at(23, 11);
    REQUIRE(t.by_owner(id, K::close));
    // The draft's workers come at two; the others are at home.
    CalendarSpec afternoon;
    afternoon.zone = {{Instant{}, std::chrono::hours{8}}};
    afternoon.first_day = LocalDay{std::chrono::year{2026} / 1 / 1};
    afternoon.last_day = afternoon.horizon = LocalDay{std::chrono::year{2027} / 12 / 31};
    for (DayPattern& day : afternoon.weekly) day = {{14 * 60, 18 * 60}};
    afternoon.working_day = {{14 * 60, 18 * 60}};
    const auto roster =
        Roster::build(6, people(), {{"day", Calendar::build(std::move(afternoon)).value()}}).value();
    const Simulation s = told(t, with_roster(t, *roster));
    CHECK(s.owner_moved == 0);
    REQUIRE(s.samples.size() == 1);
    CHECK(wall(s.samples[0].would.clock_start) == "23 14:00");
    CHECK(wall(s.samples[0].would.sign_off_due) == "23 14:30");
    CHECK(wall(s.samples[0].would.closure_due) == "24 15:00");
    CHECK(s.breaches[0].would == 0);
}

TEST_CASE("with fewer hands a case waits at a desk until somebody is free [T40][T36]") {
    Town t;
    const CaseId first = in_hand(t), second = in_hand(t);
    REQUIRE(t.at(second).owner.id == staff::second_worker);
    t.world.now = at(23, 10);
    REQUIRE(t.by_owner(first, K::close));
    t.world.now = at(23, 11);
    REQUIRE(t.by_owner(second, K::close));
    World less;
    for (const Person& p : people()) {
        if (p.party.desk || p.party.id == staff::worker || p.capacity == 0) continue;
        less.send_home(p.party.id);
    }
    Person worker = *less.roster->find(staff::worker);
    worker.capacity = 1;
    less.replace_person(worker);
    const Simulation s = told(t, with_roster(t, *less.roster));
    CHECK(s.waiting_was == 0);
    CHECK(s.waiting_would == 1);
    REQUIRE(s.moves.size() == 1);
    CHECK(s.moves[0] == OwnerMove{staff::second_worker, staff::community_desk, 1});
    REQUIRE(s.loads.size() == 3);
    CHECK(s.loads[0] == LoadOf{staff::worker, 1, 1, 1, 1});
    CHECK(s.loads[1] == LoadOf{staff::second_worker, 1, 0, 1, 0});
    CHECK(s.loads[2] == LoadOf{staff::community_desk, 0, 1, 0, 0});
    // Nobody signed off at the desk by 09:30; the worker did, ten minutes after he got it.
    CHECK(s.breaches[0] == Breaches{Stage::sign_off, 0, 1, 1, 0});
    CHECK(s.breaches[2] == Breaches{Stage::closure, 0, 0, 0, 0});
}

TEST_CASE("reports before the span load people and are not judged anew [T40]") {
    Town t;
    in_hand(t);
    t.world.now = at(24, 9);
    t.report();
    const auto street = everything_to_the_street();
    const Simulation s =
        simulate(t.past(), with_rules(t, *street), {at(24, 0), end_of_month, t.world.now, 20, {}}).value();
    CHECK(s.reports == 1);
    REQUIRE(s.loads.size() == 3);
    CHECK(s.loads[0] == LoadOf{staff::worker, 0, 0, 1, 1});
    CHECK(s.loads[1] == LoadOf{staff::second_worker, 1, 0, 1, 0});
    CHECK(s.loads[2] == LoadOf{staff::street_desk, 0, 1, 0, 1});
}

TEST_CASE("an open case is late as soon as the draft's due has passed, and a stopped work says so [T40]") {
    Town t;
    t.world.now = at(23, 9);
    t.report();
    t.world.now = at(23, 9, 20);
    const auto shorter = standards_with([](Standard& s) { s.sign_off = {Unit::working_minutes, 15}; });
    CHECK(told(t, with_standards(t, *shorter)).breaches[0] == Breaches{Stage::sign_off, 0, 1, 1, 0});
    std::vector<PastCase> many(1000, t.past().front());
    WhatIf what = the_week(t.world.now);
    what.progress = [](std::size_t done, std::size_t of) { return done < 1000 && of == 1000; };
    const auto stopped = simulate(many, t.world.policy(), what);
    REQUIRE(!stopped);
    CHECK(stopped.error().key == "error.stopped");
}

TEST_CASE("only a journal that begins with a decided submission is a past case [T40]") {
    Town t;
    const CaseId id = in_hand(t);
    auto journal = t.journal(id);
    CHECK(past_of(330106, id, journal, t.world.now).value().deeds.size() == 2);
    CHECK(past_of(330106, id, journal, at(23, 9, 15)).value().deeds.size() == 1);  // not yet responded
    journal.front().decision.reset();
    CHECK(past_of(330106, id, journal, t.world.now).error().key == "error.not_a_submission");
    CHECK(past_of(330106, id, {}, t.world.now).error().key == "error.not_a_submission");
}

namespace {

void shift(PastCase& past, std::chrono::days by, std::int64_t ids) {
    past.report.id = CaseId{raw(past.report.id) + ids};
    past.at += by;
    past.was.clock_start += by;
    *past.was.sign_off_due += by;
    *past.was.closure_due += by;
    for (Deed& deed : past.deeds) {
        deed.at += by;
        if (deed.clock_start) *deed.clock_start += by;
    }
    for (Turn& turn : past.turns) turn.at += by;
}

}  // namespace

TEST_CASE("a hundred thousand past cases are judged anew in under ten seconds [T40]") {
    // A thousand reports in a week, each handled in the half hour after; then week after week of the same.
    Town t;
    std::vector<PastCase> week;
    World w;
    constexpr int a_week = 1000, weeks = 100;
    for (int i = 0; i < a_week; ++i) {
        Town one;
        one.world.now = at(2, 9) + std::chrono::minutes{i * 6};
        const CaseId id = one.report([&](Submission& s) {
            s.id = CaseId{i + 1};
            s.place.code = CodeId{i % 97 + 1};
        });
        one.world.now += std::chrono::minutes{10};
        one.by_owner(id, K::sign_off);
        one.world.now += std::chrono::minutes{10};
        one.by_owner(id, K::respond);
        one.world.now += std::chrono::minutes{10};
        one.by_owner(id, K::close);
        one.world.now += std::chrono::minutes{10};
        one.give(id, K::review, one.world.as(staff::reviewer));
        week.push_back(one.past().front());
    }
    std::vector<PastCase> past;
    past.reserve(static_cast<std::size_t>(a_week) * weeks);
    for (int k = 0; k < weeks; ++k)
        for (PastCase c : week) {
            shift(c, std::chrono::days{7 * (k - 40)}, std::int64_t{k} * a_week);
            past.push_back(std::move(c));
        }
    const auto street = everything_to_the_street();
    const Instant never_before = at(1, 0) - std::chrono::days{400}, end = at(1, 0) + std::chrono::days{500};
    const std::clock_t begun = std::clock();
    const auto told = simulate(past, with_rules(t, *street), {never_before, end, end, 20, {}});
    const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    REQUIRE(told.has_value());
    WARN("100,000 cases in " << seconds << " s of processor time");
    CHECK(told->reports == 100000);
    CHECK(told->owner_moved == 100000);
    CHECK(seconds < 10);
}
