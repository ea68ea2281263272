// Thresholds and the ladder against T22, T25, T26 and T28. An ordinary case of Monday 23rd, 09:00: sign-off
// (30wm) due 09:30, its warnings at 09:15 and 09:24, its repeats every 60wm, the least there is.
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "tests/build/world.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

struct Told {
    std::string at, what, who;
    bool operator==(const Told&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Told& t) {
    return out << '[' << t.at << ' ' << t.what << " -> " << t.who << ']';
}

std::string who_of(const std::vector<Party>& told) {
    std::string s;
    for (const auto& p : told) s += (s.empty() ? "" : " ") + std::string(to_string(p.role));
    return s;
}

// What was told of one stage, in the order of the journal.
std::vector<Told> told(const World& w, const Case& c, Stage stage) {
    std::vector<Told> all;
    for (const auto& e : w.journal(c)) {
        if (!e.passed || e.passed->stage != stage) continue;
        std::string what(to_string(e.passed->threshold));
        if (e.passed->repeat > 0) what += ' ' + std::to_string(e.passed->repeat);
        all.push_back({wall(e.at), what, who_of(e.passed->told)});
    }
    return all;
}

Case nobody_signs_off(World& w, Instant until) {
    return w.passed(w.submitted(), until);
}

std::vector<PersonId> people_below_the_district(const World& w) {
    std::vector<PersonId> ids;
    for (const auto& p : w.roster->people())
        if (p.party.role != Role::district && p.party.role != Role::worker) ids.push_back(p.party.id);
    return ids;
}

// Every clock with its breaches.
auto breaches(const Case& c, Instant now) {
    std::set<std::tuple<std::string, std::string>> all;
    auto clocks = c.clocks;
    advance(clocks, now);
    for (const auto& k : clocks)
        if (k.breached_at) all.emplace(clock_id(k), wall(k.breached_at));
    return all;
}

}  // namespace

TEST_CASE("each threshold fires once, in order, up the ladder, then daily and then no more [T22][T28]") {
    World w;
    const Case c = nobody_signs_off(w, at(30, 9) + std::chrono::days{10});
    const std::vector<Told> expected = {
        {"23 09:15", "half", "worker"},
        {"23 09:24", "most", "worker leader"},
        {"23 09:30:00.001", "due", "leader"},
        {"23 10:30", "repeat 1", "community"},
        {"23 11:30", "repeat 2", "street"},
        {"23 14:30", "repeat 3", "district"},  // lunch is no working time
        {"24 14:30", "repeat 4", "district"},
        {"25 14:30", "repeat 5", "district"},
        {"26 14:30", "repeat 6", "district"},
        {"27 14:30", "repeat 7", "district"},
        {"28 14:30", "repeat 8", "district"},
        {"29 14:30", "repeat 9", "district"},
        {"30 14:30", "repeat 10", "district"},
        {"12-01 14:30", "repeat 11", "district"},
        {"12-02 14:30", "repeat 12", "district"},
        {"12-03 14:30", "repeat 13", "district"},
    };
    CHECK(told(w, c, Stage::sign_off) == expected);
}

TEST_CASE("firing again at the same instant brings nothing [T22]") {
    World w;
    Case c = w.submitted();
    c = w.fired(c, at(23, 9, 15));
    CHECK(w.thresholds(c).size() == 1);
    CHECK(fire(c, at(23, 9, 15), w.policy()).empty());
    CHECK(fire(c, at(23, 9, 23), w.policy()).empty());
    CHECK(wall(next_timer(c, w.policy())) == "23 09:24");
}

TEST_CASE("what is done in time is never warned about [T22]") {
    World w;
    Case c = w.submitted();
    w.now = at(23, 9, 14);
    c = w.by_owner(c, K::sign_off);
    c = w.passed(c, at(23, 10));
    CHECK(told(w, c, Stage::sign_off).empty());
    CHECK(wall(next_timer(c, w.policy())) == "23 10:14");  // half of response, 2wh from 09:14
}

