// Invariants 6 and 8 of semantics.md on the embedded store: drawn lives inside one transaction that is rolled
// back at the end, so that ten thousand of them cost no disk. A crash at a commit point is a savepoint that
// is rolled back: what the store does when its commit did not come about (crash_test proves that it does).
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>

#include "schema/codec/case_json.hpp"
#include "schema/session.hpp"
#include "stored_district.hpp"
#include "tests/build/district.hpp"

using namespace mashang;
using namespace mashang::build;
using namespace mashang::server;
using K = CommandKind;

namespace {

int drawn(int from, int to) {
    return *rc::gen::resize(1000, rc::gen::inRange(from, to));
}

// A district whose every draw begins from the same empty tables.
struct Bench {
    StoredDistrict d;
    schema::Session session{d.folder.database(), schema::Session::Use::write};
    schema::Tx tx{session};

    Case submitted(const SubmitReport& report) {
        auto changed = d.casebook.submit(tx, *d.data, report, d.world.now);
        RC_ASSERT(changed.has_value());
        return std::move(changed->c);
    }
    Result<Case> tried(CaseId id, const GiveCommand& give) {
        auto changes = d.casebook.commands(tx, *d.data, id, give, d.world.now);
        if (!changes) return changes.error();
        return std::move(changes->front().c);
    }
    Case stored(CaseId id) {
        return schema::decode_case(schema::case_by_id(tx, StoredDistrict::code, id)->state).value();
    }
};

struct RolledBack {
    schema::Session& session;
    explicit RolledBack(schema::Session& s) : session(s) { session.begin(); }
    ~RolledBack() { session.rollback(); }
};

// One delivery of what is due: it may crash before its commit, and it may come twice.
void deliver(Bench& s) {
    const auto fire = [&] {
        std::vector<CaseId> poisoned;
        s.d.casebook.fire_due(s.tx, *s.d.data, s.d.world.now, static_cast<std::size_t>(drawn(1, 4)),
                              &poisoned);
        RC_ASSERT(poisoned.empty());
    };
    if (drawn(0, 3) == 0) {
        s.session.execute("savepoint before_it");
        fire();
        s.session.execute("rollback to before_it");
        s.session.execute("release before_it");
    }
    fire();
    if (drawn(0, 3) == 0) fire();
    if (drawn(0, 6) == 0) s.session.execute("update cases set next_timer = 1 where next_timer is not null");
}

void somebody_acts(Bench& s, CaseId id) {
    const Case c = s.stored(id);
    const K kind = *rc::gen::element(K::sign_off, K::respond, K::close, K::review, K::pause, K::resume,
                                     K::transfer, K::reprioritise, K::note);
    const Actor actor = kind == K::review  ? s.d.world.as(staff::reviewer)
                        : kind == K::pause ? s.d.world.as(staff::leader)
                                           : s.d.world.owner(c);
    auto give = s.d.command(c, kind, actor, [&](Command& k) { k.yes = drawn(0, 3) > 0; });
    (void)s.tried(id, give);
}

// What the store says of a case: the row is the fold, each threshold stands once, each message has its one.
void check_fired_once(Bench& s, CaseId id) {
    const auto events = events_of(s.tx, StoredDistrict::code, id).value();
    RC_ASSERT(replay(StoredDistrict::code, id, events) == s.stored(id));
    std::set<std::tuple<Stage, int, std::string, Threshold, int>> told;
    for (const auto& e : events) {
        if (!e.passed) continue;
        const Passed& p = *e.passed;
        RC_ASSERT(told.emplace(p.stage, p.attempt, p.step, p.threshold, p.repeat).second);
    }
}

std::size_t told_in_all(Bench& s, const std::vector<CaseId>& ids) {
    std::size_t n = 0;
    for (const CaseId id : ids)
        for (const auto& e : events_of(s.tx, StoredDistrict::code, id).value())
            if (e.passed) n += e.passed->told.size();
    return n;
}

}  // namespace

TEST_CASE("each threshold fires once, whatever is delivered twice or crashes before its commit [T22][T23]") {
    Bench s;
    rc::prop("two cases, crashes and duplicates", [&] {
        const RolledBack undo(s.session);
        s.d.world.now = at(23, drawn(9, 12), drawn(0, 60));
        std::vector<CaseId> ids;
        for (int n = 1; n <= 2; ++n) {
            auto report = s.d.report(n);
            if (drawn(0, 2) == 0) report.text = "爆管";  // an emergency: no message is held or bundled
            ids.push_back(s.submitted(report).id);
        }
        const int steps = drawn(1, 6);
        for (int i = 0; i < steps; ++i) {
            s.d.world.now += std::chrono::minutes{*rc::gen::element(0, 1, 20, 60, 400)};
            if (drawn(0, 3) == 0) somebody_acts(s, ids[static_cast<std::size_t>(drawn(0, 2))]);
            deliver(s);
        }
        for (const CaseId id : ids) check_fired_once(s, id);
        const auto messages = schema::Query(s.tx, "select count(*) from outbox").value<std::int64_t>();
        RC_ASSERT(static_cast<std::size_t>(messages) <= told_in_all(s, ids));
    });
}

