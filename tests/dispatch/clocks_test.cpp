// Stage clocks against T11-T21 and T4 of semantics.md. Instants reckoned by hand; Monday is the 23rd,
// working time 08:30-12:00 and 14:00-17:30. An ordinary case of 09:00: closure due Tuesday 10:00.
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
World::Change limit(Unit unit, int amount) {
    return [unit, amount](Command& k) { k.limit = Limit{unit, amount}; };
}
constexpr auto refuse = [](Command& k) { k.yes = false; };

}  // namespace

TEST_CASE("no transfer, return or new owner restarts closure or end-to-end [T11]") {
    World w;
    Case c = w.submitted();
    w.now = at(23, 11);
    c = w.by_owner(c, K::transfer);
    CHECK(due(c, Stage::sign_off) == "23 11:30");
    w.now = at(23, 11, 15);
    c = w.by_owner(c, K::return_case);
    w.now = at(23, 16);
    c = w.give(c, K::decide_return, w.as(staff::leader));
    c = w.give(c, K::assign, w.as(staff::leader));
    const Clock closure = clock_of(c, Stage::closure, w.now);
    CHECK(closure.attempt == 1);
    CHECK(wall(closure.start) == "23 09:00");
    CHECK(wall(closure.due) == "24 10:00");
    CHECK(closure.party == c.owner);  // only who answers for it changes
    CHECK(wall(clock_of(c, Stage::end_to_end, w.now).start) == "23 09:00");
    CHECK(c.hops == 2);  // an assignment from above is no hop
}

TEST_CASE("redo continues closure, and leaves at least a fifth of the limit [T11][T18]") {
    World w;
    Case c = w.in_hand();
    w.now = at(24, 9, 55);  // five minutes before the due instant
    c = w.by_owner(c, K::close);
    w.now = at(24, 10, 5);
    c = w.give(c, K::review, w.as(staff::reviewer), refuse);
    CHECK(due(c, Stage::closure) == "24 11:41");  // 20 % of 8wh is 96 min, more than the ten given back
    CHECK(clock_of(c, Stage::closure, w.now).attempt == 1);
    CHECK(w.passed(c, at(24, 11, 41)).status == Status::responded);
    CHECK(state(c, Stage::closure, at(24, 11, 41)) == ClockState::running);
    CHECK(breach(c, Stage::closure, at(24, 11, 42)) == "24 11:41");
}

TEST_CASE("work submitted late stays late, though redo gives it new time [T14][T18]") {
    World w;
    Case c = w.in_hand();
    w.now = at(24, 10, 30);
    c = w.by_owner(c, K::close);
    w.now = at(24, 11);
    c = w.give(c, K::review, w.as(staff::reviewer), refuse);
    CHECK(due(c, Stage::closure) == "24 14:36");  // 96 min from 11:00, lunch left out
    w.now = at(24, 11, 30);
    c = w.by_owner(c, K::close);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
    CHECK(breach(c, Stage::closure, w.now) == "24 10:00");
}

TEST_CASE("the verdict falls on the submission, however long the review takes [T4]") {
    World w;
    Case c = w.in_hand();
    w.now = at(24, 10);  // at the very due instant
    c = w.by_owner(c, K::close);
    w.now = at(27, 16);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(state(c, Stage::closure, w.now) == ClockState::met);
    CHECK(breach(c, Stage::review, w.now) == "24 16:00");  // the review has a clock of its own
}

TEST_CASE("one millisecond after the due instant is late, before any timer noticed [T4][T21]") {
    World w;
    Case c = w.in_hand();
    w.now = at(24, 10) + Millis{1};
    c = w.by_owner(c, K::close);
    CHECK(w.thresholds(c).empty());
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
    CHECK(breach(c, Stage::closure, w.now) == "24 10:00");
}

