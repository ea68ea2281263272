// Loading a year (T8), and what becomes of what was promised before. Instants reckoned by hand: the 23rd of
// November 2026 is a Monday, working time is 08:30-12:00 and 14:00-17:30. Published are the days up to
// Wednesday the 25th; the newer calendar makes Thursday and Friday rest days.
#include "dispatch/horizon.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "dispatch/simulate.hpp"
#include "drawn_life.hpp"
#include "tests/build/district.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

LocalDay november(int day) {
    return LocalDay{std::chrono::year{2026} / 11 / day};
}

std::shared_ptr<const Calendar> published(LocalDay horizon, std::vector<int> rest_days) {
    CalendarSpec spec = office_hours()->spec();
    spec.horizon = horizon;
    for (const int day : rest_days) spec.public_holidays.push_back(november(day));
    return Calendar::build(std::move(spec)).value();
}

const LocalDay whole_year = LocalDay{std::chrono::year{2026} / 12 / 31};

std::shared_ptr<const Calendar> old_days() {
    return published(november(25), {});
}
std::shared_ptr<const Calendar> new_days() {
    return published(whole_year, {26, 27});
}

World under_old_days() {
    World w;
    w.calendar = old_days();
    return w;
}

// The year is loaded at `w.now`; the world goes on under it.
Case loaded(World& w, const Case& c) {
    const auto is = with_newer_years(*w.calendar, *new_days());
    REQUIRE(is);
    const auto events = extend_calendar(c, w.now, *w.calendar, *is);
    REQUIRE(events.size() == 1);
    const Case after = w.keep(c, events);
    CHECK(replay(330106, c.id, w.journal(after)) == after);
    CHECK(extend_calendar(after, w.now, *w.calendar, *is).empty());
    w.calendar = is;
    return after;
}

bool guessed(const Case& c, Stage stage) {
    return latest(c.clocks, stage)->provisional;
}

World::Change until(Instant t) {
    return [t](Command& k) { k.until = t; };
}
constexpr auto refuse = [](Command& k) { k.yes = false; };

}  // namespace

TEST_CASE("a due beyond the published days is a guess, and is counted anew when they are known [T8]") {
    World w = under_old_days();
    Case c = w.in_hand(matter::slow);
    CHECK(due(c, Stage::closure) == "26 12:00");  // 6.5 h on Monday, 7 and 7, and 3.5 on Thursday
    CHECK(guessed(c, Stage::closure));
    CHECK(c.flags.provisional);
    const int revision = c.revision;
    c = loaded(w, c);
    CHECK(due(c, Stage::closure) == "30 12:00");
    CHECK_FALSE(c.flags.provisional);
    CHECK(c.revision == revision + 1);
    CHECK(wall(clock_of(c, Stage::closure, w.now).original_due) == "26 12:00");
    World v = under_old_days();
    Case days = v.in_hand(matter::in_days);
    CHECK(due(days, Stage::closure) == "30 17:30");  // the 24th to the 27th, and the 30th
    days = loaded(v, days);
    CHECK(due(days, Stage::closure) == "12-02 17:30");
}

TEST_CASE("what lies within the published days is no guess, and no newer calendar moves it [T8][T17]") {
    World w = under_old_days();
    const Case c = w.in_hand();
    CHECK_FALSE(c.flags.provisional);
    const auto is = with_newer_years(*w.calendar, *published(whole_year, {23, 24, 26, 27}));
    REQUIRE(is);
    CHECK(extend_calendar(c, w.now, *w.calendar, *is).empty());
    // Of the newer one only what the older did not know is taken: Tuesday stays a working day for this case.
    CHECK(is->kind_of(november(24)) == DayKind::weekly_work);
    CHECK(is->kind_of(november(26)) == DayKind::public_holiday);
    CHECK(with_newer_years(*new_days(), *w.calendar) == nullptr);
    CHECK(with_newer_years(*new_days(), *new_days()) == nullptr);
}

TEST_CASE(
    "a pause that runs while the year is loaded ends by itself, or before, from the new due [T8][T13]") {
    World w = under_old_days();
    Case c = w.in_hand(matter::slow);
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(25, 10)));
    CHECK(due(c, Stage::closure) ==
          "30 12:00");  // 5.5, 7 and 1.5 hours later: Thursday 3.5, Friday 7, Monday 3.5
    w.now = at(24, 10);
    c = loaded(w, c);
    CHECK(state(c, Stage::closure, w.now) == ClockState::held);
    CHECK(due(c, Stage::closure) == "12-02 12:00");  // Monday 12:00, and 3.5, 7 and 3.5 hours
    World left_alone = w;
    CHECK(due(left_alone.passed(c, at(25, 10)), Stage::closure) == "12-02 12:00");
    w.now = at(24, 12);
    c = w.by_owner(c, K::resume);
    CHECK(due(c, Stage::closure) == "12-01 16:00");  // nine hours held: 3.5 on Monday, 5.5 on Tuesday
    CHECK(replay(330106, c.id, w.journal(c)) == c);
}

