// The story of the first whole: scan, report, assigned, handled, reviewed, rated; then the same with trouble.
// Every instant is reckoned by hand: Monday to Friday 08:30-12:00 and 14:00-17:30; Monday is the 23rd.
#include <catch2/catch.hpp>

#include "tests/build/world.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

std::vector<std::string> types(const std::vector<Event>& journal) {
    std::vector<std::string> words;
    for (const auto& e : journal) words.emplace_back(to_string(e.type));
    return words;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a report is assigned, handled with a company's help, reviewed and rated, all in time") {
    World w;
    Case c = w.submitted();
    CHECK(c.status == Status::dispatched);
    CHECK(c.owner.id == staff::worker);
    CHECK(c.first_owner.id == staff::worker);
    CHECK(c.revision == 1);
    CHECK(due(c, Stage::sign_off) == "23 09:30");
    CHECK(due(c, Stage::closure) == "24 10:00");  // 3 h before lunch, 3.5 h after, 1.5 h on Tuesday
    CHECK(due(c, Stage::response) == "no clock");

    w.now = at(23, 9, 10);
    c = w.by_owner(c, K::sign_off);
    CHECK(c.status == Status::signed_off);
    CHECK(due(c, Stage::response) == "23 11:10");
    CHECK(state(c, Stage::sign_off, w.now) == ClockState::met);

    w.now = at(23, 9, 12);
    c = w.by_owner(c, K::add_co_handler);
    CHECK(due(c, Stage::part) == "23 15:12");  // 2 h 48 before lunch, 1 h 12 after

    w.now = at(23, 9, 40);
    c = w.by_owner(c, K::respond);
    CHECK(c.status == Status::responded);
    CHECK(state(c, Stage::response, w.now) == ClockState::met);
    CHECK(w.refusal(c, K::close, w.owner(c)) == Errc::invalid);  // the company has not finished

    w.now = at(23, 10, 30);
    c = w.give(c, K::finish_part, w.as(staff::property), [](Command& k) { k.media = {"after"}; });
    w.now = at(23, 10, 45);
    c = w.by_owner(c, K::close, [](Command& k) { k.media = {"after photo"}; });
    CHECK(c.status == Status::in_review);
    CHECK(due(c, Stage::review) == "23 16:45");  // 1 h 15 before lunch, 2 h 45 after
    CHECK(state(c, Stage::closure, w.now) == ClockState::held);

    w.now = at(23, 11, 50);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(c.status == Status::closed);
    const Clock closure = clock_of(c, Stage::closure, w.now);
    CHECK(wall(closure.stopped) == "23 10:45");  // judged on the submission
    CHECK(state_of(closure, w.now) == ClockState::met);
    const auto whole = durations(clock_of(c, Stage::end_to_end, w.now), *w.calendar, w.now);
    CHECK(whole.gross == std::chrono::minutes{170});
    CHECK_FALSE(next_timer(c, w.policy()));

    w.now = at(23, 12, 30);
    c = w.give(c, K::rate, World::resident());
    CHECK(c.status == Status::closed);
    CHECK(c.reports.front().score == 5);
    CHECK(types(w.journal(c)) == Words{"submitted", "signed_off", "co_handler_added", "responded",
                                       "part_finished", "close_submitted", "approved", "rated"});
    CHECK(replay(330106, c.id, w.journal(c)) == c);
}