TEST_CASE("neither pause nor extension erases a breach that happened [T14]") {
    World w;
    Case c = w.in_hand(matter::quick);
    CHECK(due(c, Stage::closure) == "23 15:00");
    w.now = at(23, 14, 50);
    c = w.by_owner(c, K::request_extension);
    w.now = at(23, 15, 20);  // the approver was too late
    c = w.give(c, K::decide_extension, w.as(staff::leader));
    CHECK(due(c, Stage::closure) == "24 10:00");
    CHECK(breach(c, Stage::closure, w.now) == "23 15:00");
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 17)));
    w.now = at(23, 15, 30);
    c = w.by_owner(w.by_owner(c, K::resume), K::close);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
}

TEST_CASE("an extension is asked for before the due instant, counted and bounded [T15]") {
    World w;
    Case c = w.in_hand();
    const auto none = [](Command& k) { k.limit.reset(); };
    CHECK(w.refusal(c, K::request_extension, w.owner(c), none) == Errc::invalid);
    const auto nine = limit(Unit::working_hours, 9), eight = limit(Unit::working_hours, 8);
    CHECK(w.refusal(c, K::request_extension, w.owner(c), nine) == Errc::invalid);
    CHECK_FALSE(w.refusal(c, K::request_extension, w.owner(c), eight));
    w.now = at(24, 10);
    CHECK_FALSE(w.refusal(c, K::request_extension, w.owner(c)));
    w.now += Millis{1};
    CHECK(w.refusal(c, K::request_extension, w.owner(c)) == Errc::refused);
    w.now = at(24, 10);
    for (int granted = 0; granted < 2; ++granted) {
        c = w.by_owner(c, K::request_extension);
        c = w.give(c, K::decide_extension, w.as(staff::leader));
    }
    CHECK(c.extensions == 2);
    CHECK(due(c, Stage::closure) == "25 11:00");  // 10:00 + 4wh = 16:00, + 4wh
    CHECK(wall(clock_of(c, Stage::closure, w.now).original_due) == "24 10:00");
    CHECK(w.refusal(c, K::request_extension, w.owner(c)) == Errc::refused);
}

TEST_CASE("an extension that is refused or not decided prevents no breach [T15]") {
    World w;
    Case c = w.by_owner(w.in_hand(), K::request_extension);
    CHECK(breach(c, Stage::closure, at(24, 10, 1)) == "24 10:00");
    c = w.give(c, K::decide_extension, w.as(staff::leader), refuse);
    CHECK(c.extensions == 0);
    CHECK(due(c, Stage::closure) == "24 10:00");
}

TEST_CASE("another matter's standard counts from the original start, pauses included [T16]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), until(at(23, 11)));
    c = w.passed(c, at(23, 16));
    c = w.by_owner(c, K::reclassify, of_matter(matter::slow));
    CHECK(c.matter == matter::slow);
    CHECK(due(c, Stage::closure) == "26 15:00");  // 24wh end on Thursday at noon, one hour paused
    CHECK(wall(clock_of(c, Stage::closure, w.now).start) == "23 09:00");
}

TEST_CASE("a shorter standard may be late at once; a longer one keeps the old breach on record [T14][T16]") {
    World w;
    Case c = w.in_hand();
    w.now = at(23, 16);
    c = w.by_owner(c, K::reclassify, of_matter(matter::quick));
    CHECK(due(c, Stage::closure) == "23 15:00");
    CHECK(state(c, Stage::closure, w.now) == ClockState::breached);
    c = w.by_owner(c, K::reclassify, of_matter(matter::slow));
    const Clock closure = clock_of(c, Stage::closure, w.now);
    CHECK(state_of(closure, w.now) == ClockState::running);  // the verdict uses the final standard
    REQUIRE(closure.earlier_breaches.size() == 1);
    CHECK(wall(closure.earlier_breaches.front()) == "23 15:00");
}

TEST_CASE("another priority is another standard; the reason is asked for [T16]") {
    World w;
    Case c = w.submitted();
    w.now = at(23, 9, 5);
    const auto emergency = [](Command& k) { k.priority = Priority::emergency; };
    CHECK(w.refusal(c, K::reprioritise, w.owner(c), [](Command& k) { k.text.reset(); }) == Errc::invalid);
    c = w.by_owner(c, K::reprioritise, emergency);
    CHECK(due(c, Stage::sign_off) == "23 09:15");
    CHECK(due(c, Stage::closure) == "23 12:00");
    CHECK(w.refusal(c, K::reprioritise, w.owner(c), emergency) == Errc::invalid);  // nothing changes
}

