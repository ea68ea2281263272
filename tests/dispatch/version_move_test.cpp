// Open cases moved to other time standards and another calendar (T17). Instants reckoned by hand: Monday is
// the 23rd of November 2026, working time 08:30-12:00 and 14:00-17:30; an ordinary case of 09:00 has eight
// working hours for its closure, until Tuesday 10:00.
#include "dispatch/version_move.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "drawn_life.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

constexpr Limit hours_of_work(int n) {
    return {Unit::working_hours, n};
}

using Change = std::function<void(Standard&)>;

std::shared_ptr<const TimeStandards> standards_with(const World& w, const Change& change) {
    auto entries = w.standards->entries();
    for (Standard& s : entries) {
        s.id += "@8";
        change(s);
    }
    return TimeStandards::build(8, std::move(entries)).value();
}

// Every closure in one step by this limit.
Change closure_in(Limit limit) {
    return [limit](Standard& s) {
        for (auto& step : s.closure) step.limit = limit;
    };
}

std::shared_ptr<const Calendar> resting_on(const World& w, std::vector<int> november_days) {
    CalendarSpec spec = w.calendar->spec();
    spec.version = 5;
    for (const int day : november_days)
        spec.public_holidays.push_back(LocalDay{std::chrono::year{2026} / 11 / day});
    return Calendar::build(std::move(spec)).value();
}

// What somebody at the district's office does; the world goes on under the new documents.
std::vector<Event> moving(const World& w, const Case& c, const Calendar& calendar,
                          const TimeStandards& standards) {
    Versions to = c.versions;
    to.standards = standards.version();
    to.calendar = calendar.spec().version;
    const Party by = w.as(staff::administrator).party;
    return move_versions(c, by, w.now, {*w.calendar, *w.standards}, {calendar, standards}, to);
}

Case moved(World& w, const Case& c, const Change& change) {
    const auto next = standards_with(w, change);
    const auto events = moving(w, c, *w.calendar, *next);
    REQUIRE(events.size() == 1);
    const Case after = w.keep(c, events);
    w.standards = next;
    CHECK(replay(330106, c.id, w.journal(after)) == after);
    return after;
}

Case moved(World& w, const Case& c, const std::shared_ptr<const Calendar>& calendar) {
    const auto events = moving(w, c, *calendar, *w.standards);
    REQUIRE(events.size() == 1);
    const Case after = w.keep(c, events);
    w.calendar = calendar;
    return after;
}

World::Change until(Instant t) {
    return [t](Command& k) { k.until = t; };
}

}  // namespace

TEST_CASE("under a longer limit the closure is due later, counted from its own start [T17][T16]") {
    World w;
    Case c = w.in_hand();
    REQUIRE(due(c, Stage::closure) == "24 10:00");
    const int revision = c.revision;
    w.now = at(23, 16);
    c = moved(w, c, closure_in(hours_of_work(12)));
    CHECK(due(c, Stage::closure) == "24 16:00");  // 6.5 h on Monday, 3.5 and 2 on Tuesday
    const Clock closure = clock_of(c, Stage::closure, w.now);
    CHECK(wall(closure.start) == "23 09:00");
    CHECK(wall(closure.original_due) == "24 10:00");
    CHECK(to_string(*closure.limit) == "12wh");
    CHECK(closure.standard == "ordinary@8");
    CHECK(c.versions.standards == 8);
    CHECK(c.revision == revision + 1);
    // What has ended stays as it was.
    CHECK(due(c, Stage::sign_off) == "23 09:30");
    CHECK(w.last(c).type == EventType::versions_moved);
    CHECK(w.last(c).actor.id == staff::administrator);
}

TEST_CASE("a shorter limit may have passed already: the preview says so, and it is missed then [T17][T21]") {
    World w;
    const Case c = w.in_hand();
    w.now = at(23, 16);
    const auto next = standards_with(w, closure_in(hours_of_work(4)));
    const auto events = moving(w, c, *w.calendar, *next);
    const auto moves = dues_moved(c, events.front());
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].stage == Stage::closure);
    CHECK(wall(moves[0].from) == "24 10:00");
    CHECK(wall(moves[0].to) == "23 15:00");
    CHECK_FALSE(moves[0].breached);
    CHECK(moves[0].misses);
    CHECK(breach(w.keep(c, events), Stage::closure, w.now) == "23 15:00");
}

