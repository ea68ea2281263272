#include <catch2/catch.hpp>
#include <map>

#include "schema/migrate.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

struct Base {
    Folder folder;
    Session session{folder.database(), Session::Use::write};
    Tx tx{session};
    Base() { REQUIRE(migrate(session, embedded_migrations()).has_value()); }
};

constexpr int here = test::district;

}  // namespace

TEST_CASE_METHOD(Base, "a report comes back whole, by its case and by its key, and the key is unique") {
    insert_report(tx, report_row(1));
    const auto back = report(tx, here, case_row(1).id, ReportId{1});
    REQUIRE(back);
    const auto want = report_row(1);
    CHECK(back->district == want.district);
    CHECK(back->case_id == want.case_id);
    CHECK(back->id == want.id);
    CHECK(back->seq == want.seq);
    CHECK(back->accepted_at == want.accepted_at);
    CHECK(back->kind == want.kind);
    CHECK(back->anonymous == want.anonymous);
    CHECK(back->text == want.text);
    CHECK(back->salt == want.salt);
    CHECK(back->text_number == want.text_number);
    CHECK(back->person == want.person);
    CHECK(back->extra == want.extra);
    CHECK(back->idem_scope == want.idem_scope);
    CHECK(back->idem_key == want.idem_key);
    CHECK(back->body_hash == want.body_hash);
    CHECK(report_by_key(tx, here, want.idem_scope, want.idem_key)->case_id == want.case_id);
    CHECK_FALSE(report_by_key(tx, here, "another scope", want.idem_key));

    auto same_key = report_row(2);
    same_key.idem_key = want.idem_key;
    CHECK_THROWS_AS(insert_report(tx, same_key), StoreFault);
    auto no_key = report_row(2);
    no_key.idem_scope = no_key.idem_key = "";
    insert_report(tx, no_key);
    no_key.id = ReportId{2};
    insert_report(tx, no_key);  // without a key any number of them
    CHECK(reports_of(tx, here, case_row(2).id).size() == 2);
    CHECK_FALSE(report_by_key(tx, here, "", ""));
}

TEST_CASE_METHOD(Base, "keys are forgotten after their time, of commands and of reports alike") {
    for (int n = 1; n <= 2; ++n) {
        insert_report(tx, report_row(n));
        insert_idempotent(
            tx, {here, "staff:1", "key-" + std::to_string(n), "h", case_row(n).id, 3, at(n * 1000)});
    }
    const auto kept = idempotent(tx, here, "staff:1", "key-2");
    REQUIRE(kept);
    CHECK(kept->body_hash == "h");
    CHECK(kept->case_id == case_row(2).id);
    CHECK(kept->seq == 3);
    CHECK(kept->at == at(2000));
    CHECK_THROWS_AS(insert_idempotent(tx, *kept), StoreFault);
    forget_idempotent_before(tx, here, at(2000));
    CHECK_FALSE(idempotent(tx, here, "staff:1", "key-1"));
    CHECK(idempotent(tx, here, "staff:1", "key-2"));
    forget_idempotent_before(tx, here, report_row(2).accepted_at);
    CHECK_FALSE(report_by_key(tx, here, report_row(1).idem_scope, "key-1"));
    CHECK(report_by_key(tx, here, report_row(2).idem_scope, "key-2"));
    CHECK(report(tx, here, case_row(1).id, ReportId{1}));
}

TEST_CASE_METHOD(Base, "journal heads of a span are the last rows in it, one a case") {
    const auto a1 = journal_row(1, 1, ""), a2 = journal_row(1, 2, a1.hash), b1 = journal_row(2, 1, "");
    append_journal(tx, {a1, b1, a2});
    CHECK(last_hash(tx, here, a1.case_id, 2) == a2.hash);
    CHECK(last_hash(tx, here, a1.case_id, 3).empty());
    CHECK(journal_of(tx, here, a1.case_id, 1).size() == 1);
    const auto all = heads_between(tx, here, at(0), far_future);
    REQUIRE(all.size() == 2);
    CHECK(all[0] == std::pair{a1.case_id, a2.hash});
    CHECK(all[1] == std::pair{b1.case_id, b1.hash});
    const auto later = heads_between(tx, here, a1.at, a2.at);  // open below, closed above
    REQUIRE(later.size() == 1);
    CHECK(later[0].second == a2.hash);
    CHECK_THROWS_AS(append_journal(tx, {a1}), StoreFault);
    CHECK_FALSE(last_seal(tx, here));
    insert_seal(tx, here, at(60000), "root1", "", 2);
    insert_seal(tx, here, at(120000), "root2", "root1", 1);
    CHECK(*last_seal(tx, here) == std::pair{at(120000), std::string("root2")});
    insert_case(tx, case_row(1));
    insert_case(tx, case_row(2));
    CHECK(case_ids_after(tx, here, CaseId{0}, 1) == std::vector{case_row(1).id});
    CHECK(case_ids_after(tx, here, case_row(1).id, 9) == std::vector{case_row(2).id});
}

