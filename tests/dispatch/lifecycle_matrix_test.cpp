// The lifecycle's permissions against the matrix that lifecycle_matrix.cpp writes out, and what no matrix
// shows.
#include "lifecycle_matrix.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace mashang;
using namespace mashang::build;
using namespace mashang::matrix;
using K = CommandKind;

TEST_CASE("the states of the matrix are those that their names say") {
    const Status status[] = {Status::waiting,    Status::dispatched, Status::signed_off, Status::responded,
                             Status::in_review,  Status::in_review,  Status::closed,     Status::rejected,
                             Status::withdrawn,  Status::merged,     Status::dispatched, Status::signed_off,
                             Status::dispatched, Status::signed_off, Status::signed_off, Status::responded,
                             Status::signed_off, Status::signed_off};
    for (std::size_t i = 0; i < states.size(); ++i) {
        World w;
        const Case c = settled_in(w, states[i]);
        INFO(states[i]);
        CHECK(c.status == status[i]);
        CHECK(c.flags.returning == (states[i] == 'd' || states[i] == 's'));
        CHECK(c.flags.adjudicating == (states[i] == 'a' || states[i] == 'b'));
        CHECK(c.flags.paused == (states[i] == 'p' || states[i] == 'q'));
    }
}

TEST_CASE("every actor may do in every state exactly what lifecycle.md says") {
    for (const char state : states) {
        World w;
        const Case c = settled_in(w, state);
        const Case before = c;
        for (const auto& row : rows()) {
            for (const char who : actors) {
                INFO(to_string(row.command) << " in state " << state << " by " << who);
                CHECK(got(w, c, row, who) == code_of(expected(row, state, who)));
                CHECK(c == before);  // deciding changes nothing
            }
        }
    }
}

TEST_CASE("what a person is offered is what he may do, no less and no more") {
    for (const char state : states) {
        World w;
        const Case c = settled_in(w, state);
        for (const char who : actors) {
            const auto offered = allowed(c, actor_of(w, c, who), w.now);
            for (const auto& row : rows()) {
                const char cell = expected(row, state, who);
                INFO(to_string(row.command) << " in state " << state << " for " << who);
                const bool found = std::find(offered.begin(), offered.end(), row.command) != offered.end();
                CHECK(found == (cell == '+' || cell == '4'));
            }
        }
    }
}

TEST_CASE("who is outside the case's place sees nothing of it and may change nothing") {
    World w;
    const Case c = w.in_review();
    for (const PersonId id : {staff::leader_elsewhere, staff::worker_elsewhere, staff::reviewer_elsewhere,
                              staff::property, staff::administrator, staff::integrator}) {
        INFO(raw(id));
        CHECK_FALSE(may_see(c, w.as(id)));
    }
    for (const PersonId id :
         {staff::second_worker, staff::leader, staff::community_officer, staff::street_officer,
          staff::district_officer, staff::reviewer, staff::agent}) {
        INFO(raw(id));
        CHECK(may_see(c, w.as(id)));
    }
    for (const auto& row : rows()) {
        if (row.command == K::note) continue;  // staff; the place is asked by may_see
        INFO(to_string(row.command));
        CHECK(w.refusal(c, row.command, w.as(staff::leader_elsewhere)) == Errc::forbidden);
        CHECK(w.refusal(c, row.command, w.as(staff::reviewer_elsewhere)) == Errc::forbidden);
    }
}

TEST_CASE("an owner and a co-handler from another place see the case that is theirs") {
    World w;
    Case c = w.signed_off();
    c = w.by_owner(c, K::add_co_handler);
    CHECK(may_see(c, w.as(staff::property)));
    CHECK_FALSE(may_see(c, w.as(staff::power_company)));
    Person moved = *w.roster->find(c.owner.id);
    moved.scope = {"330106010001001"};
    w.replace_person(moved);
    CHECK(may_see(c, w.owner(c)));
}

