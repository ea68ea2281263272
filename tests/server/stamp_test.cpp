// Stamped cases are as whole as those that were played: what proves a store finds nothing amiss in them.
#include "server/stamp.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "schema/chain.hpp"
#include "schema/codec/case_json.hpp"
#include "server/api/metrics_material.hpp"
#include "server/audit.hpp"
#include "server/casebook.hpp"
#include "server/demo_store.hpp"
#include "server/keys.hpp"
#include "server/waiting.hpp"
#include "tests/schema/store_rows.hpp"

using namespace mashang;
using namespace mashang::server;

namespace {

const Instant present{Millis{1795399200000}};  // 2026-11-23 10:00 at UTC+8
constexpr int demo_days = 5;
constexpr std::int64_t cases = 400, open_cases = 40, days = 210;

struct Stamped400 {
    test::Folder folder;
    Config config;
    Stamped stamped;
    std::int64_t played = 0;

    Stamped400() {
        config.data = std::filesystem::path(folder.database()).parent_path();
        config.store = "sqlite:" + folder.database();
        fill_demo(config, present, demo_days).value();
        played = number("select count(*) from cases");
        StampOptions options;
        options.cases = cases;
        options.open = open_cases;
        options.days = days;
        stamped = stamp_cases(config, options, present).value();
        // As rows of a time before the counts were kept.
        rows("update cases set counts = null, late_at = null, counts_until = null where serial % 3 = 0");
    }

    // The rows of one question, on a connection of its own: not by the code that is tested.
    std::vector<std::vector<std::string>> rows(const std::string& sql) const {
        std::vector<std::vector<std::string>> all;
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(folder.database().c_str(), &db) == SQLITE_OK);
        const auto add = [](void* to, int n, char** values, char**) {
            auto& row = static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back();
            for (int i = 0; i < n; ++i) row.emplace_back(values[i] ? values[i] : "null");
            return 0;
        };
        REQUIRE(sqlite3_exec(db, sql.c_str(), add, &all, nullptr) == SQLITE_OK);
        sqlite3_close(db);
        return all;
    }
    std::int64_t number(const std::string& sql) const { return std::stoll(rows(sql).at(0).at(0)); }
};

const Stamped400& filled() {
    static const Stamped400 store;
    return store;
}

// Ids of node 1 are the stamped ones; the demo plays on node 0.
const std::string is_stamped = "(case_id >> 12) & 1023 = 1";

}  // namespace

TEST_CASE("stamped cases replay to their rows and their chains verify") {
    const auto store = test::opened(filled().folder);
    const auto replayed = replay_cases(*store);
    REQUIRE(replayed.has_value());
    CHECK(replayed->cases == static_cast<std::size_t>(filled().played + cases));
    CHECK(replayed->differ == 0);
    const auto verified = verify_chains(*store);
    REQUIRE(verified.has_value());
    CHECK(verified->cases == replayed->cases);
    CHECK(verified->differ == 0);
}

TEST_CASE("stamped cases that have been at rest for long are packed, as a server would have done by then") {
    const auto& f = filled();
    const auto before = std::to_string((present - std::chrono::days{30}).time_since_epoch().count());
    const std::string last = "(select max(at) from journal j where j.case_id = cases.case_id)";
    CHECK(f.number("select count(*) from cases where state like 'z%'") > 150);
    CHECK(f.number("select count(*) from cases where (state like 'z%') <> (is_open = 0 and " + last + " < " +
                   before + ")") == 0);
    CHECK(f.number("select count(*) from journal where type = 'pack'") ==
          f.number("select count(*) from cases where state like 'z%'"));
    const std::string at_rest = " in (select case_id from cases where state = 'zj')";
    CHECK(f.number("select count(*) from outbox where case_id" + at_rest) == 0);
    CHECK(f.number("select max(number) from texts where case_id" + at_rest) == 0);
}

TEST_CASE("as many cases are stamped as were asked for, the open ones among them") {
    const auto& f = filled();
    CHECK(f.stamped.closed == 360);
    CHECK(f.stamped.open == 40);
    CHECK(f.number("select count(*) from cases where " + is_stamped) == 400);
    CHECK(f.number("select count(*) from cases where is_open = 1 and " + is_stamped) == 40);
    CHECK(f.number("select sum(seq) from (select max(seq) as seq from journal where " + is_stamped +
                   " group by case_id)") == f.stamped.events);
}

TEST_CASE("stamped cases have numbers, instants, places and owners of their own, over the days asked for") {
    const auto& f = filled();
    CHECK(f.number("select count(distinct day * 10000000 + serial) from cases") == f.played + cases);
    CHECK(f.number("select count(distinct accepted_at) from cases where is_open = 0 and " + is_stamped) >
          350);
    CHECK(f.number("select count(distinct code_id) from cases where " + is_stamped) > 100);
    CHECK(f.number("select count(distinct owner_id) from cases where " + is_stamped) > 100);
    CHECK(f.number("select count(distinct day) from cases where is_open = 0 and " + is_stamped) > 100);
    // An id begins with the millisecond of acceptance, so that spans of time are spans of ids.
    CHECK(f.number("select count(*) from cases where (case_id >> 22) + 1577836800000 <> accepted_at") == 0);
    CHECK(f.number("select max(at) from journal") <= present.time_since_epoch().count());
}