TEST_CASE_METHOD(Base, "the outbox gives ids in order, newest first, and counts what nobody has seen") {
    for (int n = 1; n <= 3; ++n) {
        insert_outbox(tx, {here, 0, at(n), "page", PersonId{n == 3 ? 2 : 1}, case_row(n).id, n,
                           "threshold.half", "{}", std::nullopt});
    }
    CHECK(outbox_lag(tx, here, at(9)) == 3);
    const auto mine = outbox_for(tx, here, PersonId{1}, at(9), 9);
    REQUIRE(mine.size() == 2);
    CHECK(mine[0].id == 2);
    CHECK(mine[1].id == 1);
    CHECK(mine[1].what == "threshold.half");
    CHECK(mine[1].case_id == case_row(1).id);
    CHECK(mine[1].seen_at == std::nullopt);
    mark_outbox_seen(tx, here, PersonId{1}, 1, at(50));
    CHECK(outbox_lag(tx, here, at(9)) == 2);
    mark_outbox_seen(tx, here, PersonId{1}, 2, at(60));
    CHECK(outbox_for(tx, here, PersonId{1}, at(9), 9)[1].seen_at == at(50));  // seen once, at its own time
    CHECK(outbox_lag(tx, here, at(9)) == 1);
}

TEST_CASE_METHOD(Base,
                 "what is bundled for an instant is one message, counted and told by its newest [T29]") {
    const auto message = [&](int n, int given_ms, const char* channel, int person = 1) {
        insert_outbox(tx, {here, 0, at(given_ms), channel, PersonId{person}, case_row(n).id, 1, "told.half",
                           "{}", std::nullopt});
    };
    for (int n = 1; n <= 3; ++n) message(n, 100, "bundle");
    message(4, 200, "bundle");
    message(5, 300, "bundle");
    message(6, 100, "page");
    message(7, 199, "page");
    message(8, 100, "bundle", 2);
    CHECK(messages_alone(tx, here, PersonId{1}, at(100), at(199)) == 1);
    CHECK(messages_alone(tx, here, PersonId{1}, at(100), at(200)) == 2);
    CHECK(messages_alone(tx, here, PersonId{2}, at(100), at(200)) == 0);
    CHECK(outbox_for(tx, here, PersonId{1}, at(999), 9).size() == 2);
    const auto bundles = bundles_for(tx, here, PersonId{1}, at(0), at(200), 9);
    REQUIRE(bundles.size() == 2);
    CHECK(bundles[0].at == at(200));
    CHECK(bundles[0].messages == 1);
    CHECK(bundles[1].messages == 3);
    CHECK(bundles[1].case_id == case_row(3).id);
    CHECK(bundles[1].id == 3);
    CHECK(bundles_for(tx, here, PersonId{1}, at(100), at(999), 9).size() == 2);
    CHECK(bundles_for(tx, here, PersonId{1}, at(0), at(999), 1).front().at == at(300));
}

TEST_CASE_METHOD(Base,
                 "a message that is held is not there before its instant, nor seen, and makes way [T29]") {
    const auto message = [&](int n, int given_ms) {
        insert_outbox(tx, {here, 0, at(given_ms), "page", PersonId{1}, case_row(n).id, 1, "told.half", "{}",
                           std::nullopt});
    };
    message(1, 10);
    message(1, 500);
    message(2, 500);
    CHECK(outbox_for(tx, here, PersonId{1}, at(499), 9).size() == 1);
    CHECK(outbox_lag(tx, here, at(499)) == 1);
    mark_outbox_seen(tx, here, PersonId{1}, 99, at(499));
    CHECK(outbox_lag(tx, here, at(499)) == 0);
    CHECK(outbox_lag(tx, here, at(500)) == 2);
    drop_held_messages(tx, here, PersonId{1}, case_row(1).id, at(400));
    drop_held_messages(tx, here, PersonId{2}, case_row(2).id, at(400));
    const auto given = outbox_for(tx, here, PersonId{1}, at(500), 9);
    REQUIRE(given.size() == 2);
    CHECK(given[0].case_id == case_row(2).id);
    CHECK(given[1].at == at(10));
}

