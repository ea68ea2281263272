// Pauses against T13-T16: what they hold, what they are worth, how they end. Instants reckoned by hand;
// Monday is the 23rd, working time 08:30-12:00 and 14:00-17:30; an ordinary case of 09:00 has its closure due
// on Tuesday at 10:00.
#include <catch2/catch.hpp>

#include "tests/build/world.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

World::Change until(Instant t) {
    return [t](Command& k) { k.until = t; };
}
World::Change of_matter(const std::string& code) {
    return [code](Command& k) { k.matter = code; };
}
constexpr auto refuse = [](Command& k) { k.yes = false; };

}  // namespace

TEST_CASE("a pause holds response and closure, and its end is known at once [T13]") {
    World w;
    Case c = w.signed_off();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    CHECK(c.flags.paused);
    CHECK(state(c, Stage::closure, w.now) == ClockState::held);
    CHECK(state(c, Stage::response, w.now) == ClockState::held);
    CHECK(due(c, Stage::response) == "23 14:10");  // was 11:10; an hour more runs into lunch
    CHECK(due(c, Stage::closure) == "24 11:00");
    w.now = at(23, 10, 30);
    c = w.by_owner(c, K::resume);
    CHECK_FALSE(c.flags.paused);
    CHECK(due(c, Stage::response) == "23 11:40");  // only the half hour that it lasted
    CHECK(due(c, Stage::closure) == "24 10:30");
    CHECK(wall(clock_of(c, Stage::closure, w.now).original_due) == "24 10:00");
    const auto used = usage(clock_of(c, Stage::closure, w.now), *w.calendar, at(23, 11));
    CHECK(used.used == std::chrono::minutes{90});
    CHECK(used.paused == std::chrono::minutes{30});
}

TEST_CASE("a pause ends by itself at its maximum, by the timer [T13]") {
    World w;
    Case c = w.signed_off();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    CHECK(wall(next_timer(c, w.policy())) == "23 11:00");
    CHECK(fire(c, at(23, 10, 59), w.policy()).empty());
    c = w.passed(c, at(23, 11));
    CHECK_FALSE(c.flags.paused);
    CHECK(w.last(c).type == EventType::resumed);
    CHECK(w.last(c).actor.role == Role::system);
    CHECK(due(c, Stage::closure) == "24 11:00");
}

TEST_CASE("a pause ends by itself even if the timer is late: the owner is not kept waiting [T13]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    w.now = at(23, 10, 59);
    CHECK(w.refusal(c, K::close, w.owner(c)) == Errc::refused);
    w.now = at(23, 11);
    const auto offered = allowed(c, w.owner(c), w.now);
    CHECK(std::find(offered.begin(), offered.end(), K::close) != offered.end());
    w.now = at(23, 11, 20);
    const int revision = c.revision;  // what his page shows
    c = w.by_owner(c, K::close, [&](Command& k) { k.revision = revision; });
    CHECK(c.status == Status::in_review);
    CHECK_FALSE(c.flags.paused);
    CHECK(due(c, Stage::closure) == "24 11:00");  // one hour, not the twenty minutes that nobody looked
    CHECK(replay(330106, c.id, w.journal(c)) == c);
}

TEST_CASE("a pause needs a reason, an end within the maximum, and another person's word [T13]") {
    World w;
    w.now = at(23, 9);
    Case c = w.signed_off();
    w.now = at(23, 10);
    const Actor leader = w.as(staff::leader);
    CHECK(w.refusal(c, K::pause, leader, [](Command& k) { k.text.reset(); }) == Errc::invalid);
    CHECK(w.refusal(c, K::pause, leader, [](Command& k) { k.until.reset(); }) == Errc::invalid);
    CHECK(w.refusal(c, K::pause, leader, until(w.now)) == Errc::invalid);
    CHECK_FALSE(w.refusal(c, K::pause, leader, until(at(30, 17, 30))));  // 5wd
    CHECK(w.refusal(c, K::pause, leader, until(at(30, 17, 30) + Millis{1})) == Errc::invalid);
    c = w.by_owner(c, K::pause);
    CHECK_FALSE(c.flags.paused);
    CHECK(due(c, Stage::closure) == "24 10:00");
    c = w.give(c, K::decide_pause, leader);
    CHECK(c.flags.paused);
    CHECK(due(c, Stage::closure) == "24 12:00");  // the two hours until lunch
}

TEST_CASE("outside working time a pause changes nothing for a working-time clock [T13]") {
    World w;
    Case c = w.signed_off();
    w.now = at(23, 17, 30);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(24, 8, 30)));
    CHECK(due(c, Stage::closure) == "24 10:00");
    c = w.passed(c, at(24, 8, 30));
    CHECK_FALSE(c.flags.paused);
    CHECK(due(c, Stage::closure) == "24 10:00");
    CHECK(breach(c, Stage::closure, at(24, 10)) == "none");
    CHECK(breach(c, Stage::closure, at(24, 10) + Millis{1}) == "24 10:00");
}

TEST_CASE("a pause in two pieces is worth as much as one [T13]") {
    World one, two;
    Case c = one.signed_off();
    one.now = at(23, 10);
    c = one.give(c, K::pause, one.as(staff::leader), until(at(23, 15)));
    c = one.passed(c, at(23, 16));
    Case d = two.signed_off();
    two.now = at(23, 10);
    d = two.give(d, K::pause, two.as(staff::leader), until(at(23, 11)));
    d = two.passed(d, at(23, 11));
    d = two.give(d, K::pause, two.as(staff::leader), until(at(23, 15)));
    d = two.passed(d, at(23, 16));
    CHECK(due(c, Stage::closure) == due(d, Stage::closure));
    CHECK(due(c, Stage::closure) == "24 15:00");  // three hours of work: 10-12 and 14-15
    CHECK(due(c, Stage::response) == due(d, Stage::response));
}