TEST_CASE("a breach that happened stays, however late the new due lies [T14][T17]") {
    World w;
    Case c = w.in_hand();
    w.now = at(24, 11);
    const auto next = standards_with(w, closure_in(hours_of_work(12)));
    const auto moves = dues_moved(c, moving(w, c, *w.calendar, *next).front());
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].breached);
    CHECK_FALSE(moves[0].misses);
    c = moved(w, c, closure_in(hours_of_work(12)));
    CHECK(due(c, Stage::closure) == "24 16:00");
    CHECK(breach(c, Stage::closure, w.now) == "24 10:00");
    w.now = at(24, 11, 30);
    c = w.by_owner(c, K::close);
    w.now = at(24, 14);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
}

TEST_CASE("an extension that was granted stays granted [T15][T17]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.by_owner(c, K::request_extension, [](Command& k) { k.limit = hours_of_work(4); });
    c = w.give(c, K::decide_extension, w.as(staff::leader));
    REQUIRE(due(c, Stage::closure) == "24 16:00");
    c = moved(w, c, closure_in(hours_of_work(12)));
    CHECK(due(c, Stage::closure) == "25 11:00");  // Tuesday 16:00, 1.5 h more then and 2.5 on Wednesday
}

TEST_CASE(
    "a pause that is over is credited under the new limit, one that runs still ends by itself [T13][T17]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    w.now = at(23, 10, 30);
    const auto held = moved(w, c, closure_in(hours_of_work(12)));
    CHECK(state(held, Stage::closure, w.now) == ClockState::held);
    CHECK(due(held, Stage::closure) == "24 17:00");  // 16:00 and the hour of the pause
    CHECK(due(w.by_owner(held, K::resume), Stage::closure) == "24 16:30");
    CHECK(due(w.passed(held, at(23, 11)), Stage::closure) == "24 17:00");
    World v;
    c = v.in_hand();
    v.now = at(23, 10);
    c = v.give(c, K::pause, v.as(staff::leader), until(at(23, 11)));
    c = v.passed(c, at(23, 11));
    v.now = at(23, 15);
    CHECK(due(moved(v, c, closure_in(hours_of_work(12))), Stage::closure) == "24 17:00");
}

TEST_CASE("in review the review moves at once, closure when it runs on [T17][T18]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.by_owner(c, K::close);
    REQUIRE(due(c, Stage::review) == "23 16:00");
    w.now = at(23, 10, 30);
    c = moved(w, c, [](Standard& s) {
        closure_in(hours_of_work(12))(s);
        s.review = hours_of_work(2);
    });
    CHECK(due(c, Stage::review) == "23 12:00");
    CHECK(state(c, Stage::closure, w.now) == ClockState::held);
    w.now = at(23, 11);
    c = w.give(c, K::review, w.as(staff::reviewer), [](Command& k) { k.yes = false; });
    CHECK(due(c, Stage::closure) == "24 17:00");  // 16:00 and the hour in review
}

TEST_CASE("another calendar moves what is counted in working time, and nothing round the clock [T17][T8]") {
    World w;
    Case c = w.in_hand();
    const auto rests = resting_on(w, {24});
    w.now = at(23, 10);
    c = moved(w, c, rests);
    CHECK(due(c, Stage::closure) == "25 10:00");
    CHECK(c.versions.calendar == 5);
    CHECK(clock_of(c, Stage::closure, w.now).standard == "ordinary");
    World v;
    Case days = v.in_hand(matter::in_days);
    REQUIRE(due(days, Stage::closure) == "30 17:30");  // the 24th to the 27th, and the 30th
    CHECK(due(moved(v, days, resting_on(v, {24})), Stage::closure) == "12-01 17:30");
    World u;
    u.now = at(23, 9);
    const Case burst = u.submitted(matter::stepped);
    const auto before = *find_clock(burst.clocks, Stage::closure, 1, "mend");
    const auto after = moved(u, burst, resting_on(u, {23, 24}));
    CHECK(*find_clock(after.clocks, Stage::closure, 1, "mend") == before);
    CHECK(wall(before.due) == "23 17:00");
}