TEST_CASE_METHOD(Base, "codes are counted up, found, listed inside a scope, and revoked with a reason") {
    CHECK(next_code_id(tx, here) == CodeId{1});
    for (int n = 1; n <= 3; ++n) {
        CodeRow row;
        row.district = here;
        row.id = next_code_id(tx, here);
        row.state = "active";
        row.kind = "pole";
        row.name = "求是路 " + std::to_string(n);
        row.grid_code = "33010600" + std::to_string(n) + "001001";
        row.lat = 30.262741000000001;
        row.lon = 120.1;
        row.issued_at = at(5);
        insert_code(tx, row);
    }
    CHECK(next_code_id(tx, here) == CodeId{4});
    CHECK(code_by_id(tx, here, CodeId{2})->lat == 30.262741000000001);
    CHECK(codes_after(tx, here, CodeId{0}, {}, 2).size() == 2);
    CHECK(codes_after(tx, here, CodeId{1}, {"330106001", "330106003"}, 9).size() == 1);
    CHECK(codes_after(tx, here, CodeId{0}, {""}, 9).size() == 3);
    revoke_code(tx, here, CodeId{2}, at(77), "stolen");
    const auto revoked = code_by_id(tx, here, CodeId{2});
    CHECK(revoked->state == "revoked");
    CHECK(revoked->revoked_at == at(77));
    CHECK(revoked->reason == "stolen");
    CHECK(code_by_id(tx, here, CodeId{1})->revoked_at == std::nullopt);
}

TEST_CASE_METHOD(Base, "accounts are found by login, desks have none, and sessions end") {
    AccountRow row{here,  PersonId{12}, "li.wenhua", "$argon2id$", "李文华", "worker",    "北山街道",
                   "",    "day",        false,       true,         20,       "330106001", "330106001002",
                   "S,M", "1-2"};
    insert_account(tx, row);
    CHECK(account_by_id(tx, here, PersonId{12})->messages_an_hour == 0);
    CHECK_FALSE(account_by_id(tx, here, PersonId{13}));
    row.quiet_from = 1320;
    row.quiet_to = 420;
    row.messages_an_hour = 9;
    row.name = "李文";
    row.active = false;
    row.capacity = 7;
    update_account(tx, row);
    const auto back = account_by_login(tx, here, "li.wenhua");
    REQUIRE(back);
    CHECK(back->id == PersonId{12});
    CHECK(back->name == "李文");
    CHECK_FALSE(back->active);
    CHECK(back->capacity == 7);
    CHECK(back->leave == "1-2");
    CHECK(std::tuple(back->quiet_from, back->quiet_to, back->messages_an_hour) == std::tuple(1320, 420, 9));
    for (int desk = 1; desk <= 2; ++desk) {
        AccountRow one;
        one.district = here;
        one.id = PersonId{desk};
        one.desk = true;
        insert_account(tx, one);
    }
    CHECK(all_accounts(tx, here).size() == 3);
    CHECK_FALSE(account_by_login(tx, here, ""));
    row.id = PersonId{13};
    CHECK_THROWS_AS(insert_account(tx, row), StoreFault);

    insert_session(tx, {here, "hash", PersonId{12}, at(1), at(100)});
    CHECK(session_by_hash(tx, here, "hash")->person == PersonId{12});
    delete_sessions_before(tx, here, at(100));
    CHECK(session_by_hash(tx, here, "hash"));
    delete_sessions_before(tx, here, at(101));
    CHECK_FALSE(session_by_hash(tx, here, "hash"));
    insert_session(tx, {here, "other", PersonId{12}, at(1), at(100)});
    delete_session(tx, here, "other");
    CHECK_FALSE(session_by_hash(tx, here, "other"));
}

TEST_CASE_METHOD(Base, "media that nobody claims is found after its time, and shared content is counted") {
    for (int n = 1; n <= 3; ++n) {
        insert_media(tx, {here, "m" + std::to_string(n), n == 3 ? "c2" : "c1", 640, 480, 12345, at(n),
                          "code:9", std::nullopt});
    }
    claim_media(tx, here, "m2", case_row(1).id);
    CHECK(media_by_id(tx, here, "m2")->claimed_by == case_row(1).id);
    const auto left = unclaimed_media_before(tx, here, at(3), 9);
    REQUIRE(left.size() == 1);
    CHECK(left[0].id == "m1");
    CHECK(left[0].bytes == 12345);
    CHECK(media_with_content(tx, here, "c1") == 2);
    delete_media(tx, here, "m1");
    CHECK(media_with_content(tx, here, "c1") == 1);
    CHECK_FALSE(media_by_id(tx, here, "m1"));
}