TEST_CASE("a review that runs while the year is loaded gives its time back from the new due [T8][T18]") {
    World w = under_old_days();
    Case c = w.in_hand(matter::slow);
    w.now = at(23, 10);
    c = w.by_owner(c, K::close);
    w.now = at(23, 11);
    c = loaded(w, c);
    CHECK(state(c, Stage::closure, w.now) == ClockState::held);
    CHECK(due(c, Stage::closure) == "30 12:00");
    w.now = at(23, 14);
    c = w.give(c, K::review, w.as(staff::reviewer), refuse);
    CHECK(due(c, Stage::closure) == "30 16:00");  // two hours of working time in review
    CHECK_FALSE(c.flags.provisional);
}

TEST_CASE("a guess that was missed stays missed, whatever the year says later [T8][T14]") {
    World w = under_old_days();
    Case c = w.in_hand(matter::slow);
    w.now = at(27, 9);
    c = loaded(w, c);
    CHECK(breach(c, Stage::closure, w.now) == "26 12:00");
    CHECK(due(c, Stage::closure) == "30 12:00");
    const auto moves = dues_moved(
        replay(330106, c.id, std::span(w.journal(c)).first(w.journal(c).size() - 1)), w.journal(c).back());
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].breached);
    CHECK_FALSE(moves[0].misses);
}

TEST_CASE("a life before the year was loaded ends where it would have under the whole year [T8][T12]") {
    rc::prop("twins, one of whom hears of the days later", [] {
        const auto matter = *rc::gen::element(matter::ordinary, matter::slow, matter::in_days, matter::quick);
        const Instant begins = at(drawn(20, 25), drawn(0, 24), drawn(0, 60));
        const auto pause_after = std::chrono::minutes{drawn(1, 600)},
                   paused = std::chrono::minutes{drawn(1, 6000)};
        const auto load_after = std::chrono::minutes{drawn(0, 3000)},
                   resume_after = load_after + std::chrono::minutes{drawn(1, 3000)};
        const bool pauses = drawn(0, 3) > 0, closes = drawn(0, 3) == 0;
        World late = under_old_days(), early;
        early.calendar = with_newer_years(*old_days(), *new_days());
        std::vector<Case> ends;
        for (World* w : {&late, &early}) {
            w->now = begins;
            Case c = w->submitted(matter);
            c = w->by_owner(c, K::sign_off);
            const Instant held_from = begins + pause_after;
            w->now = held_from;
            if (closes) {
                c = w->by_owner(c, K::close);
            } else if (pauses) {
                const auto pause = w->command(c, K::pause, w->as(staff::leader), until(held_from + paused));
                if (!w->tried(c, pause)) RC_DISCARD("longer than a pause may be");
                c = w->give(c, pause);
            }
            w->now = held_from + load_after;
            // In truth a year is published before it begins.
            if (w->now >= w->calendar->start_of(november(26))) RC_DISCARD("the days are there");
            c = w->passed(c, w->now);
            if (w == &late) {
                c = w->keep(c, extend_calendar(c, w->now, *w->calendar, *early.calendar));
                w->calendar = early.calendar;
            }
            w->now = held_from + resume_after;
            c = w->passed(c, w->now);
            if (closes) c = w->give(c, K::review, w->as(staff::reviewer), refuse);
            if (!closes && c.flags.paused) c = w->by_owner(c, K::resume);
            ends.push_back(c);
        }
        RC_ASSERT(ends[0].clocks.size() == ends[1].clocks.size());
        for (std::size_t i = 0; i < ends[0].clocks.size(); ++i) {
            const Clock &a = ends[0].clocks[i], &b = ends[1].clocks[i];
            if (a.stopped || !a.due) continue;
            RC_LOG() << clock_id(a) << ' ' << wall(a.due) << " and " << wall(b.due) << '\n';
            RC_ASSERT(a.due == b.due);
            RC_ASSERT(a.provisional == b.provisional);
        }
    });
}

TEST_CASE(
    "what a loaded year moved is what was promised: under the same year nothing would differ [T8][T40]") {
    World w = under_old_days();
    Case c = w.in_hand(matter::slow);
    const Instant seen = at(24, 10);
    const auto told_of = [&](const Calendar& calendar) {
        const auto past = past_of(330106, c.id, w.journal(c), seen).value();
        const Policy draft{calendar, *w.standards, *w.rulebook, *w.roster, {}, c.versions};
        const WhatIf what{at(22, 0), at(24, 0), seen, 5, {}};
        return simulate(std::span(&past, 1), draft, what).value();
    };
    CHECK(told_of(*with_newer_years(*old_days(), *new_days())).due_moved == 1);  // nobody had told him yet
    w.now = at(23, 15);
    c = loaded(w, c);
    const auto past = past_of(330106, c.id, w.journal(c), seen).value();
    CHECK(wall(past.was.closure_due) == "30 12:00");
    CHECK(told_of(*w.calendar).due_moved == 0);
    CHECK(told_of(*old_days()).due_moved == 1);
    // Before the year was loaded he had been promised the guess.
    CHECK(wall(past_of(330106, c.id, w.journal(c), at(23, 14)).value().was.closure_due) == "26 12:00");
}