TEST_CASE("at the due instant itself nothing is late and nothing fires [T4][T22]") {
    World w;
    Case c = w.passed(w.submitted(), at(23, 9, 30));
    CHECK(w.thresholds(c).size() == 2);
    c = w.by_owner(c, K::sign_off);
    CHECK(state(c, Stage::sign_off, at(23, 12)) == ClockState::met);
}

TEST_CASE("a change of standard does not tell the same thing twice [T22]") {
    World w;
    Case c = w.passed(w.submitted(), at(23, 9, 25));
    REQUIRE(told(w, c, Stage::sign_off).size() == 2);
    c = w.by_owner(c, K::reprioritise, [](Command& k) { k.priority = Priority::urgent; });
    c = w.passed(c, at(23, 9, 31));
    std::set<std::tuple<Stage, int, std::string, Threshold, int>> seen;
    for (const auto& p : w.thresholds(c))
        CHECK(seen.emplace(p.stage, p.attempt, p.step, p.threshold, p.repeat).second);
    CHECK(told(w, c, Stage::sign_off).size() == 3);
}

TEST_CASE("after an outage all that was missed is caught up in due order, repeats as one [T25]") {
    World w;
    const Case c = w.fired(w.submitted(), at(23, 16));
    // Sign-off: three thresholds and one repeat for the three missed; closure (8wh) reached its half at
    // 14:00.
    const std::vector<Told> expected = {{"23 16:00", "half", "worker"},
                                        {"23 16:00", "most", "worker leader"},
                                        {"23 16:00", "due", "leader"},
                                        {"23 16:00", "repeat 3", "district"}};
    CHECK(told(w, c, Stage::sign_off) == expected);
    CHECK(told(w, c, Stage::closure) == std::vector<Told>{{"23 16:00", "half", "worker"}});
    std::vector<Stage> order;
    for (const auto& p : w.thresholds(c)) order.push_back(p.stage);
    CHECK(order.front() == Stage::sign_off);
}

TEST_CASE("the next repeat counts from the due instant before, not from when somebody looked [T26]") {
    World w;
    Case c = w.fired(w.submitted(), at(23, 10, 50));  // repeat 1 of 10:30, twenty minutes late
    CHECK(wall(next_timer(c, w.policy())) == "23 11:30");
    c = w.fired(c, at(23, 11, 30));
    CHECK(told(w, c, Stage::sign_off).back() == Told{"23 11:30", "repeat 2", "street"});
}

TEST_CASE("a rung with nobody is skipped at once, and the record says so [T28]") {
    World w;
    w.send_home(staff::leader);
    w.send_home(staff::second_leader);
    w.send_home(staff::community_desk);
    w.send_home(staff::community_officer);
    const Case c = nobody_signs_off(w, at(23, 9, 31));
    CHECK(told(w, c, Stage::sign_off).back() == Told{"23 09:30:00.001", "due", "street"});
    CHECK(w.thresholds(c).back().skipped == std::vector{Role::leader, Role::community});
}

TEST_CASE("the last rung is never empty, even if only the desk is left [T28]") {
    World w;
    for (const auto& p : people_below_the_district(w)) w.send_home(p);
    const Case c = nobody_signs_off(w, at(23, 9, 31));
    CHECK(told(w, c, Stage::sign_off).back().who == "district");
}

TEST_CASE("reaching the street opens one supervision order, and not a second while it is open [T28]") {
    World w;
    Case c = nobody_signs_off(w, at(23, 11, 29));
    CHECK(c.orders.empty());
    c = w.passed(c, at(23, 11, 30));
    REQUIRE(c.orders.size() == 1);
    CHECK(c.flags.supervised);
    CHECK(c.orders.front().by.role == Role::street);
    CHECK(due(c, Stage::supervision) == "23 17:30");  // 4wh: half an hour, then the whole afternoon
    c = w.passed(c, at(23, 17));
    CHECK(c.orders.size() == 1);
    c = w.by_owner(c, K::answer);
    c = w.passed(c, at(24, 14, 30));
    CHECK(c.orders.size() == 2);  // the district has been told again
}