TEST_CASE_METHOD(Base, "the document in force is the one activated last, also when it is an older version") {
    for (int version = 1; version <= 3; ++version)
        insert_document(tx, {here, "rules", version, "{}", at(version), std::nullopt, {}, "", ""});
    CHECK_FALSE(active_document(tx, here, "rules"));
    activate_document(tx, here, "rules", 2, at(10));
    CHECK(active_document(tx, here, "rules")->version == 2);
    activate_document(tx, here, "rules", 1, at(11));
    CHECK(active_document(tx, here, "rules")->version == 1);
    CHECK(all_documents(tx, here, "rules").size() == 3);
    CHECK(all_documents(tx, here, "calendar").empty());
}

TEST_CASE_METHOD(Base, "a notice is shown where its prefix begins the grid, newest first") {
    const char* prefixes[] = {"", "330106002", "330106003", "330106002001003"};
    for (int n = 0; n < 4; ++n) insert_notice(tx, {here, 0, prefixes[n], "停水", "No water", "", "", at(n)});
    const auto shown = notices_for(tx, here, "330106002001003", 9);
    REQUIRE(shown.size() == 3);
    CHECK(shown[0].prefix == "330106002001003");
    CHECK(shown[2].prefix.empty());
    CHECK(notices_for(tx, here, "330106002001003", 1).size() == 1);
}

TEST_CASE_METHOD(Base, "workloads add up and remember the last assignment only") {
    CHECK(workload_of(tx, here, PersonId{5}).open == 0);
    add_workload(tx, here, PersonId{5}, 1, 4, at(100));
    add_workload(tx, here, PersonId{5}, 1, 1, at(200));
    add_workload(tx, here, PersonId{5}, -1, -4, std::nullopt);
    const auto load = workload_of(tx, here, PersonId{5});
    CHECK(load.open == 1);
    CHECK(load.weighted == 1);
    CHECK(load.last_assigned == at(200));
    CHECK(all_workloads(tx, here).size() == 1);
}

TEST_CASE_METHOD(Base, "serials are leased in blocks that never overlap, each day from one") {
    CHECK(lease_serials(tx, here, 261123, 64) == 1);
    CHECK(lease_serials(tx, here, 261123, 64) == 65);
    CHECK(lease_serials(tx, here, 261124, 64) == 1);
    CHECK(lease_serials(tx, 330105, 261123, 1) == 1);
}

TEST_CASE_METHOD(Base, "small values of a district are kept and replaced; the first district is known") {
    CHECK_FALSE(first_district(tx));
    CHECK_FALSE(meta(tx, here, "name"));
    set_meta(tx, here, "name", "西湖区");
    set_meta(tx, here, "name", "西湖");
    CHECK(*meta(tx, here, "name") == "西湖");
    CHECK(first_district(tx) == here);
}

