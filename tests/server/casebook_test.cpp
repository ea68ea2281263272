// What the judgement promises of a store: frozen versions, one transaction, timers, capacity, revisions,
// draining, and an explanation from the record. Over the embedded store and its real writer. Instants as in
// tests/build: Monday is the 23rd, working time 08:30-12:00 and 14:00-17:30, a case of 09:00 has its sign-off
// due at 09:30, its warnings at 09:15 and 09:24.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "server/time_source.hpp"
#include "stored_district.hpp"
#include "tests/build/district.hpp"

using namespace mashang;
using namespace mashang::build;
using namespace mashang::server;
using K = CommandKind;

namespace {

std::int64_t rows(StoredDistrict& d, const std::string& table) {
    return d.count("select count(*) from " + table);
}

Case closed(StoredDistrict& d, const Case& dispatched) {
    Case c = d.by_owner(dispatched, K::sign_off);
    c = d.by_owner(c, K::close);
    return d.give(c, K::review, d.world.as(staff::reviewer));
}

std::vector<std::string> thresholds(StoredDistrict& d, CaseId id) {
    std::vector<std::string> all;
    for (const auto& e : d.journal(id))
        if (e.passed)
            all.push_back(wall(e.at) + ' ' + std::string(to_string(e.passed->stage)) + ' ' +
                          std::string(to_string(e.passed->threshold)));
    return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an open case keeps standards, calendar and rules of its dispatch, a new one has the new [T17]") {
    StoredDistrict d;
    Case before = d.submitted(1);
    auto quicker = d.world.standards->entries();
    for (auto& s : quicker) s.response = {Unit::working_hours, 1};
    d.data->standards.all[8] = TimeStandards::build(8, std::move(quicker)).value();
    d.data->standards.current = 8;
    auto spec = d.world.calendar->spec();
    spec.version = 5;
    spec.overrides = {{d.world.calendar->day_of(at(24, 12)), {}}};  // Tuesday becomes a day of rest
    d.data->calendars.all[5] = Calendar::build(spec).value();
    d.data->calendars.current = 5;
    auto rules_now = d.world.rulebook->rules();
    rules_now.back().then.owner = Role::street;
    d.data->rulebooks.all[9] = Rulebook::build(9, std::move(rules_now)).value();
    d.data->rulebooks.current = 9;

    Case after = d.submitted(2);
    CHECK(after.versions.standards == 8);
    CHECK(after.owner.role == Role::street);
    CHECK(due(after, Stage::closure) == "25 10:00");  // over the day of rest
    CHECK(due(before, Stage::closure) == "24 10:00");
    d.world.now = at(23, 9, 10);
    before = d.by_owner(before, K::sign_off);
    after = d.by_owner(after, K::sign_off);
    CHECK(due(before, Stage::response) == "23 11:10");
    CHECK(due(after, Stage::response) == "23 10:10");
    before = d.by_owner(before, K::reclassify, [](Command& k) { k.matter = matter::slow; });
    CHECK(due(before, Stage::closure) == "26 12:00");  // 24wh with Tuesday worked
    CHECK(before.versions == Versions{3, 7, 4, 1, 1, 5});
    const auto submitted = d.journal(before.id).front();
    const auto trace = explain(submitted, d.data->policy(before.versions, {}));
    REQUIRE(trace.has_value());
    CHECK(trace->hash == submitted.decision->trace_hash);
}

TEST_CASE("a version is in force whole or not at all, and the one before stays to be had [T17][T32]") {
    StoredDistrict d;
    const auto document = [](std::string_view name) {
        std::ifstream in(std::string(MASHANG_DEFAULTS) + '/' + std::string(name) + ".json");
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    };
    const auto activate = [&](int version, std::string body, bool fails) {
        return d.write<bool>([&](schema::Tx& tx) -> Result<bool> {
            const Instant at_ms = at(23, 9, version);
            schema::insert_document(
                tx, {StoredDistrict::code, "standards", version, body, at_ms, {}, {}, {}, {}});
            schema::activate_document(tx, StoredDistrict::code, "standards", version, at_ms);
            if (fails) return make_error(Errc::invalid, "error.invalid_input");
            return true;
        });
    };
    const auto in_force = [&] {
        return d.read<int>([](schema::Tx& tx) -> Result<int> {
            return schema::active_document(tx, StoredDistrict::code, "standards")->version;
        });
    };
    const std::string standards = document("standards");
    REQUIRE(activate(1, standards, false).has_value());
    CHECK(in_force() == 1);
    CHECK(activate(2, standards, true).has_error());  // a check that fails after it was written
    CHECK(in_force() == 1);
    CHECK(rows(d, "documents") == 1);
    REQUIRE(activate(2, standards, false).has_value());
    CHECK(in_force() == 2);
    const auto back = d.write<bool>([](schema::Tx& tx) -> Result<bool> {
        schema::activate_document(tx, StoredDistrict::code, "standards", 1, at(23, 10));
        return true;
    });
    REQUIRE(back.has_value());
    CHECK(in_force() == 1);
    CHECK(rows(d, "documents") == 2);
    // Who holds a snapshot decides by it to the end, whatever comes into force meanwhile.
    const std::shared_ptr<const DecisionData> held = std::make_shared<DecisionData>(*d.data);
    d.data->standards.all[8] = d.data->standards.all[7];
    d.data->standards.current = 8;
    CHECK(held->versions().standards == 7);
    CHECK(&held->policy({}).standards == d.world.standards.get());
}

TEST_CASE("an end takes all timers along, in the very transaction [T20]") {
    StoredDistrict d;
    const auto ends = [&](const std::function<Case(const Case&)>& end, int place) {
        const Case c = d.submitted(place);
        REQUIRE(d.row(c.id).next_timer == at(23, 9, 15));
        d.execute("create trigger broken before insert on journal begin select raise(abort, 'no'); end");
        CHECK_THROWS(end(c));
        CHECK(d.row(c.id).next_timer == at(23, 9, 15));  // it did not end, so its timer is there
        d.execute("drop trigger broken");
        const Case after = end(c);
        INFO(to_string(after.status));
        CHECK_FALSE(is_open(after.status));
        CHECK_FALSE(d.row(c.id).next_timer);
        CHECK_FALSE(d.row(c.id).next_due);
    };
    ends([&](const Case& c) { return d.give(c, K::reject, d.world.as(staff::leader)); }, 1);
    ends([&](const Case& c) { return d.give(c, K::withdraw, World::resident()); }, 2);
    const Case done = closed(d, d.submitted(3));
    CHECK_FALSE(d.row(done.id).next_timer);
    d.world.now = at(30, 9);
    CHECK(d.fired().empty());
}

TEST_CASE("a threshold is fired once, though the timer is delivered twice or its cache is stale [T22]") {
    StoredDistrict d;
    const Case c = d.submitted();
    d.world.now = at(23, 9, 25);
    const auto twice = d.write<bool>([&](schema::Tx& tx) -> Result<bool> {
        CHECK(d.casebook.fire_due(tx, *d.data, d.world.now, 64, nullptr).size() == 1);
        CHECK(d.casebook.fire_due(tx, *d.data, d.world.now, 64, nullptr).empty());
        return true;
    });
    REQUIRE(twice.has_value());
    const Lines expected = {"23 09:25 sign_off half", "23 09:25 sign_off most"};
    CHECK(thresholds(d, c.id) == expected);
    d.execute("update cases set next_timer = 1");  // as if an old timer came in once more
    std::vector<CaseId> poisoned;
    CHECK(d.fired(64, &poisoned).empty());
    CHECK(poisoned.empty());
    CHECK(thresholds(d, c.id) == expected);
    CHECK(d.row(c.id).next_timer == at(23, 9, 30) + Millis{1});  // and the cache is right again
    CHECK(d.messages(staff::worker).size() == 2);
}

TEST_CASE("state, timer, journal and messages are one transaction: where one fails there is none [T23]") {
    StoredDistrict d;
    const Case c = d.submitted();
    d.world.now = at(23, 9, 25);
    const auto whole = [&] {
        return std::tuple(d.row(c.id).state, d.row(c.id).next_timer, d.journal(c.id).size(),
                          rows(d, "outbox"), rows(d, "texts"), d.load(staff::worker).open);
    };
    const auto before = whole();
    for (const char* table : {"insert on journal", "insert on outbox", "update on cases"}) {
        INFO(table);
        d.execute("create trigger broken before " + std::string(table) +
                  " begin select raise(abort, 'no'); end");
        CHECK_THROWS(d.fired());
        CHECK(whole() == before);
        d.execute("drop trigger broken");
    }
    // The messages of the second of two thresholds fail: the first is not kept either.
    d.execute(
        "create trigger broken before insert on outbox when new.what = 'told.most'"
        " begin select raise(abort, 'no'); end");
    CHECK_THROWS(d.fired());
    CHECK(whole() == before);
    d.execute("drop trigger broken");
    CHECK(d.fired().size() == 1);
    CHECK(rows(d, "outbox") == 3);  // the owner twice, his leader once
}

TEST_CASE("a command and a report leave nothing behind where one of their rows fails [T23][T34]") {
    StoredDistrict d;
    const Case c = d.submitted();
    const auto whole = [&] {
        std::vector<std::int64_t> all;
        for (const char* table : {"cases", "journal", "reports", "texts", "workload", "idempotency"})
            all.push_back(rows(d, table));
        return std::tuple(all, d.row(c.id).state, d.load(staff::worker).open);
    };
    const auto before = whole();
    for (const char* table : {"insert on journal", "update on cases", "insert on texts"}) {
        INFO(table);
        d.execute("create trigger broken before " + std::string(table) +
                  " begin select raise(abort, 'no'); end");
        CHECK_THROWS(d.by_owner(c, K::transfer));
        CHECK(whole() == before);
        d.execute("drop trigger broken");
    }
    for (const char* table :
         {"insert on cases", "insert on journal", "insert on reports", "insert on workload"}) {
        INFO(table);
        d.execute("create trigger broken before " + std::string(table) +
                  " begin select raise(abort, 'no'); end");
        CHECK(d.tried(d.report(2)).has_error());
        CHECK(whole() == before);
        d.execute("drop trigger broken");
    }
}

TEST_CASE("timers fire oldest first over all cases, in batches, and what is broken is set aside [T24]") {
    StoredDistrict d;
    std::vector<CaseId> ids;
    for (int n = 0; n < 6; ++n) {
        d.world.now = at(23, 9, 2 * n);
        ids.push_back(d.submitted(n + 1).id);
    }
    d.world.now = at(23, 9, 29);
    // The third cannot be read, the fourth cannot be written: its journal has that number already.
    d.execute("update cases set state = '{' where case_id = " + std::to_string(raw(ids[2])));
    d.execute(
        "insert into journal select district, case_id, 2, type, version, at, actor, payload, prev_hash,"
        " hash from journal where case_id = " +
        std::to_string(raw(ids[3])));
    std::vector<CaseId> poisoned;
    auto fired = d.fired(2, &poisoned);
    REQUIRE(fired.size() == 2);
    CHECK(fired[0].c.id == ids[0]);
    CHECK(fired[1].c.id == ids[1]);
    CHECK(d.row(ids[4]).next_timer == at(23, 9, 8 + 15));  // the rest has to wait for its batch
    fired = d.fired(1, &poisoned);
    CHECK(fired.empty());
    CHECK(poisoned == std::vector{ids[2]});
    CHECK_THROWS(d.fired(64));  // the batch breaks on the fourth
    const auto aside = d.write<std::optional<CaseId>>([&](schema::Tx& tx) -> Result<std::optional<CaseId>> {
        return d.casebook.set_aside_oldest(tx, StoredDistrict::code, d.world.now);
    });
    CHECK(*aside == ids[3]);
    fired = d.fired(64, &poisoned);
    REQUIRE(fired.size() == 2);
    CHECK(fired[0].c.id == ids[4]);
    CHECK(fired[1].c.id == ids[5]);
    CHECK(poisoned.size() == 1);
}

TEST_CASE("the machine's clock that steps back un-fires nothing, and the step is told [T27]") {
    Instant machine = at(23, 9, 20);
    TimeSource source([&] { return machine; });
    StoredDistrict d;
    const Case c = d.submitted();
    d.world.now = source.now();
    CHECK(d.fired().size() == 1);
    const auto told = thresholds(d, c.id);
    machine = at(23, 8);  // an hour and twenty minutes back
    CHECK(source.now() == at(23, 9, 20));
    CHECK(source.skew_max() == std::chrono::minutes{80});
    CHECK(source.behind() == std::chrono::minutes{80});
    machine = at(23, 9, 10);
    CHECK(source.now() == at(23, 9, 20));
    CHECK(source.behind() == std::chrono::minutes{10});
    CHECK(source.skew_max() == std::chrono::minutes{80});
    machine = at(23, 9, 21);
    CHECK(source.now() == machine);
    CHECK(source.behind() == Millis{0});
    // Also where another server's clock is behind: what is recorded stays, and nothing comes before it.
    d.world.now = at(23, 8);
    CHECK(d.fired().empty());
    CHECK(thresholds(d, c.id) == told);
    const Case after = d.by_owner(c, K::sign_off);
    CHECK(after.last_at == at(23, 9, 20));
    CHECK(d.replayed(c.id) == after);
}

TEST_CASE("who was skipped on the ladder stands in the record, and somebody is told at once [T28]") {
    StoredDistrict d;
    auto all = people();
    for (auto& p : all)
        if (p.party.role == Role::leader || p.party.role == Role::community) p.active = false;
    d.people(std::move(all));
    const Case c = d.submitted();
    d.world.now = at(23, 9, 31);
    d.fired();
    std::optional<Passed> last;
    for (const auto& e : d.journal(c.id))
        if (e.passed) last = e.passed;
    REQUIRE(last);
    CHECK(last->threshold == Threshold::due);
    CHECK(last->skipped == std::vector{Role::leader, Role::community});
    REQUIRE(last->told.size() == 1);
    CHECK(last->told.front().role == Role::street);
    CHECK_FALSE(d.messages(last->told.front().id).empty());
}

TEST_CASE("quiet hours hold messages back and bundle them; the breach is recorded at its instant [T29]") {
    StoredDistrict d;
    d.world.now = at(23, 17);
    auto report = d.report();
    report.matter = matter::stepped;  // fence in 3eh: half at 18:30, 80 % at 19:24, due at 20:00
    Case c = d.tried(report).value().c;
    REQUIRE(c.owner.id == staff::worker);  // at work until 17:30
    c = d.by_owner(c, K::sign_off);
    for (const Instant t : {at(23, 18, 30), at(23, 19, 24), at(23, 20, 0, 1)}) {
        d.world.now = t;
        d.fired();
    }
    CHECK(thresholds(d, c.id) ==
          Lines{"23 18:30 closure half", "23 19:24 closure most", "23 20:00:01.000 closure due"});
    CHECK(wall(find_clock(d.stored(c.id).clocks, Stage::closure, 1, "fence")->breached_at) == "23 20:00");
    CHECK(d.messages(staff::worker).empty());      // he has gone home
    CHECK(d.messages(staff::leader).size() == 2);  // who has no shift is told at once
    d.world.now = at(24, 8, 30) - Millis{1};
    CHECK(d.messages(staff::worker).empty());
    d.world.now = at(24, 8, 30);
    const auto morning = d.messages(staff::worker);
    REQUIRE(morning.size() == 1);  // of one case the latest
    CHECK(morning.front().at == at(24, 8, 30));
    CHECK(morning.front().what == "told.most");
}

TEST_CASE("past an hour's messages the rest is one, and every warning still has its row and instant [T29]") {
    StoredDistrict d;
    auto people = d.world.roster->people();
    for (auto& p : people)
        if (p.party.id == staff::leader) p.messages_an_hour = 3;  // one alone
    d.people(std::move(people));
    std::vector<Case> cases;
    d.world.now = at(23, 9);
    for (int place = 1; place <= 4; ++place) cases.push_back(d.submitted(place));
    d.world.now = at(23, 9, 24);  // 80 %: the leader is told of each
    d.fired();
    CHECK(d.messages(staff::leader).size() == 1);
    CHECK(d.count("select count(*) from outbox where recipient_id = " + std::to_string(raw(staff::leader))) ==
          4);
    CHECK(d.count("select count(*) from outbox where channel = 'bundle' and at = " +
                  std::to_string(at(23, 10).time_since_epoch().count())) == 3);
    for (const auto& c : cases) CHECK(thresholds(d, c.id).back() == "23 09:24 sign_off most");
}

TEST_CASE("what is urgent knows no quiet hours [T29]") {
    StoredDistrict d;
    d.world.now = at(23, 17, 25);
    auto report = d.report();
    report.text = "爆管";
    const Case c = d.tried(report).value().c;
    REQUIRE(c.priority == Priority::emergency);
    REQUIRE(c.owner.id == staff::worker);
    d.world.now = at(23, 17, 33);  // half of 15em, after his shift
    d.fired();
    CHECK(d.messages(staff::worker).size() == 1);
}