TEST_CASE("remarks restart no clock and leave the revision alone [T16]") {
    World w;
    const Case c = w.in_hand();
    w.now = at(23, 11);
    Case after = w.by_owner(c, K::note);
    after = w.give(after, K::call_back, w.as(staff::agent));
    after = w.give(after, K::supplement, World::resident());
    CHECK(after.clocks == c.clocks);
    CHECK(after.revision == c.revision);
    after = w.give(after, K::supervise, w.as(staff::street_officer));
    CHECK(after.revision == c.revision);
    CHECK(after.clocks.size() == c.clocks.size() + 1);
}

TEST_CASE("an accepted return gives the next owner an attempt of his own; the first stays [T18]") {
    World w;
    Case c = w.submitted();
    w.now = at(23, 9, 20);
    c = w.by_owner(c, K::return_case);
    CHECK(due(c, Stage::sign_off) == "23 09:30");  // the clocks run meanwhile
    w.now = at(23, 9, 40);
    c = w.give(c, K::decide_return, w.as(staff::leader));
    CHECK(c.status == Status::dispatched);
    CHECK(c.owner.id == staff::second_worker);  // leaving out who has had it
    CHECK(c.first_owner.id == staff::worker);
    CHECK(due(c, Stage::sign_off) == "23 10:10");
    CHECK(clock_of(c, Stage::sign_off, w.now).attempt == 2);
    const Clock* first = find_clock(c.clocks, Stage::sign_off, 1, "");
    REQUIRE(first);
    CHECK(wall(first->breached_at) == "23 09:30");
    CHECK(first->party.id == staff::worker);
    CHECK(state_of(*first, w.now) == ClockState::breached);
}

TEST_CASE("a refused return refunds nothing and binds [T18]") {
    World w;
    Case c = w.submitted();
    w.now = at(23, 9, 20);
    c = w.by_owner(c, K::return_case);
    w.now = at(23, 9, 40);
    c = w.give(c, K::decide_return, w.as(staff::leader), refuse);
    CHECK_FALSE(c.flags.returning);
    CHECK(c.owner.id == staff::worker);
    CHECK(breach(c, Stage::sign_off, w.now) == "23 09:30");
    CHECK(w.refusal(c, K::return_case, w.owner(c)) == Errc::refused);
    CHECK_FALSE(w.refusal(c, K::sign_off, w.owner(c)));
}

TEST_CASE("a case reopened counts the gap in gross time, not in net [T19]") {
    World w;
    Case c = w.closed();  // approved at 10:40
    w.now = at(25, 9);
    c = w.give(c, K::reopen, w.as(staff::reviewer));
    CHECK(c.status == Status::dispatched);
    CHECK(due(c, Stage::sign_off) == "25 09:30");
    CHECK(due(c, Stage::closure) == "26 17:30");
    CHECK(clock_of(c, Stage::closure, w.now).attempt == 2);
    CHECK(find_clock(c.clocks, Stage::closure, 1, "")->stopped == at(23, 10, 10));  // as it was
    const auto whole = durations(clock_of(c, Stage::end_to_end, w.now), *w.calendar, at(25, 10));
    CHECK(whole.gross == std::chrono::hours{49});
    CHECK(whole.net == std::chrono::minutes{160});
    CHECK(whole.gross_working == std::chrono::hours{15});
    CHECK(whole.net_working == std::chrono::minutes{160});
}

TEST_CASE("an end-to-end limit cannot be missed while the case is closed, only once it runs again [T19]") {
    World w;
    Case c = w.in_hand(matter::whole_way);  // due on Wednesday at 11:00
    c = w.by_owner(c, K::close);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(breach(c, Stage::end_to_end, at(26, 9)) == "none");
    w.now = at(26, 9);
    c = w.give(c, K::reopen, w.as(staff::reviewer));
    CHECK(breach(c, Stage::end_to_end, w.now) == "26 09:00");
}

