// Invariants of semantics.md over drawn lives of a case: whoever does whatever whenever, what the record says
// is the case, and nothing that was late is made good by talking.
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "dispatch/clock.hpp"
#include "dispatch/measures.hpp"
#include "drawn_life.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

TEST_CASE("whoever does whatever whenever, the journal replayed from nothing is the case [T12]") {
    rc::prop("a drawn life of a case", [] {
        World w;
        Case c = any_report(w);
        const int steps = drawn(1, 60);
        for (int i = 0; i < steps; ++i) c = one_step(w, c);
        RC_ASSERT(replay(c.district, c.id, w.journal(c)) == c);
        std::set<std::tuple<Stage, int, std::string, Threshold, int>> told;
        for (const auto& p : w.thresholds(c)) {
            RC_ASSERT(told.emplace(p.stage, p.attempt, p.step, p.threshold, p.repeat).second);  // T22
            std::set<PersonId> people;
            for (const auto& party : p.told) RC_ASSERT(people.insert(party.id).second);
        }
    });
}

TEST_CASE("what a person is offered is decided, and what he is not offered is refused") {
    rc::prop("allowed() against decide()", [] {
        World w;
        Case c = any_report(w);
        const int steps = drawn(0, 40);
        for (int i = 0; i < steps; ++i) c = one_step(w, c);
        const Actor actor = any_actor(w, c);
        const auto offered = allowed(c, actor, w.now);
        for (int kind = 0; kind < command_kinds; ++kind) {
            const auto k = static_cast<K>(kind);
            const auto events = w.tried(c, w.command(c, k, actor));
            const bool is_offered = std::find(offered.begin(), offered.end(), k) != offered.end();
            const bool forbidden = !events && (events.error().code == Errc::forbidden ||
                                               events.error().key == "error.not_in_this_status");
            RC_ASSERT(is_offered == !forbidden || (k == K::rate && !is_offered));
        }
    });
}

TEST_CASE("an explanation is the decision made again: same choice, same trace, whatever came since [T38]") {
    rc::prop("explain() of a submission", [] {
        World w;
        for (const auto& p : w.roster->people()) w.burden(p.party.id, drawn(0, 23));
        w.now = at(drawn(20, 30), drawn(0, 24), drawn(0, 60));
        Submission s = w.report();
        if (drawn(0, 3) == 0) s.words = {*rc::gen::element<std::string>("爆管", "占道")};
        s.distance_m = drawn(0, 500);
        Policy policy = w.policy();
        if (drawn(0, 2) == 0)
            policy.workload.at_place = {
                *rc::gen::element(staff::worker, staff::third_worker, staff::leader, staff::worker_elsewhere),
                CaseId{99}};
        const auto events = submit(s, w.now, policy);
        RC_ASSERT(events.has_value());
        RC_ASSERT(submit(s, w.now, policy).value() == *events);  // a dry run on the same snapshot
        const Event& submitted = events->front();
        for (const auto& p : w.roster->people()) w.burden(p.party.id, drawn(0, 23));
        const auto trace = explain(submitted, w.policy());
        RC_ASSERT(trace.has_value());
        RC_ASSERT(trace->hash == submitted.decision->trace_hash);
        RC_ASSERT(trace->choice.owner == *submitted.owner);
        RC_ASSERT(trace->ruling.rule->id == submitted.decision->rule);
    });
}

TEST_CASE("polling delay changes when somebody hears of it, never whether it was late [T21][T25]") {
    rc::prop("one firing for many", [] {
        World often, rarely;
        const Instant end = at(drawn(23, 30), drawn(9, 24), 7);
        const auto code = *rc::gen::element(matter::ordinary, matter::stepped, matter::in_days);
        const bool paused = drawn(0, 2) == 0;
        const Instant until = at(23, 9, 20) + std::chrono::minutes{drawn(1, 4000)};
        const auto life = [&](World& w, bool fires) {
            Case c = w.in_hand(code);
            if (paused) c = w.give(c, K::pause, w.as(staff::leader), [&](Command& k) { k.until = until; });
            return fires ? w.passed(c, end) : w.fired(c, end);
        };
        const Case a = life(often, true), b = life(rarely, false);
        RC_ASSERT(a.flags.paused == b.flags.paused);
        for (const Stage stage : {Stage::sign_off, Stage::response, Stage::closure}) {
            const Clock one = clock_of(a, stage, end), other = clock_of(b, stage, end);
            RC_ASSERT(one.breached_at == other.breached_at);
            RC_ASSERT(one.due == other.due);
            RC_ASSERT(one.fired == other.fired);
        }
    });
}

TEST_CASE("every report routes to one owner, and however it is handed on, the handing on ends [T31][T37]") {
    rc::prop("transfers and returns", [] {
        World w;
        Case c = any_report(w);
        RC_ASSERT(c.owner.id != PersonId{});
        RC_ASSERT(!w.journal(c).front().decision->rule.empty());
        for (const auto& p : w.roster->people()) w.burden(p.party.id, 0);
        std::set<PersonId> had(c.had.begin(), c.had.end());
        int handed_on = 0;
        while (!c.flags.adjudicating && c.status != Status::waiting) {
            if (drawn(0, 2) == 0) {
                const Command on = w.command(c, K::transfer, w.owner(c));
                if (!on.to) break;  // everybody has had it
                c = w.give(c, on);
            } else {
                c = w.give(w.by_owner(c, K::return_case), K::decide_return, w.as(staff::district_desk));
            }
            RC_ASSERT(++handed_on <= hops_max + 1);
            const bool desk = c.owner.desk || c.flags.adjudicating;
            RC_ASSERT(desk || had.insert(c.owner.id).second);  // nobody twice
        }
    });
}

