// Who gets a case, of a store: capacity and revisions under racing threads, draining, the end of handing on,
// and an explanation from the record. Over the embedded store and its real writer.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <thread>

#include "stored_district.hpp"
#include "tests/build/district.hpp"

using namespace mashang;
using namespace mashang::build;
using namespace mashang::server;
using K = CommandKind;

namespace {

// Workers and desks only, each worker with room for so many cases.
std::vector<Person> workers_with(int capacity) {
    auto all = people();
    std::erase_if(all, [](const Person& p) {
        return !p.party.desk && p.party.role != Role::worker && p.party.role != Role::reviewer;
    });
    for (auto& p : all)
        if (p.party.role == Role::worker) p.capacity = capacity;
    return all;
}

Case closed(StoredDistrict& d, const Case& dispatched) {
    Case c = d.by_owner(dispatched, K::sign_off);
    c = d.by_owner(c, K::close);
    return d.give(c, K::review, d.world.as(staff::reviewer));
}

}  // namespace

TEST_CASE("reports that race for the same hands never pass a capacity, each with one owner [T34]") {
    StoredDistrict d;
    d.people(workers_with(2));  // five workers in this grid: room for ten
    constexpr int threads = 4, each = 8;
    std::vector<Result<Changed>> answers(threads * each, Result<Changed>(Changed{}));
    std::vector<SubmitReport> reports;
    for (int n = 0; n < threads * each; ++n) reports.push_back(d.report(n % StoredDistrict::places + 1));
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            for (int n = t * each; n < (t + 1) * each; ++n)
                answers[static_cast<std::size_t>(n)] = d.tried(reports[static_cast<std::size_t>(n)]);
        });
    for (auto& t : running) t.join();
    std::map<std::int64_t, int> open;
    int waiting = 0;
    for (auto& answer : answers) {
        REQUIRE(answer.has_value());
        const Case c = d.stored(answer->c.id);
        CHECK(c.owner.id == answer->c.owner.id);  // as the resident was told
        (c.status == Status::waiting ? waiting : open[raw(c.owner.id)]) += 1;
    }
    CHECK(waiting == threads * each - 10);
    CHECK(open.size() == 5);
    for (const auto& [id, n] : open) {
        CHECK(n == 2);
        CHECK(d.load(PersonId{id}).open == 2);
    }
}

TEST_CASE("of many decisions on one revision exactly one is taken [T35]") {
    StoredDistrict d;
    const Case c = d.submitted();
    const auto all = d.world.roster->covering(grid, Role::worker);
    std::vector<GiveCommand> gives;
    for (const Person* p : all)
        if (p->party.id != c.owner.id)
            gives.push_back(d.command(c, K::assign, d.world.as(staff::leader), [&](Command& k) {
                k.to = p->party.id;
                k.revision = c.revision;
            }));
    REQUIRE(gives.size() == 4);
    std::vector<Result<Case>> answers(gives.size(), Result<Case>(Case{}));
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < gives.size(); ++i)
        running.emplace_back([&, i] { answers[i] = d.tried(c.id, gives[i]); });
    for (auto& t : running) t.join();
    int taken = 0;
    for (std::size_t i = 0; i < gives.size(); ++i) {
        if (answers[i].has_error()) {
            CHECK(answers[i].error().code == Errc::conflict);
            continue;
        }
        ++taken;
        CHECK(d.stored(c.id).owner.id == *gives[i].command.to);
    }
    CHECK(taken == 1);
    CHECK(d.journal(c.id).size() == 2);
}

TEST_CASE("what a person has decided no late draining undoes [T35]") {
    StoredDistrict d;
    d.people(workers_with(1));
    for (int n = 1; n <= 5; ++n) d.submitted(n);
    const Case waiting = d.submitted(6);
    REQUIRE(waiting.status == Status::waiting);
    d.people(workers_with(2));
    const Case given = d.give(waiting, K::assign, d.world.as(staff::street_desk),
                              [](Command& k) { k.to = staff::fourth_worker; });
    CHECK(d.drained().empty());
    CHECK(d.stored(waiting.id).owner.id == staff::fourth_worker);
    CHECK(d.stored(waiting.id) == given);
}

TEST_CASE("hands that are free again get the most urgent waiting case first, then the oldest [T36]") {
    StoredDistrict d;
    d.people(workers_with(1));
    std::vector<Case> in_hand;
    for (int n = 1; n <= 5; ++n) in_hand.push_back(d.submitted(n));
    const Case first = d.submitted(6), second = d.submitted(7);
    Case urgent = d.submitted(8);
    urgent = d.give(urgent, K::reprioritise, d.world.as(staff::street_desk),
                    [](Command& k) { k.priority = Priority::urgent; });
    for (const Case& c : {first, second, urgent}) REQUIRE(d.stored(c.id).status == Status::waiting);
    CHECK(d.drained().empty());
    closed(d, in_hand[3]);
    auto drained = d.drained();
    REQUIRE(drained.size() == 1);
    CHECK(drained.front().c.id == urgent.id);
    CHECK(drained.front().c.owner.id == in_hand[3].owner.id);
    closed(d, in_hand[0]);
    closed(d, in_hand[1]);
    drained = d.drained();
    REQUIRE(drained.size() == 2);
    CHECK(drained[0].c.id == first.id);
    CHECK(drained[1].c.id == second.id);
    CHECK(due(drained[0].c, Stage::sign_off) == "23 09:30");
}