TEST_CASE("an order left unanswered when the case was closed does not silence the next attempt") {
    World w;
    Case c = nobody_signs_off(w, at(23, 11, 30));
    REQUIRE(c.orders.size() == 1);
    for (const auto kind : {K::sign_off, K::close}) c = w.by_owner(c, kind);
    c = w.give(c, K::review, w.as(staff::reviewer));
    w.now = at(24, 9);
    c = w.give(c, K::reopen, w.as(staff::reviewer));
    c = w.passed(c, at(24, 11, 30));  // sign-off due 09:30; leader, 10:30 community, 11:30 street
    CHECK(c.orders.size() == 2);
}

TEST_CASE("a review's ladder starts at the street; the reviewer is warned first [T28]") {
    World w;
    Case c = w.submitted(matter::slow);
    c = w.by_owner(c, K::sign_off);
    c = w.by_owner(c, K::close);  // 09:00; review 4wh until 15:00
    c = w.passed(c, at(23, 15, 1));
    const std::vector<Told> expected = {{"23 11:00", "half", "reviewer"},
                                        {"23 14:12", "most", "reviewer street"},
                                        {"23 15:00:00.001", "due", "street"}};
    CHECK(told(w, c, Stage::review) == expected);
    CHECK(w.thresholds(c).size() == 3);  // closure is held: nothing of it falls due
}

TEST_CASE("a part's lateness is told to its unit, the grid's leader and the owner") {
    World w;
    Case c = w.submitted(matter::slow);
    c = w.by_owner(c, K::sign_off);
    c = w.by_owner(c, K::respond);
    c = w.by_owner(c, K::add_co_handler);
    c = w.passed(c, at(23, 15, 1));
    const std::vector<Told> expected = {{"23 11:00", "half", "unit"},
                                        {"23 14:12", "most", "unit leader"},
                                        {"23 15:00:00.001", "due", "leader worker"}};
    CHECK(told(w, c, Stage::part) == expected);
}

TEST_CASE("an owner who is the ladder's first rung himself is told once of a part's lateness [T28][T29]") {
    World w;
    Case c = w.submitted(matter::slow);
    c = w.by_owner(c, K::sign_off);
    c = w.by_owner(c, K::respond);
    c = w.by_owner(c, K::add_co_handler);
    c = w.give(c, K::assign, w.as(staff::leader), [](Command& k) { k.to = staff::leader; });
    REQUIRE(c.owner.id == staff::leader);
    c = w.passed(c, at(23, 15, 1));
    CHECK(told(w, c, Stage::part).back() == Told{"23 15:00:00.001", "due", "leader"});
}

TEST_CASE("while a case is paused nothing of response and closure is told; afterwards all is later") {
    World w;
    Case c = w.signed_off();  // response 09:10-11:10, half at 10:10
    w.now = at(23, 10);
    c = w.give(c, K::pause, w.as(staff::leader), [](Command& k) { k.until = at(23, 11); });
    c = w.passed(c, at(23, 11, 9));
    CHECK(w.thresholds(c).empty());
    c = w.passed(c, at(23, 11, 10));
    CHECK(told(w, c, Stage::response) == std::vector<Told>{{"23 11:10", "half", "worker"}});
}

TEST_CASE("however rarely somebody looks, the same breaches are found [T21][T25]") {
    const Instant end = at(27, 12);
    World often;
    const Case first = often.passed(often.submitted(), end);
    for (const int minutes : {1, 7, 60, 600, 6000}) {
        World rarely;
        Case c = rarely.submitted();
        for (Instant t = rarely.now; t < end; t += std::chrono::minutes{minutes}) {
            // What a scheduler does: it looks at the timer, and fires only what is due.
            const auto next = next_timer(c, rarely.policy());
            if (next && *next <= t) c = rarely.fired(c, t);
        }
        INFO(minutes << " minutes");
        const auto stages = [](const std::set<std::tuple<std::string, std::string>>& all) {
            std::set<std::tuple<std::string, std::string>> own;
            for (const auto& b : all)
                if (std::get<0>(b).rfind("supervision", 0) != 0) own.insert(b);
            return own;
        };
        CHECK(stages(breaches(c, end)) == stages(breaches(first, end)));
        CHECK(replay(330106, c.id, rarely.journal(c)) == c);
    }
}
