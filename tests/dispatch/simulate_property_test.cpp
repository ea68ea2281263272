// What-if over drawn pasts: under the documents that were in force it tells what happened; under another rule
// exactly those move whom somebody else, reading the facts, says so of.
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/build/district.hpp"
#include "tests/build/town.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

int drawn(int from, int to) {
    return *rc::gen::resize(1000, rc::gen::inRange(from, to));
}

const std::string elsewhere = "330106010001001";

void any_report(Town& t) {
    t.report([](Submission& s) {
        s.place.code = CodeId{drawn(1, 4)};
        if (drawn(0, 6) == 0) {
            s.place.grid_code = elsewhere;
            s.place.code = CodeId{drawn(11, 13)};
        }
        s.matter = *rc::gen::element(matter::ordinary, matter::quick, matter::stepped, matter::in_days,
                                     matter::petition, matter::whole_way, matter::pictured);
        s.priority = *rc::gen::element(Priority::ordinary, Priority::ordinary, Priority::urgent);
        if (drawn(0, 5) == 0) s.words = {*rc::gen::element<std::string>("爆管", "占道")};
        if (drawn(0, 2) == 0) s.distance_m = drawn(0, 400);
    });
}

// Somebody does something that fits where the case stands; a refusal is nobody's harm.
void any_deed(Town& t, CaseId id) {
    const Case& c = t.at(id);
    const World& w = t.world;
    const Actor leader = w.as(staff::leader), street = w.as(staff::street_officer);
    const auto close = [](Command& k) { k.media = {"photo"}; };
    const int what = drawn(0, 20);
    if (what == 0) {
        t.give(id, K::transfer, leader);
    } else if (what == 1) {
        t.by_owner(id, K::return_case);
        t.give(id, K::decide_return, leader);
    } else if (what == 2) {
        t.give(id, K::reclassify, leader, [](Command& k) {
            k.matter = *rc::gen::element(matter::slow, matter::quick, matter::in_days);
        });
    } else if (what == 3) {
        t.give(id, K::reprioritise, leader,
               [](Command& k) { k.priority = *rc::gen::element(Priority::ordinary, Priority::emergency); });
    } else if (what == 4) {
        const Instant until = w.now + std::chrono::minutes{drawn(10, 2000)};
        t.give(id, K::pause, street, [&](Command& k) { k.until = until; });
    } else if (what == 5) {
        t.give(id, K::resume, street);
    } else if (what == 6) {
        t.by_owner(id, K::request_extension);
        t.give(id, K::decide_extension, leader);
    } else if (what == 7) {
        t.by_owner(id, K::finish_step,
                   [](Command& k) { k.step = *rc::gen::element<std::string>("fence", "mend"); });
    } else if (what == 8 && drawn(0, 3) == 0) {
        t.give(id, K::reject, street);
    } else if (c.status == Status::closed) {
        const int score = drawn(1, 6);
        if (drawn(0, 2) == 0) t.give(id, K::rate, World::resident(), [&](Command& k) { k.score = score; });
        if (drawn(0, 5) == 0) t.give(id, K::reopen, street);
    } else if (c.status == Status::in_review) {
        const bool good = drawn(0, 3) > 0;
        const auto reviewer = *rc::gen::element(staff::reviewer, staff::second_reviewer);
        t.give(id, K::review, w.as(reviewer), [&](Command& k) { k.yes = good; });
    } else if (!t.by_owner(id, K::sign_off) && (drawn(0, 2) == 0 || !t.by_owner(id, K::respond))) {
        for (const Part& part : c.parts)
            t.give(id, K::waive_part, leader, [&](Command& k) { k.number = part.number; });
        t.by_owner(id, K::close, close);
    }
}

// One instant never has two things in it, but for what time itself brings.
void one_step(Town& t) {
    t.world.now += std::chrono::minutes{*rc::gen::element(0, 1, 7, 20, 60, 200, 700)} + Millis{1};
    t.time_passes();
    t.world.now += Millis{1};
    if (t.cases().empty() || drawn(0, 3) == 0) return any_report(t);
    auto c = t.cases().begin();
    std::advance(c, drawn(0, static_cast<int>(t.cases().size())));
    any_deed(t, c->first);
}

void few_hands(World& w) {
    for (const PersonId id : {staff::worker, staff::second_worker, staff::leader, staff::second_leader}) {
        Person p = *w.roster->find(id);
        p.capacity = 2;
        w.replace_person(p);
    }
    for (const PersonId id : {staff::third_worker, staff::fourth_worker, staff::fifth_worker})
        w.send_home(id);
}

struct Lateness {
    std::size_t sign_off = 0, response = 0, closure = 0;
};

Lateness late_cases(const Town& t, Instant from) {
    Lateness n;
    for (const auto& [id, c] : t.cases()) {
        if (c.accepted_at < from) continue;
        std::set<Stage> late;
        auto clocks = c.clocks;
        advance(clocks, t.world.now);
        for (const Clock& k : clocks)
            if (k.breached_at) late.insert(k.stage);
        n.sign_off += late.contains(Stage::sign_off);
        n.response += late.contains(Stage::response);
        n.closure += late.contains(Stage::closure);
    }
    return n;
}

}  // namespace