TEST_CASE("however many wait for full hands, a case behind them whose hands are free is not kept [T36]") {
    StoredDistrict d;
    auto all = workers_with(1);
    for (auto& p : all)
        if (p.party.role == Role::worker) p.skills = {p.party.id == staff::fifth_worker ? "B" : "S"};
    d.people(all);
    for (int n = 0; n < 100; ++n) d.submitted(n % 30 + 1);  // four are given, ninety-six wait
    auto report = d.report(31);
    report.matter = matter::stepped;
    const Case last_hands = d.tried(report).value().c;
    REQUIRE(last_hands.owner.id == staff::fifth_worker);
    report = d.report(32);
    report.matter = matter::stepped;
    const Case behind = d.tried(report).value().c;
    REQUIRE(behind.status == Status::waiting);
    closed(d, last_hands);
    const auto drained = d.drained(8);
    REQUIRE(drained.size() == 1);
    CHECK(drained.front().c.id == behind.id);
    CHECK(drained.front().c.owner.id == staff::fifth_worker);
}

TEST_CASE("a case reopened where its owner has gone and all hands are full waits, and is drained [T36]") {
    StoredDistrict d;
    d.people(workers_with(1));
    const Case done = closed(d, d.submitted(1));
    for (int n = 2; n <= 6; ++n) d.submitted(n);
    auto all = workers_with(1);
    for (auto& p : all)
        if (p.party.id == done.owner.id) p.active = false;
    d.people(all);
    Case again = d.give(done, K::reopen, d.world.as(staff::reviewer));
    CHECK(again.status == Status::waiting);
    CHECK(again.owner.desk);
    for (auto& p : all)
        if (p.party.id == staff::third_worker) p.capacity = 2;
    d.people(all);
    REQUIRE(d.drained().size() == 1);
    again = d.stored(again.id);
    CHECK(again.status == Status::dispatched);
    CHECK(again.owner.id == staff::third_worker);
}

TEST_CASE("a case is never sent round: nobody twice, three hops, then a ruling that binds [T37]") {
    StoredDistrict d;
    Case c = d.submitted();
    const PersonId first = c.owner.id;
    c = d.by_owner(c, K::transfer);
    const auto back =
        d.tried(c.id, d.command(c, K::transfer, d.world.owner(c), [&](Command& k) { k.to = first; }));
    REQUIRE(back.has_error());
    CHECK(back.error().fields == std::vector<FieldError>{{"/to", "error.had_it_already", {}}});
    c = d.by_owner(c, K::transfer);
    c = d.by_owner(c, K::return_case);
    c = d.give(c, K::decide_return, d.world.as(staff::leader));
    CHECK(c.hops == 3);
    CHECK(std::set<PersonId>(c.had.begin(), c.had.end()).size() == 4);
    const PersonId holder = c.owner.id;
    c = d.by_owner(c, K::transfer);
    CHECK(c.flags.adjudicating);
    CHECK(c.owner.id == holder);  // who has it answers until the ruling
    c = d.give(c, K::adjudicate, d.world.as(staff::community_officer));
    for (const K kind : {K::transfer, K::return_case})
        CHECK(d.tried(c.id, d.command(c, kind, d.world.owner(c))).error().code == Errc::refused);
}

TEST_CASE("the explanation made from the stored record is the decision, byte for byte [T38]") {
    StoredDistrict d;
    d.people(workers_with(3));
    for (int n = 1; n <= 12; ++n) {
        auto report = d.report(n % 4 + 1);  // the same places again: continuity decides some
        if (n % 5 == 0) report.text = "占道";
        const Case c = d.tried(report).value().c;
        const Event submitted = d.journal(c.id).front();
        const auto policy = d.data->policy(c.versions, {});
        const auto trace = explain(submitted, policy), again = explain(submitted, policy);
        REQUIRE(trace.has_value());
        CHECK(trace->hash == submitted.decision->trace_hash);
        CHECK(again->hash == trace->hash);
        CHECK(trace->choice.owner == *submitted.owner);
        CHECK(trace->choice.rung == submitted.decision->outcome);
        std::size_t candidates = 0;
        for (const auto& rung : trace->choice.trace) candidates += rung.candidates.size();
        CHECK(candidates == submitted.decision->candidates.size());
    }
}