TEST_CASE("an owner lets sign-off lapse: the next rung is told and the office sees it overdue") {
    World w;
    Case c = w.passed(w.submitted(), at(23, 9, 29));
    CHECK(w.thresholds(c).size() == 2);  // 09:15 the owner, 09:24 his leader too
    CHECK(state(c, Stage::sign_off, at(23, 9, 30)) == ClockState::running);
    c = w.passed(c, at(23, 9, 31));
    const auto told = w.thresholds(c);
    REQUIRE(told.size() == 3);
    CHECK(told[0].told.front().id == staff::worker);
    CHECK(told[1].told.back().id == staff::leader);
    CHECK(told[2].threshold == Threshold::due);
    CHECK(told[2].told.front().id == staff::leader);
    CHECK(wall(w.last(c).at) == "23 09:30:00.001");
    CHECK(state(c, Stage::sign_off, w.now) == ClockState::breached);
    CHECK(breach(c, Stage::sign_off, w.now) == "23 09:30");

    w.now = at(23, 10, 20);
    c = w.by_owner(c, K::sign_off);  // late, but his to do
    CHECK(due(c, Stage::response) == "23 14:20");
    CHECK(breach(c, Stage::sign_off, w.now) == "23 09:30");
    CHECK(due(c, Stage::closure) == "24 10:00");  // nobody gets time for being late
}

TEST_CASE("a reviewer sends work back: closure runs on, moved by the time in review") {
    World w;
    Case c = w.responded();
    w.now = at(23, 16);
    c = w.by_owner(c, K::close);
    w.now = at(24, 9);
    c = w.give(c, K::review, w.as(staff::reviewer), [](Command& k) { k.yes = false; });
    CHECK(c.status == Status::responded);
    CHECK(c.redos == 1);
    CHECK(due(c, Stage::closure) == "24 12:00");  // 1.5 h of Monday and 0.5 h of Tuesday given back
    CHECK(wall(clock_of(c, Stage::closure, w.now).original_due) == "24 10:00");
    w.now = at(24, 11);
    c = w.by_owner(c, K::close);
    w.now = at(24, 14, 30);
    c = w.give(c, K::review, w.as(staff::reviewer));
    CHECK(c.status == Status::closed);
    CHECK(clock_of(c, Stage::closure, w.now).attempt == 1);
    CHECK(state(c, Stage::closure, w.now) == ClockState::met);
    CHECK(clock_of(c, Stage::review, w.now).attempt == 2);
}

TEST_CASE("a dissatisfied resident brings the case back under supervision, before another reviewer") {
    World w;
    Case c = w.closed();  // approved at 10:40 on Monday
    w.now = at(25, 9);
    c = w.give(c, K::rate, World::resident(), [](Command& k) { k.score = 1; });
    CHECK(c.status == Status::in_review);
    CHECK(c.flags.supervised);
    const Clock review = clock_of(c, Stage::review, w.now);
    CHECK(review.attempt == 2);
    CHECK(review.party.id == staff::second_reviewer);
    CHECK(wall(review.due) == "25 15:00");
    CHECK(w.refusal(c, K::review, w.as(staff::reviewer)) == Errc::forbidden);

    w.now = at(25, 10);
    c = w.give(c, K::review, w.as(staff::second_reviewer), [](Command& k) { k.yes = false; });
    CHECK(c.status == Status::responded);
    CHECK(c.flags.supervised);
    const Clock again = clock_of(c, Stage::closure, w.now);
    CHECK(again.attempt == 2);
    CHECK(wall(again.due) == "26 17:30");  // the reopen limit, one working day
    w.now = at(25, 15);
    c = w.by_owner(c, K::close);
    w.now = at(25, 16);
    c = w.give(c, K::review, w.as(staff::second_reviewer));
    CHECK(c.status == Status::closed);
    CHECK(state(c, Stage::closure, w.now) == ClockState::met);
    // Closed from Monday 10:40 to the complaint on Wednesday 09:00: in gross time, not in net.
    const auto whole = durations(clock_of(c, Stage::end_to_end, w.now), *w.calendar, w.now);
    CHECK(whole.gross == std::chrono::hours{55});
    CHECK(whole.net == std::chrono::minutes{100 + 7 * 60});
}