namespace {

// Who has how many in hand, counted from the cases themselves.
std::map<std::int64_t, int> in_hand(Bench& s, const std::vector<CaseId>& ids) {
    std::map<std::int64_t, int> open;
    for (const CaseId id : ids) {
        const Case c = s.stored(id);
        const bool counts =
            c.status == Status::dispatched || c.status == Status::signed_off || c.status == Status::responded;
        if (counts) ++open[raw(c.owner.id)];
    }
    return open;
}

// Given to somebody by this event: dispatch, assignment, transfer, ruling, draining, an accepted return.
bool gives(const Event& e) {
    return e.owner && e.type != EventType::co_handler_added && e.type != EventType::reopened &&
           !(e.decision && e.decision->waiting);
}

struct Race {
    Bench& s;
    std::vector<CaseId> ids;
    std::map<std::int64_t, std::size_t> seen;  // events of each case looked at so far

    // After each change: who was given a case had room for it, and the stored loads are the counted ones.
    void check(const std::map<std::int64_t, int>& before) {
        for (const CaseId id : ids) {
            const auto events = events_of(s.tx, StoredDistrict::code, id).value();
            for (std::size_t i = seen[raw(id)]; i < events.size(); ++i) {
                if (!gives(events[i])) continue;
                const Person* to = s.d.world.roster->find(events[i].owner->id);
                RC_ASSERT(to != nullptr);
                const auto had = before.find(raw(to->party.id));
                const int open = had == before.end() ? 0 : had->second;
                RC_ASSERT(to->party.desk || to->capacity == 0 || open < to->capacity ||
                          events[i].type == EventType::adjudicated);
            }
            seen[raw(id)] = events.size();
            const Case c = s.stored(id);
            RC_ASSERT(s.d.world.roster->find(c.owner.id) != nullptr);  // exactly one, and he is there
        }
        for (const auto& [id, open] : in_hand(s, ids))
            RC_ASSERT(schema::workload_of(s.tx, StoredDistrict::code, PersonId{id}).open == open);
    }

    // What somebody decided a while ago, on the case as it was then.
    GiveCommand decided_on(const Case& c) {
        const K kind = *rc::gen::element(K::assign, K::transfer, K::sign_off, K::close, K::review, K::reject,
                                         K::return_case, K::decide_return, K::adjudicate);
        const Actor actor =
            kind == K::review ? s.d.world.as(staff::reviewer)
            : kind == K::assign || kind == K::decide_return || kind == K::reject || kind == K::adjudicate
                ? s.d.world.as(staff::street_desk)
                : s.d.world.owner(c);
        return s.d.command(c, kind, actor, [&](Command& k) {
            k.revision = c.revision;
            k.yes = drawn(0, 4) > 0;
        });
    }
};

std::vector<Person> small_hands() {
    auto all = people();
    std::erase_if(all, [](const Person& p) {
        return !p.party.desk && p.party.role != Role::worker && p.party.role != Role::reviewer;
    });
    for (auto& p : all)
        if (p.party.role == Role::worker) p.capacity = drawn(1, 3);
    return all;
}

void somebody_leaves(Bench& s) {
    auto all = s.d.world.roster->people();
    Person& p = all.at(static_cast<std::size_t>(drawn(0, 5)));
    if (drawn(0, 2) == 0) {
        p.active = !p.active;
    } else {
        p.leave = {{s.d.world.now, s.d.world.now + std::chrono::hours{24}}};
    }
    s.d.people(std::move(all));
}

}  // namespace

TEST_CASE("racing assignment, transfer and leave pass no capacity and leave each case one owner [T33][T34]") {
    Bench s;
    rc::prop("stale decisions among fresh ones", [&] {
        const RolledBack undo(s.session);
        s.d.world.now = at(23, 9);
        s.d.people(small_hands());
        Race race{s, {}, {}};
        std::vector<std::pair<CaseId, GiveCommand>> under_way;
        const int steps = drawn(2, 10);
        for (int i = 0; i < steps; ++i) {
            const auto before = in_hand(s, race.ids);
            const int what = race.ids.empty() ? 0 : drawn(0, 6);
            if (what <= 1) race.ids.push_back(s.submitted(s.d.report(drawn(1, 9))).id);
            if (what == 2) somebody_leaves(s);
            if (what == 3) s.d.casebook.drain(s.tx, *s.d.data, s.d.world.now, 1);
            if (what >= 4) {
                const Case c = s.stored(*rc::gen::elementOf(race.ids));
                under_way.emplace_back(c.id, race.decided_on(c));
                const auto pick = static_cast<std::size_t>(drawn(0, static_cast<int>(under_way.size())));
                (void)s.tried(under_way[pick].first, under_way[pick].second);  // perhaps an older one
            }
            race.check(before);
        }
    });
}