TEST_CASE("a limit in working days is held for whole days only [T13]") {
    World w;
    Case c = w.in_hand(matter::in_days);
    CHECK(due(c, Stage::closure) == "30 17:30");
    w.now = at(24, 14);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(26, 12)));
    CHECK(due(c, Stage::closure) == "12-01 17:30");  // only Wednesday was covered whole
}

TEST_CASE("for a limit in working days too, two pauses without a gap are one [T13]") {
    World w;
    Case c = w.in_hand(matter::in_days);
    w.now = at(24, 14);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(25, 12)));
    CHECK(due(c, Stage::closure) == "30 17:30");  // no whole day yet
    c = w.passed(c, at(25, 12));
    c = w.give(c, K::pause, w.as(staff::leader), until(at(26, 12)));
    CHECK(due(c, Stage::closure) == "12-01 17:30");  // Wednesday, in two halves
    c = w.passed(c, at(26, 12));
    CHECK(due(c, Stage::closure) == "12-01 17:30");
}

TEST_CASE("a statutory limit never pauses, asked or ruled [T13]") {
    World w;
    Case c = w.in_hand(matter::petition);
    CHECK(w.refusal(c, K::pause, w.as(staff::leader)) == Errc::refused);
    CHECK(w.refusal(c, K::pause, w.owner(c)) == Errc::refused);
    World v;
    Case d = v.by_owner(v.in_hand(), K::pause);
    d = v.by_owner(d, K::reclassify, of_matter(matter::petition));  // and then it turns statutory
    CHECK(v.refusal(d, K::decide_pause, v.as(staff::leader)) == Errc::refused);
    CHECK_FALSE(v.refusal(d, K::decide_pause, v.as(staff::leader), refuse));
}

TEST_CASE("end-to-end runs on through a pause; only its net time leaves the pause out [T13][T41]") {
    World w;
    Case c = w.in_hand(matter::whole_way);
    CHECK(due(c, Stage::end_to_end) == "25 11:00");  // 16wh: 6.5 h, 7 h, 2.5 h
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    CHECK(due(c, Stage::end_to_end) == "25 11:00");
    CHECK(state(c, Stage::end_to_end, w.now) == ClockState::running);
    c = w.passed(c, at(23, 12));
    const auto whole = durations(clock_of(c, Stage::end_to_end, w.now), *w.calendar, w.now);
    CHECK(whole.gross == std::chrono::hours{3});
    CHECK(whole.net == std::chrono::hours{2});
    CHECK(breach(c, Stage::end_to_end, at(25, 11, 1)) == "25 11:00");
}

TEST_CASE("a part that is added during a pause waits with closure [T13]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    w.now = at(23, 10, 30);
    c = w.by_owner(c, K::add_co_handler);
    CHECK(state(c, Stage::part, w.now) == ClockState::held);
    c = w.passed(c, at(23, 11));
    CHECK(state(c, Stage::part, w.now) == ClockState::running);
    CHECK(due(c, Stage::part) == "23 17:00");  // 4wh from 11:00
}

TEST_CASE("a due instant that is passed when a pause is over is late from then on [T4][T14]") {
    World w;
    Case c = w.in_hand(matter::in_days);
    w.now = at(30, 9);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(30, 18)));
    CHECK(due(c, Stage::closure) == "30 17:30");                 // no whole day
    CHECK(breach(c, Stage::closure, at(30, 17, 59)) == "none");  // held
    CHECK(breach(c, Stage::closure, at(30, 18)) == "30 18:00");
    c = w.passed(c, at(30, 18));
    c = w.by_owner(c, K::close);
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
}

TEST_CASE("a change of matter or an extension during a pause outlives the pause [T15][T16]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 12)));
    w.now = at(23, 10, 30);
    Case extended = w.by_owner(c, K::request_extension);
    extended = w.give(extended, K::decide_extension, w.as(staff::leader));
    CHECK(due(extended, Stage::closure) == "25 09:00");  // 10:00 + 4wh = 16:00, + 2wh = 09:00
    const Case slow = w.by_owner(c, K::reclassify, of_matter(matter::slow));
    CHECK(due(slow, Stage::closure) == "26 16:00");
    CHECK(state(slow, Stage::closure, w.now) == ClockState::held);
    w.now = at(23, 11);
    CHECK(due(w.by_owner(extended, K::resume), Stage::closure) == "24 17:00");
    CHECK(due(w.by_owner(slow, K::resume), Stage::closure) == "26 15:00");
}

TEST_CASE(
    "an extension by hours of a limit in days keeps its hours through a pause, before it or in it "
    "[T13][T15]") {
    for (const bool pause_first : {true, false}) {
        World w;
        Case c = w.in_hand(matter::in_days);  // due on Monday the 30th at 17:30
        w.now = at(24, 14);
        const auto pause = [&] {
            c = w.give(c, K::pause, w.as(staff::leader), until(at(26, 12)));  // Wednesday is covered whole
        };
        if (pause_first) pause();
        c = w.by_owner(c, K::request_extension);
        c = w.give(c, K::decide_extension,
                   w.as(staff::leader));  // 4wh: 3.5 on Tuesday morning, 0.5 from 14:00
        if (!pause_first) pause();
        CHECK(due(c, Stage::closure) == "12-02 14:30");
        c = w.passed(c, at(26, 12));
        CHECK(due(c, Stage::closure) == "12-02 14:30");
    }
}