TEST_CASE("the people of a stamped case stand for its grid, and its reporter's name opens with its own key") {
    const auto& f = filled();
    const auto keys = load_keys(f.config.data / "keys.toml").value();
    CaseIds none(0);
    const Casebook casebook(none, keys.personal);
    const auto store = test::opened(f.folder);
    int named = 0;
    const auto seen = read_now<int>(*store, [&](schema::Tx& tx) -> Result<int> {
        const auto data = load_decision_data(tx, test::district).value();
        int covered = 0;
        for (const auto& row : f.rows("select case_id from cases where " + is_stamped)) {
            const CaseId id{std::stoll(row.at(0))};
            const auto c = replayed(tx, test::district, id).value();
            for (const auto& report : schema::reports_of(tx, test::district, id)) {
                if (report.person.empty()) continue;
                ++named;
                CHECK(casebook.person_of(report).has_value());
            }
            const Person* owner = data->roster->find(c.owner.id);
            REQUIRE(owner);
            covered += covers(owner->scope, c.place.grid_code) || covers(owner->backup, c.place.grid_code);
        }
        return covered;
    });
    REQUIRE(seen.has_value());
    CHECK(*seen > cases * 95 / 100);  // a case that was transferred may lie with somebody from elsewhere
    CHECK(named > 20);
}

TEST_CASE("each person's load counts the open cases that he owns, stamped or played") {
    const auto& f = filled();
    std::map<std::string, std::string> open, load;
    // In review nobody's hands are full with it (lifecycle.md): the reviewer is at work then.
    for (const auto& row : f.rows("select owner_id, count(*) from cases where status in ('dispatched',"
                                  " 'signed_off', 'responded') group by owner_id"))
        open[row.at(0)] = row.at(1);
    for (const auto& row : f.rows("select person_id, open from workload where open > 0"))
        load[row.at(0)] = row.at(1);
    CHECK(load == open);
}

TEST_CASE("every journal row is under a seal, and each seal is chained to the one before") {
    const auto& f = filled();
    const auto seals = f.rows("select at, root, prev_root, heads from seals order by at");
    REQUIRE(seals.size() > 40);
    const auto store = test::opened(f.folder);
    Instant from{};
    std::string prev;
    for (const auto& seal : seals) {
        const Instant at{Millis{std::stoll(seal.at(0))}};
        const auto heads = read_now<std::vector<std::pair<CaseId, std::string>>>(
                               *store,
                               [&](schema::Tx& tx) -> Result<std::vector<std::pair<CaseId, std::string>>> {
                                   return schema::heads_between(tx, test::district, from, at);
                               })
                               .value();
        CHECK(seal.at(2) == prev);
        // A pack tells its last head only, so that older roots can no longer be made from the rows.
        if (at > present - std::chrono::days{30}) {
            CHECK(std::to_string(heads.size()) == seal.at(3));
            CHECK(schema::seal_root(prev, heads) == seal.at(1));
        }
        from = at;
        prev = seal.at(1);
    }
    CHECK(f.number("select count(*) from journal where at > " + seals.back().at(0)) == 0);
}

TEST_CASE("figures from what is counted beside the cases are those of the folded cases, whenever asked") {
    const auto& f = filled();
    const auto store = test::opened(f.folder);
    const auto data = read_now<std::shared_ptr<const DecisionData>>(*store, [](schema::Tx& tx) {
                          return load_decision_data(tx, test::district);
                      }).value();
    const Calendar& calendar = data->calendars.now();
    const auto all = read_now<std::vector<Case>>(*store, [&](schema::Tx& tx) -> Result<std::vector<Case>> {
                         std::vector<Case> cases;
                         for (const auto& row : f.rows("select case_id from cases")) {
                             const CaseId id{std::stoll(row.at(0))};
                             const auto stored = schema::case_by_id(tx, test::district, id);
                             cases.push_back(schema::decode_case(stored.value().state).value());
                         }
                         return cases;
                     }).value();
    std::int64_t most_late = 0;
    for (const auto& prefix : {"330106", "330106012", "330106012005"})
        for (const auto later : {Millis{0}, Millis{std::chrono::hours{20}}, Millis{std::chrono::hours{300}}})
            for (const int span : {1, 7, 60}) {
                const Instant now = present + later;
                MetricsQuery query;
                query.report = MetricsReport::trend;  // which reads most
                query.prefixes = {prefix};
                query.period = {calendar.start_of(calendar.day_of(present) - std::chrono::days{span}),
                                calendar.start_of(calendar.day_of(present) + std::chrono::days{1})};
                auto read = read_now<Material>(*store, [&](schema::Tx& tx) {
                    return read_material(tx, test::district, query, calendar, now);
                });
                const auto counted = measures_of(std::move(*read), query, now).value();
                std::vector<Case> cases;
                for (const auto& c : all)
                    if (c.place.grid_code.starts_with(prefix)) cases.push_back(c);
                const Measures folded(std::move(cases), now);
                CHECK(counted.figures(query.period) == folded.figures(query.period));
                // Later nobody has fired the timers that end a pause in the row as well.
                if (later == Millis{0}) CHECK(counted.standing() == folded.standing());
                CHECK(counted.trend(query.period, calendar) == folded.trend(query.period, calendar));
                most_late = std::max(most_late, folded.figures(query.period).closed.of -
                                                    folded.figures(query.period).closed.n);
            }
    CHECK(most_late > 20);  // fell overdue after their rows were written
}

TEST_CASE("a store that has been stamped or served is not stamped again") {
    StampOptions options;
    options.cases = 10;
    const auto again = stamp_cases(filled().config, options, present);
    REQUIRE(again.has_error());
    CHECK(again.error().key == "error.stamp_fresh_demo");
}