TEST_CASE("a refusal names the role first, then the revision, then the table") {
    World w;
    const Case c = w.submitted();  // dispatched: respond is against the table
    const auto stale = [&](Command& k) { k.revision = c.revision - 1; };
    const auto fresh = [&](Command& k) { k.revision = c.revision; };
    CHECK(w.refusal(c, K::respond, w.as(staff::leader), stale) == Errc::forbidden);
    CHECK(w.refusal(c, K::respond, w.owner(c), stale) == Errc::conflict);
    CHECK(w.refusal(c, K::respond, w.owner(c), fresh) == Errc::refused);
    CHECK(w.refusal(c, K::respond, w.owner(c)) == Errc::refused);
    // The table comes before the fields: nothing is said about a missing reason when the time is wrong.
    CHECK(w.refusal(c, K::pause, w.owner(c), [](Command& k) { k.text.reset(); }) == Errc::refused);
}

TEST_CASE("a conflict tells the revision that holds, a refusal what is allowed instead") {
    World w;
    const Case c = w.submitted();
    const auto conflict =
        w.tried(c, w.command(c, K::sign_off, w.owner(c), [&](Command& k) { k.revision = c.revision + 4; }));
    REQUIRE(conflict.has_error());
    CHECK(conflict.error().args == decltype(Error::args){{"revision", std::to_string(c.revision)}});
    const auto refused = w.tried(c, w.command(c, K::close, w.owner(c)));
    REQUIRE(refused.has_error());
    CHECK(refused.error().args == decltype(Error::args){{"command", "close"},
                                                        {"status", "dispatched"},
                                                        {"allowed",
                                                         "sign-off,return,transfer,reclassify,reprioritise,"
                                                         "note"}});
}

TEST_CASE("nobody rules on what he himself asked for, however high he stands") {
    World w;
    w.burden_everybody_below_the_desks();
    Submission s = w.report();
    s.words = {"占道"};  // the street owns it
    w.burden(staff::street_officer, 0);
    w.burden(staff::district_officer, 0);
    Case c = w.submitted(s);
    REQUIRE(c.owner.role == Role::street);
    c = w.by_owner(c, K::return_case);
    CHECK(w.refusal(c, K::decide_return, w.owner(c)) == Errc::forbidden);
    CHECK_FALSE(w.refusal(c, K::decide_return, w.as(staff::district_officer)));
    c = w.give(c, K::decide_return, w.as(staff::district_officer), [](Command& k) { k.yes = false; });
    c = w.by_owner(w.by_owner(c, K::sign_off), K::pause);
    c = w.by_owner(c, K::request_extension);
    CHECK_FALSE(c.flags.paused);  // an owner only asks, whatever his post
    CHECK(w.refusal(c, K::decide_pause, w.owner(c)) == Errc::forbidden);
    CHECK(w.refusal(c, K::decide_extension, w.owner(c)) == Errc::forbidden);
    CHECK_FALSE(w.refusal(c, K::decide_pause, w.as(staff::district_officer)));
    CHECK_FALSE(w.refusal(c, K::decide_extension, w.as(staff::district_officer)));
}

TEST_CASE("a co-handler never reviews, an owner never reviews") {
    World w;
    Case c = w.signed_off();
    c = w.give(c, K::add_co_handler, w.as(staff::leader), [](Command& k) { k.to = staff::reviewer; });
    c = w.give(c, K::waive_part, w.owner(c));
    c = w.by_owner(c, K::close);
    CHECK(w.refusal(c, K::review, w.as(staff::reviewer)) == Errc::forbidden);
    CHECK(w.refusal(c, K::review, w.owner(c)) == Errc::forbidden);
    CHECK_FALSE(w.refusal(c, K::review, w.as(staff::second_reviewer)));
}

TEST_CASE("a person who helps finishes his own part, and nobody else's") {
    World w;
    Case c = w.signed_off();
    c = w.by_owner(c, K::add_co_handler, [](Command& k) { k.to = staff::third_worker; });
    CHECK_FALSE(w.refusal(c, K::finish_part, w.as(staff::third_worker)));
    CHECK(w.refusal(c, K::finish_part, w.as(staff::second_worker)) == Errc::forbidden);
    CHECK(w.refusal(c, K::finish_part, w.as(staff::power_company)) == Errc::refused);
}