TEST_CASE("what a job has written is there for its own questions and the next job's, sent or not") {
    Folder folder;
    Session session(folder.database(), Session::Use::write);
    REQUIRE(migrate(session, embedded_migrations()).has_value());
    const PersonId person{1042};
    session.begin();
    Tx tx(session);
    write_report(tx, 1);
    // By its key, once with and once without having been there before.
    CHECK(report_by_key(tx, here, report_row(1).idem_scope, "key-1")->case_id == case_row(1).id);
    CHECK_FALSE(report_by_key(tx, here, report_row(1).idem_scope, "key-2"));
    write_report(tx, 2);
    auto closed = case_row(3);
    closed.status = Status::closed;
    insert_case(tx, closed);
    auto elsewhere = case_row(4);
    elsewhere.code = CodeId{7};
    insert_case(tx, elsewhere);
    const auto open = open_cases_at(tx, here, case_row(1).code, 9);
    REQUIRE(open.size() == 2);  // newest first, open, of this place
    CHECK(open[0].id == case_row(2).id);
    CHECK(open[1].id == case_row(1).id);
    CHECK(open_cases_at(tx, here, case_row(1).code, 1).at(0).id == case_row(2).id);
    // Two reports gave him one case of weight 2 each; a third change comes after the row was read.
    CHECK(workload_of(tx, here, person).open == 2);
    CHECK(workload_of(tx, here, person).weighted == 4);
    CHECK(workload_of(tx, here, person).last_assigned == case_row(2).accepted_at);
    add_workload(tx, here, person, -1, -2, std::nullopt);
    CHECK(workload_of(tx, here, person).open == 1);
    CHECK(all_workloads(tx, here).at(0).open == 1);
    CHECK(workload_of(tx, here, person).open == 1);  // also when it has been sent
    CHECK(case_by_number(tx, here, 261123, 2)->state == case_row(2).state);
    CHECK(journal_of(tx, here, case_row(2).id, 9).size() == 1);
    add_workload(tx, here, person, 4, 4, std::nullopt);
    auto changed = *case_by_id(tx, here, case_row(2).id);
    changed.revision = 99;
    update_case(tx, changed);
    session.commit();
    session.begin();
    CHECK(all_workloads(tx, here).at(0).open == 5);
    CHECK(all_workloads(tx, here).at(0).last_assigned == case_row(2).accepted_at);
    CHECK(case_by_id(tx, here, case_row(2).id)->revision == 99);
    CHECK(count_reports(tx, here) == 2);
    CHECK(count_cases(tx, here, {}) == 4);
    // What was written and rolled back is nowhere, not even among the unsent.
    write_report(tx, 5);
    CHECK(workload_of(tx, here, person).open == 6);
    session.rollback();
    session.begin();
    CHECK(workload_of(tx, here, person).open == 5);
    CHECK(open_cases_at(tx, here, case_row(5).code, 9).size() == 2);
    session.commit();
    session.begin();
    CHECK_FALSE(case_by_id(tx, here, case_row(5).id));
    session.rollback();
}

TEST_CASE("any number of rows written together comes back row by row as it was written") {
    Folder folder;
    const auto store = opened(folder);
    // What an array of PostgreSQL's would take for something else, were it not quoted.
    const std::vector<std::string> odd = {"NULL",          "\"", "\\",   "{1,2}", ",", "", " ",
                                          "a\"b\\\"c\\\\", "\n", "'; --"};
    const auto said = [odd](int n) {
        return odd[static_cast<std::size_t>(n) % odd.size()] + (n % 4 == 0 ? "" : std::to_string(n));
    };
    int first = 1;
    for (const int count : {1, 2, 3, 63, 64, 65, 150}) {
        REQUIRE(write(*store, [first, count, said](Tx& tx) -> Result<void> {
                    for (int n = first; n < first + count; ++n) {
                        auto row = report_row(n);
                        row.text = said(n);
                        if (n % 3 == 0) row.idem_key.clear();
                        auto c = case_row(n);
                        if (n % 2 == 0) c.next_timer.reset();
                        insert_case(tx, c);
                        insert_report(tx, row);
                        append_journal(tx, {journal_row(n, 1, ""), journal_row(n, 2, "x")});
                        add_workload(tx, here, PersonId{n % 70}, 1, n, at(n));
                    }
                    return {};
                }).has_value());
        REQUIRE(read(*store, [first, count, said](Tx& tx) -> Result<void> {
                    for (int n = first; n < first + count; ++n) {
                        const auto id = case_row(n).id;
                        const auto c = case_by_id(tx, here, id);
                        REQUIRE(c.has_value());
                        CHECK(c->serial == n);
                        CHECK(c->next_timer.has_value() == (n % 2 != 0));
                        CHECK(reports_of(tx, here, id).at(0).text == said(n));
                        CHECK(reports_of(tx, here, id).at(0).idem_key.empty() == (n % 3 == 0));
                        const auto journal = journal_of(tx, here, id, 9);
                        REQUIRE(journal.size() == 2);
                        CHECK(journal[0].hash == journal_row(n, 1, "").hash);
                        CHECK(journal[1].prev_hash == "x");
                    }
                    return {};
                }).has_value());
        first += count;
    }
    std::map<int, std::pair<int, int>> expected;  // person: open, weighted; counted one by one
    for (int n = 1; n < first; ++n) {
        expected[n % 70].first += 1;
        expected[n % 70].second += n;
    }
    REQUIRE(read(*store, [&](Tx& tx) -> Result<void> {
                const auto loads = all_workloads(tx, here);
                CHECK(loads.size() == expected.size());
                for (const auto& row : loads) {
                    CHECK(row.open == expected.at(static_cast<int>(raw(row.person))).first);
                    CHECK(row.weighted == expected.at(static_cast<int>(raw(row.person))).second);
                }
                return {};
            }).has_value());
}