TEST_CASE("a second look that finds the work good closes the case as it was, in writing") {
    World w;
    Case c = w.closed();
    const auto first_closed = c.closed_at;
    w.now = at(25, 9);
    c = w.give(c, K::rate, World::resident(), [](Command& k) { k.score = 2; });
    w.now = at(25, 10);
    const Actor other = w.as(staff::second_reviewer);
    CHECK(w.refusal(c, K::review, other, [](Command& k) { k.text.reset(); }) == Errc::invalid);
    c = w.give(c, K::review, other);
    CHECK(c.status == Status::closed);
    CHECK(c.closed_at == first_closed);
    CHECK(w.last(c).type == EventType::upheld);
    CHECK_FALSE(next_timer(c, w.policy()));
}

TEST_CASE("only the first dissatisfaction opens a review; later ones are recorded for a call-back") {
    World w;
    Case c = w.submitted();
    Event second;
    second.type = EventType::joined;
    second.at = w.now;
    second.report = ReportId{2};
    c = w.keep(c, {second});
    for (const auto kind : {K::sign_off, K::close}) c = w.by_owner(c, kind);
    c = w.give(c, K::review, w.as(staff::reviewer));
    c = w.give(c, K::rate, World::resident(1), [](Command& k) { k.score = 1; });
    c = w.give(c, K::review, w.as(staff::second_reviewer));
    c = w.give(c, K::rate, World::resident(2), [](Command& k) { k.score = 1; });
    CHECK(c.status == Status::closed);
    CHECK(w.last(c).type == EventType::rated);
    CHECK(c.reports.back().score == 1);
}

TEST_CASE("a rating needs a score, a low one a comment, and comes once within fifteen days") {
    World w;
    const Case c = w.closed();
    const Actor resident = World::resident();
    for (const int score : {0, 6, -1})
        CHECK(w.refusal(c, K::rate, resident, [&](Command& k) { k.score = score; }) == Errc::invalid);
    const auto silent = [](int score) {
        return [score](Command& k) {
            k.score = score;
            k.text.reset();
        };
    };
    CHECK(w.refusal(c, K::rate, resident, silent(2)) == Errc::invalid);
    CHECK_FALSE(w.refusal(c, K::rate, resident, silent(3)));
    w.now = *c.closed_at + std::chrono::days{15};
    CHECK_FALSE(w.refusal(c, K::rate, resident));
    w.now += Millis{1};
    CHECK(w.refusal(c, K::rate, resident) == Errc::refused);
    CHECK(allowed(c, resident, w.now).empty());
}

TEST_CASE("a burst main goes to whoever is on duty at night, with emergency limits and the power company") {
    World w;
    w.now = at(28, 20);  // Saturday evening
    Submission s = w.report();
    s.words = {"爆管"};
    const Case c = w.submitted(s);
    CHECK(c.owner.id == staff::leader);  // no worker is there
    CHECK(c.priority == Priority::emergency);
    CHECK(due(c, Stage::sign_off) == "28 20:15");
    CHECK(due(c, Stage::closure) == "28 23:00");
    REQUIRE(c.parts.size() == 1);
    CHECK(c.parts.front().unit.id == staff::power_company);
    CHECK(due(c, Stage::part) == "28 23:00");  // 4wh would end on Monday: closure's due is earlier
}

TEST_CASE("an ordinary report at the weekend starts its clocks with the worker's next shift") {
    World w;
    w.now = at(28, 20);
    const Case c = w.submitted();
    CHECK(c.owner.id == staff::worker);
    CHECK(due(c, Stage::sign_off) == "30 09:00");
    CHECK(due(c, Stage::closure) == "12-01 09:30");  // seven hours on Monday, one on Tuesday
    CHECK(state(c, Stage::sign_off, w.now) == ClockState::pending);
    for (const auto& code : {matter::ordinary, matter::whole_way}) {
        const Clock whole = clock_of(w.submitted(code), Stage::end_to_end, w.now);
        CHECK(wall(whole.start) == "28 20:00");  // measured from acceptance
    }
}