TEST_CASE("where there is no reviewer the street's desk is named, and it may review") {
    World w;
    w.send_home(staff::reviewer);
    w.send_home(staff::second_reviewer);
    const Case c = w.in_review();
    CHECK(clock_of(c, Stage::review, w.now).party.id == staff::street_desk);
    CHECK_FALSE(w.refusal(c, K::review, w.as(staff::street_desk)));
    CHECK(w.refusal(c, K::review, w.as(staff::district_officer)) == Errc::forbidden);
}

TEST_CASE("a step before the last may be finished, the last only by closing") {
    World w;
    Case c = w.submitted(matter::stepped);
    c = w.by_owner(c, K::sign_off);
    CHECK(w.refusal(c, K::finish_step, w.owner(c), [](Command& k) { k.step = "restore"; }) == Errc::invalid);
    c = w.by_owner(c, K::finish_step);
    CHECK(w.refusal(c, K::finish_step, w.owner(c)) == Errc::invalid);  // "fence" again
    c = w.by_owner(c, K::finish_step, [](Command& k) { k.step = "mend"; });
    CHECK(w.refusal(c, K::finish_step, w.owner(c), [](Command& k) { k.step = "restore"; }) == Errc::refused);
    CHECK(w.by_owner(c, K::close).status == Status::in_review);
}

TEST_CASE("a ruling that binds comes from above everybody who has had the case") {
    World w;
    Submission s = w.report();
    s.words = {"占道"};
    Case c = w.submitted(s);  // first at the street
    REQUIRE(c.owner.role == Role::street);
    for (int hop = 0; hop < 4; ++hop) c = w.by_owner(c, K::transfer);
    REQUIRE(c.flags.adjudicating);
    REQUIRE(c.owner.role == Role::worker);
    CHECK(w.refusal(c, K::adjudicate, w.as(staff::community_officer)) == Errc::forbidden);
    CHECK(w.refusal(c, K::adjudicate, w.as(staff::street_officer)) == Errc::forbidden);
    CHECK_FALSE(w.refusal(c, K::adjudicate, w.as(staff::district_officer)));
}

TEST_CASE("a case that the district has had is not stuck: the district rules itself") {
    World w;
    Case c = w.submitted();
    c = w.give(c, K::assign, w.as(staff::leader), [](Command& k) { k.to = staff::district_desk; });
    for (int hop = 0; hop < 4; ++hop) c = w.by_owner(c, K::transfer);
    REQUIRE(c.flags.adjudicating);
    CHECK(w.refusal(c, K::adjudicate, w.as(staff::street_officer)) == Errc::forbidden);
    c = w.give(c, K::adjudicate, w.as(staff::district_desk));
    CHECK_FALSE(c.flags.adjudicating);
    CHECK(w.refusal(c, K::return_case, w.owner(c)) == Errc::refused);  // binding
    CHECK(w.refusal(c, K::transfer, w.owner(c)) == Errc::refused);
    CHECK(w.refusal(c, K::transfer, w.as(staff::leader)) == Errc::refused);
}

TEST_CASE("a link whose report was split off has no say in what is left behind") {
    World w;
    Case c = with_second_report(w, w.submitted());
    c = w.give(c, K::split, w.as(staff::leader));
    REQUIRE(c.reports.size() == 1);
    CHECK(w.refusal(c, K::withdraw, World::resident(2)) == Errc::forbidden);
    CHECK_FALSE(w.refusal(c, K::withdraw, World::resident(1)));
}

TEST_CASE("a link that has rated is not offered to rate again") {
    World w;
    const Case c = w.give(w.closed(), K::rate, World::resident());
    CHECK(allowed(c, World::resident(), w.now).empty());
    CHECK(w.refusal(c, K::rate, World::resident()) == Errc::refused);
}