TEST_CASE("a pause split in two, or lying outside working time, changes no working-time clock more [T13]") {
    rc::prop("split at any instant", [] {
        World one, two;
        const Instant from = at(23, 9, 20) + std::chrono::minutes{drawn(0, 1500)};
        const Instant cut = from + std::chrono::minutes{drawn(1, 1500)};
        const Instant to = cut + std::chrono::minutes{drawn(1, 1500)};
        const auto paused = [](World& w, Case c, Instant begin, Instant end) {
            w.now = begin;
            c = w.give(c, K::pause, w.as(staff::leader), [&](Command& k) { k.until = end; });
            return w.passed(c, end);
        };
        const Case whole = paused(one, one.in_hand(matter::slow), from, to);
        const Case split = paused(two, paused(two, two.in_hand(matter::slow), from, cut), cut, to);
        RC_ASSERT(due(whole, Stage::closure) == due(split, Stage::closure));
        const Clock held = clock_of(whole, Stage::closure, to);
        const Millis moved = one.calendar->working_between(*held.original_due, *held.due);
        RC_ASSERT(moved == one.calendar->working_between(from, to));  // none outside working time
    });
}

TEST_CASE("the next repeat is counted from the due instant, whenever somebody looked [T26]") {
    rc::prop("looked at any time", [] {
        World w;
        Case c = w.submitted();  // sign-off due at 09:30, a repeat each working hour, then daily
        const Instant due_at = at(23, 9, 30);
        for (int i = drawn(1, 8); i > 0; --i) {
            w.now += std::chrono::minutes{drawn(1, 600)};
            c = w.fired(c, w.now);
        }
        const Clock* k = find_clock(c.clocks, Stage::sign_off, 1, "");
        const auto next = next_threshold(*k, *w.calendar, standard_of(c, *w.standards).warn_percent);
        if (!next || next->threshold != Threshold::repeat) return;
        const int climbing = std::min(next->repeat, climbing_repeats);
        const Instant top = w.calendar->add(due_at, {Unit::working_hours, climbing}).at;
        RC_ASSERT(next->at == top + std::chrono::hours{24} * (next->repeat - climbing));
    });
}

TEST_CASE("the order in which other cases' events come changes no clock, breach or measure [T12]") {
    rc::prop("three lives in any interleaving", [] {
        std::vector<std::vector<Event>> journals;
        std::vector<Case> alone;
        for (int n = 0; n < 3; ++n) {
            World w;
            Case c = any_report(w);
            for (int i = drawn(0, 8); i > 0; --i) c = one_step(w, c);
            journals.push_back(w.journal(c));
            c.id = CaseId{n + 1};
            alone.push_back(c);
        }
        std::vector<Case> mixed(3);
        for (std::size_t n = 0; n < 3; ++n) {
            mixed[n].district = alone[n].district;
            mixed[n].id = alone[n].id;
        }
        std::vector<std::size_t> next(3, 0);
        for (std::size_t left = journals[0].size() + journals[1].size() + journals[2].size(); left > 0;) {
            const auto n = static_cast<std::size_t>(drawn(0, 3));
            if (next[n] == journals[n].size()) continue;
            evolve(mixed[n], journals[n][next[n]++]);
            --left;
        }
        for (std::size_t n = 0; n < 3; ++n) RC_ASSERT(mixed[n] == alone[n]);
        std::rotate(mixed.begin(), mixed.begin() + drawn(0, 3), mixed.end());
        const Instant later = at(30, 12) + std::chrono::days{drawn(0, 9)};
        const Period all{at(20, 0), at(30, 24)};
        RC_ASSERT(Measures(mixed, later).figures(all) == Measures(alone, later).figures(all));
        RC_ASSERT(Measures(mixed, later).standing() == Measures(alone, later).standing());
    });
}

TEST_CASE("what was counted at a case's last event is still so until `counts_until` [T12][T21]") {
    rc::prop("read at any later time", [] {
        World w;
        Case c = any_report(w);
        for (int i = drawn(0, 8); i > 0; --i) c = one_step(w, c);
        const Counted kept = count_of(c, c.last_at);
        const auto until = counts_until(c);
        const auto at_instant = [&](Instant now) {
            Case read = c;
            advance(read.clocks, now);
            Counted then = count_of(read, now);
            then.overdue = kept.overdue;
            return then;
        };
        const Instant later = c.last_at + std::chrono::minutes{drawn(0, 30'000)};
        if (!until || later <= *until) RC_ASSERT(at_instant(later) == kept);
        if (until && *until >= c.last_at) RC_ASSERT(at_instant(*until) == kept);
    });
}