TEST_CASE("a part keeps its own limit, and is never due later than the closure [T17]") {
    const auto with_part = [](World& w) {
        Case c = w.in_hand();
        w.now = at(23, 9, 30);
        return w.by_owner(c, K::add_co_handler, [](Command& k) {
            k.to = staff::property;
            k.limit = hours_of_work(4);
        });
    };
    World w;
    Case c = with_part(w);
    REQUIRE(due(c, Stage::part) == "23 15:30");
    CHECK(due(moved(w, c, closure_in(hours_of_work(12))), Stage::part) == "23 15:30");
    World v;
    c = moved(v, with_part(v), closure_in(hours_of_work(2)));
    CHECK(due(c, Stage::closure) == "23 11:00");
    CHECK(due(c, Stage::part) == "23 11:00");
    // It was bound by the closure: with more time for that it has its own limit.
    World u;
    c = u.in_hand(matter::quick);
    u.now = at(23, 11);
    c = u.by_owner(c, K::add_co_handler, [](Command& k) {
        k.to = staff::property;
        k.limit = hours_of_work(4);
    });
    REQUIRE(due(c, Stage::part) == "23 15:00");
    CHECK(due(moved(u, c, closure_in(hours_of_work(12))), Stage::part) == "23 17:00");
}

TEST_CASE("a threshold that was told is not told again under the new limit [T22][T17]") {
    World w;
    Case c = w.in_hand();
    c = w.passed(c, at(23, 15, 30));
    const auto told = w.thresholds(c).size();
    c = moved(w, c, closure_in(hours_of_work(12)));
    // Eighty per cent of twelve hours: 9.6, of which 6.5 are Monday's.
    CHECK(wall(next_timer(c, w.policy())) == "24 11:36");
    c = w.passed(c, at(24, 11));
    CHECK(w.thresholds(c).size() == told);
}

TEST_CASE("a case that has ended is not moved, and one that is there already is not moved again [T17]") {
    World w;
    const auto next = standards_with(w, closure_in(hours_of_work(12)));
    const Case closed = w.closed();
    CHECK(moving(w, closed, *w.calendar, *next).empty());
    const Case c = moved(w, w.in_hand(), closure_in(hours_of_work(12)));
    CHECK(moving(w, c, *w.calendar, *next).empty());
}

TEST_CASE("whatever was done with a case, moving it keeps starts, first dues and breaches [T14][T16][T17]") {
    rc::prop("a drawn life, moved somewhere on its way", [] {
        World w;
        Case c = any_report(w);
        const int steps = drawn(0, 30);
        for (int i = 0; i < steps; ++i) c = one_step(w, c);
        const auto limit = Limit{*rc::gen::element(Unit::working_hours, Unit::working_days, Unit::hours,
                                                   Unit::calendar_days, Unit::emergency_hours),
                                 drawn(1, 40)};
        const auto next = standards_with(w, [limit](Standard& s) {
            closure_in(limit)(s);
            s.response = s.review = limit;
        });
        const auto calendar = resting_on(w, {24, 27});
        const auto events = moving(w, c, *calendar, *next);
        RC_ASSERT(events.empty() == !is_open(c.status));
        if (events.empty()) return;
        Case before = c;
        advance(before.clocks, events.front().at);
        const Case after = w.keep(c, events);
        RC_ASSERT(after.clocks.size() == before.clocks.size());
        for (std::size_t i = 0; i < after.clocks.size(); ++i) {
            const Clock &was = before.clocks[i], &is = after.clocks[i];
            RC_ASSERT(is.start == was.start);
            RC_ASSERT(is.original_due == was.original_due);
            RC_ASSERT(is.breached_at == was.breached_at);
            RC_ASSERT(is.holds.size() == was.holds.size());
            if (was.stopped) RC_ASSERT(is == was);
        }
        RC_ASSERT(replay(after.district, after.id, w.journal(after)) == after);
        RC_ASSERT(moving(w, after, *calendar, *next).empty());
    });
}

TEST_CASE("moved to the same limits and days under other numbers, no case has another due [T17]") {
    rc::prop("a drawn life, moved to what it has", [] {
        World w;
        Case c = any_report(w);
        const int steps = drawn(0, 40);
        for (int i = 0; i < steps; ++i) c = one_step(w, c);
        const auto same = standards_with(w, [](Standard&) {});
        const auto events = moving(w, c, *resting_on(w, {}), *same);
        if (events.empty()) return;
        const auto moves = dues_moved(c, events.front());
        for (const auto& m : moves)
            RC_LOG() << to_string(m.stage) << m.attempt << m.step << ' ' << wall(m.from) << " -> "
                     << wall(m.to);
        RC_ASSERT(moves.empty());
    });
}