TEST_CASE("nothing runs and nothing fires once a case is at its end [T20]") {
    World w;
    w.now = at(23, 9);
    const std::vector<Case> ends = {
        w.closed(),
        w.give(w.signed_off(), K::reject, w.as(staff::leader)),
        w.give(w.responded(), K::withdraw, World::resident()),
        w.give(w.give(w.responded(), K::pause, w.as(staff::leader)), K::merge, w.as(staff::leader)),
    };
    for (const Case& c : ends) {
        INFO(to_string(c.status));
        CHECK_FALSE(next_timer(c, w.policy()));
        CHECK(fire(c, at(30, 9), w.policy()).empty());
        for (const auto& k : c.clocks) CHECK(k.stopped.has_value());
        CHECK_FALSE(next_due(c));
        CHECK(c.flags == Flags{});
    }
}

TEST_CASE("an order to the owner goes with the case to the next owner") {
    World w;
    Case c = w.submitted();
    c = w.give(c, K::supervise, w.as(staff::street_officer));
    CHECK(clock_of(c, Stage::supervision, w.now).party.id == staff::worker);
    c = w.by_owner(c, K::transfer);
    CHECK(clock_of(c, Stage::supervision, w.now).party == c.owner);
    CHECK_FALSE(w.refusal(c, K::answer, w.owner(c)));
}

TEST_CASE("steps have limits of their own; closing stops those still open and is judged by the last") {
    World w;
    Case c = w.submitted(matter::stepped);
    const auto step = [&](std::string_view id) { return *find_clock(c.clocks, Stage::closure, 1, id); };
    CHECK(wall(step("fence").due) == "23 12:00");
    CHECK(wall(step("mend").due) == "23 17:00");
    CHECK(wall(step("restore").due) == "30 17:30");
    w.now = at(23, 11);
    c = w.by_owner(w.by_owner(c, K::sign_off), K::finish_step);
    w.now = at(23, 18);
    c = w.by_owner(c, K::close);
    CHECK(state_of(step("fence"), w.now) == ClockState::met);
    CHECK(state_of(step("mend"), w.now) == ClockState::breached);
    CHECK(state_of(step("restore"), w.now) == ClockState::held);
}

TEST_CASE("closing needs a result, and a photo where the standard asks for one") {
    World w;
    const Case c = w.in_hand(matter::pictured);
    CHECK(w.refusal(c, K::close, w.owner(c)) == Errc::invalid);
    const auto photo = [](Command& k) { k.media = {"after"}; };
    CHECK_FALSE(w.refusal(c, K::close, w.owner(c), photo));
    const auto silent = [](Command& k) {
        k.media = {"after"};
        k.text.reset();
    };
    CHECK(w.refusal(c, K::close, w.owner(c), silent) == Errc::invalid);
}

TEST_CASE("a clock that goes backwards never takes a journal back") {
    World w;
    Case c = w.signed_off();
    w.now = at(23, 8);
    c = w.by_owner(c, K::respond);
    CHECK(wall(w.last(c).at) == "23 09:10");
    CHECK(fire(c, at(23, 7), w.policy()).empty());
}

TEST_CASE("a returned case waits again where only a desk can hold it, and drains to somebody new [T36]") {
    World w;
    Case c = w.by_owner(w.submitted(), K::return_case);
    w.burden_everybody_below_the_desks();
    c = w.give(c, K::decide_return, w.as(staff::leader));
    CHECK(c.status == Status::waiting);
    CHECK(c.owner.id == staff::community_desk);
    CHECK(drain(c, w.now, w.policy()).value().empty());
    for (const PersonId id : {staff::worker, staff::third_worker}) w.burden(id, 0);
    w.now = at(23, 9, 30);
    c = w.keep(c, drain(c, w.now, w.policy()).value());
    CHECK(c.status == Status::dispatched);
    CHECK(c.owner.id == staff::third_worker);  // the first has had it
    CHECK(due(c, Stage::sign_off) == "23 10:00");
    CHECK(due(c, Stage::closure) == "24 10:00");
    CHECK(drain(c, w.now, w.policy()).value().empty());
}