TEST_CASE("under the documents of then a what-if tells what happened, nothing else [T40][T38]") {
    rc::prop("a drawn past of the small district, judged again by its own documents", [] {
        Town t;
        if (drawn(0, 2) == 0) few_hands(t.world);
        const int before = drawn(0, 2) * drawn(0, 15), steps = drawn(1, 40);
        for (int i = 0; i < before; ++i) one_step(t);
        const Instant from = t.world.now;
        for (int i = 0; i < steps; ++i) one_step(t);
        const auto past = t.past();
        const auto told =
            simulate(past, t.world.policy(), {from, t.world.now + Millis{1}, t.world.now, 20, {}});
        RC_ASSERT(told.has_value());
        const Simulation& s = *told;
        for (const Moved& m : s.samples)
            RC_LOG() << "moved: case " << raw(m.id) << " from " << raw(m.was.owner.id) << " to "
                     << raw(m.would.owner.id) << '\n';
        RC_ASSERT(s.samples.empty());
        RC_ASSERT(s.owner_moved + s.priority_moved + s.rule_moved + s.due_moved == 0U);
        RC_ASSERT(s.moves.empty());
        RC_ASSERT(s.nobody + s.refused == 0U);
        RC_ASSERT(s.waiting_was == s.waiting_would);
        const Lateness late = late_cases(t, from);
        RC_ASSERT(s.breaches[0] == (Breaches{Stage::sign_off, late.sign_off, late.sign_off, 0, 0}));
        RC_ASSERT(s.breaches[1] == (Breaches{Stage::response, late.response, late.response, 0, 0}));
        RC_ASSERT(s.breaches[2] == (Breaches{Stage::closure, late.closure, late.closure, 0, 0}));
        for (const LoadOf& load : s.loads) {
            RC_ASSERT(load.assigned_was == load.assigned_would);
            RC_ASSERT(load.peak_was == load.peak_would);
            if (before == 0) RC_ASSERT(load.peak_was == t.most_open(load.person));
        }
    });
}

TEST_CASE("one changed rule moves exactly the reports whose facts meet it, whatever else happened [T40]") {
    rc::prop("one worker and one desk a level, so that nobody's load moves anybody", [] {
        Town t;
        for (const PersonId id : {staff::second_worker, staff::third_worker, staff::fourth_worker,
                                  staff::fifth_worker, staff::street_officer, staff::leader})
            t.world.send_home(id);
        Person worker = *t.world.roster->find(staff::worker);
        worker.capacity = 0;
        worker.shift.clear();
        t.world.replace_person(worker);
        const int steps = drawn(1, 30);
        for (int i = 0; i < steps; ++i) one_step(t);

        // Nights and far-away phones go to the street's desk.
        const int metres = drawn(1, 400);
        auto rules = t.world.rulebook->rules();
        Rule far;
        far.order = 1;
        far.id = "far";
        far.name = far.name_en = "far";
        far.when.is = Any{{Condition{DistanceAtLeast{metres}}, Condition{LocalTimeIn{22 * 60, 6 * 60}}}};
        far.then.owner = Role::street;
        rules.push_back(far);
        const auto book = Rulebook::build(4, rules).value();
        Policy draft = t.world.policy();
        const Policy draft_policy{draft.calendar, draft.standards, *book, draft.roster, {}, draft.versions};
        const auto past = t.past();
        const auto told = simulate(
            past, draft_policy, {at(1, 0), at(30, 0) + std::chrono::hours{24 * 60}, t.world.now, 10000, {}});
        RC_ASSERT(told.has_value());

        std::set<std::int64_t> expected, found;
        for (const auto& [id, c] : t.cases()) {
            const Opening& o = *t.journal(id).front().opening;
            const auto minute = (c.accepted_at.time_since_epoch().count() / 60000 + 8 * 60) % 1440;
            const bool meets = o.distance_m >= metres || minute >= 22 * 60 || minute < 6 * 60;
            const bool was_street = t.journal(id).front().owner->id == staff::street_desk;
            const bool here = o.place.grid_code == grid;
            if (meets && here && !was_street) expected.insert(raw(id));
        }
        for (const Moved& m : told->samples) {
            if (m.was.owner.id == m.would.owner.id || m.grid_code != grid) continue;
            RC_ASSERT(m.would.owner.id == staff::street_desk);
            RC_ASSERT(m.would.rule == "far");
            found.insert(raw(m.id));
        }
        RC_ASSERT(found == expected);
    });
}

TEST_CASE("a what-if is the same in whatever order its past is given [T40]") {
    rc::prop("a shuffled past", [] {
        Town t;
        few_hands(t.world);
        const int steps = drawn(1, 30);
        for (int i = 0; i < steps; ++i) one_step(t);
        Town fewer;
        few_hands(fewer.world);
        Person p = *fewer.world.roster->find(staff::worker);
        p.capacity = 1;
        fewer.world.replace_person(p);
        auto past = t.past();
        const WhatIf what{at(1, 0), t.world.now + Millis{1}, t.world.now, 5, {}};
        const auto one = simulate(past, fewer.world.policy(), what);
        for (std::size_t i = past.size(); i > 1; --i)
            std::swap(past[i - 1], past[static_cast<std::size_t>(drawn(0, static_cast<int>(i)))]);
        const auto other = simulate(past, fewer.world.policy(), what);
        RC_ASSERT(one.has_value());
        const bool same = one.value() == other.value();
        RC_ASSERT(same);
    });
}
