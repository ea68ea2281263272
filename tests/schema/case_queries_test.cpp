#include <catch2/catch.hpp>
#include <set>

#include "schema/migrate.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

// One connection with the tables, for questions that need no threads.
struct Base {
    Folder folder;
    Session session{folder.database(), Session::Use::write};
    Tx tx{session};
    Base() { REQUIRE(migrate(session, embedded_migrations()).has_value()); }
};

std::vector<int> serials(const std::vector<CaseRow>& rows) {
    std::vector<int> all;
    for (const auto& row : rows) all.push_back(row.serial);
    return all;
}

// The n of each case_row(n).
std::vector<int> numbers(const std::vector<WaitingRow>& rows) {
    std::vector<int> all;
    for (const auto& row : rows)
        for (int n = 1; n < 100; ++n)
            if (case_row(n).id == row.id) all.push_back(n);
    return all;
}

std::vector<int> found(Tx& tx, const CaseFilter& filter) {
    const auto rows = serials(cases_where(tx, test::district, filter, nullptr));
    CHECK(count_cases(tx, test::district, filter) == static_cast<std::int64_t>(rows.size()));
    return rows;
}

bool same(const CaseRow& a, const CaseRow& b) {
    return a.district == b.district && a.id == b.id && a.day == b.day && a.serial == b.serial &&
           a.status == b.status && a.flags == b.flags && a.priority == b.priority && a.code == b.code &&
           a.grid_code == b.grid_code && a.matter == b.matter && a.owner == b.owner &&
           a.revision == b.revision && a.reports == b.reports && a.accepted_at == b.accepted_at &&
           a.dispatched_at == b.dispatched_at && a.signed_off_at == b.signed_off_at &&
           a.responded_at == b.responded_at && a.submitted_at == b.submitted_at &&
           a.closed_at == b.closed_at && a.next_due == b.next_due && a.next_timer == b.next_timer &&
           a.late == b.late && a.redos == b.redos && a.score == b.score && a.state == b.state;
}

}  // namespace

TEST_CASE_METHOD(Base, "a case comes back with every column as it was written, and as it was changed") {
    auto row = case_row(1);
    insert_case(tx, row);
    CHECK(same(*case_by_id(tx, test::district, row.id), row));
    CHECK(same(*case_by_number(tx, test::district, row.day, row.serial), row));
    row.status = Status::in_review;
    row.flags = 3;
    row.priority = Priority::emergency;
    row.code = CodeId{9};
    row.grid_code = "330106003004005";
    row.matter = "M00000000001";
    row.owner = PersonId{55};
    row.revision = 8;
    row.reports = 5;
    row.signed_off_at.reset();
    row.responded_at.reset();
    row.submitted_at.reset();
    row.closed_at.reset();
    row.next_due.reset();
    row.next_timer.reset();
    row.late = 0;
    row.redos = 2;
    row.score = 0;
    row.state = "{}";
    update_case(tx, row);
    CHECK(same(*case_by_id(tx, test::district, row.id), row));
    CHECK_FALSE(case_by_id(tx, 330105, row.id));
    CHECK_FALSE(case_by_id(tx, test::district, CaseId{1}));
}

TEST_CASE_METHOD(Base, "a scope of prefixes bounds a list, and a co-handler sees his cases beside it") {
    const char* grids[] = {"330106001001001", "330106001002001", "330106002001001", "330106010001001"};
    for (int n = 1; n <= 4; ++n) {
        auto row = case_row(n);
        row.grid_code = grids[n - 1];
        row.owner = PersonId{100 + n};
        insert_case(tx, row);
    }
    CaseFilter filter;
    CHECK(found(tx, filter) == std::vector{1, 2, 3, 4});
    filter.scope = {"330106"};
    CHECK(found(tx, filter) == std::vector{1, 2, 3, 4});
    filter.scope = {"330106001"};
    CHECK(found(tx, filter) == std::vector{1, 2});
    filter.scope = {"330106001002", "330106010"};
    CHECK(found(tx, filter) == std::vector{2, 4});
    filter.party = PersonId{103};
    CHECK(found(tx, filter) == std::vector{2, 3, 4});
    filter.scope.clear();
    CHECK(found(tx, filter) == std::vector{3});
    set_co_handlers(tx, test::district, case_row(1).id, {PersonId{103}, PersonId{7}, PersonId{7}});
    CHECK(found(tx, filter) == std::vector{1, 3});
    filter.statuses = {Status::dispatched};
    CHECK(found(tx, filter) == std::vector{1, 3});
    set_co_handlers(tx, test::district, case_row(1).id, {PersonId{7}});
    CHECK(found(tx, filter) == std::vector{3});
    filter = {};
    filter.scope = {"330106"};
    filter.division = "330106002";
    CHECK(found(tx, filter) == std::vector{3});
}

TEST_CASE_METHOD(Base, "every filter of a list leaves out exactly what it says") {
    for (int n = 1; n <= 4; ++n) {
        auto row = case_row(n);
        row.status = n == 4 ? Status::closed : n == 3 ? Status::in_review : Status::dispatched;
        row.matter = n == 2 ? "M00000000001" : "S33010609011";
        row.owner = PersonId{n};
        row.code = CodeId{n % 2};
        row.next_due = n == 4 ? std::nullopt : std::optional(at(1000 * n));
        insert_case(tx, row);
    }
    const auto with = [&](auto set) {
        CaseFilter filter;
        set(filter);
        return found(tx, filter);
    };
    CHECK(with([](CaseFilter& f) { f.statuses = {Status::closed}; }) == std::vector{4});
    CHECK(with([](CaseFilter& f) { f.statuses = {Status::closed, Status::in_review}; }) == std::vector{3, 4});
    CHECK(with([](CaseFilter& f) { f.matter = "M"; }) == std::vector{2});
    CHECK(with([](CaseFilter& f) { f.matter = "S33010609"; }) == std::vector{1, 3, 4});
    CHECK(with([](CaseFilter& f) { f.owner = PersonId{3}; }) == std::vector{3});
    CHECK(with([](CaseFilter& f) { f.overdue_at = at(3000); }) ==
          std::vector{1, 2});  // at 3000 it is on time
    CHECK(with([](CaseFilter& f) { f.code = CodeId{1}; }) == std::vector{1, 3});
    CHECK(with([](CaseFilter& f) { f.from = case_row(2).accepted_at; }) == std::vector{2, 3, 4});
    CHECK(with([](CaseFilter& f) { f.to = case_row(2).accepted_at; }) == std::vector{1});
    CHECK(with([](CaseFilter& f) { f.by_due = false; }) == std::vector{4, 3, 2, 1});
}

TEST_CASE_METHOD(Base, "a list walked page by page shows each case once, in both orders") {
    for (int n = 1; n <= 23; ++n) {
        auto row = case_row(n);
        row.next_due = n % 5 == 0 ? std::nullopt : std::optional(at(n % 3));  // many ties, some without a due
        insert_case(tx, row);
    }
    for (const bool by_due : {true, false}) {
        CaseFilter filter;
        filter.by_due = by_due;
        filter.limit = 100;
        const auto whole = serials(cases_where(tx, test::district, filter, nullptr));
        REQUIRE(whole.size() == 23);
        filter.limit = 4;
        std::vector<int> walked;
        int pages = 0;
        do {
            std::string next;
            const auto page = serials(cases_where(tx, test::district, filter, &next));
            walked.insert(walked.end(), page.begin(), page.end());
            filter.cursor = next;
            ++pages;
        } while (!filter.cursor.empty());
        CHECK(walked == whole);
        CHECK(pages == 6);
    }
    CaseFilter filter;
    for (const char* broken : {"x", "!!!", "ZDE6", "bjE6Mg"}) {
        INFO(broken);
        filter.cursor = broken;
        CHECK_FALSE(valid_cursor(filter));
        CHECK(cases_where(tx, test::district, filter, nullptr).empty());
    }
}

TEST_CASE_METHOD(
    Base, "searching finds a number whole, by its beginning or by its serial, and words of the report") {
    const int numbers[] = {48217, 4821, 482};
    for (int n = 1; n <= 3; ++n) {
        auto row = case_row(n);
        row.serial = numbers[n - 1];
        row.day = n == 3 ? 261124 : 261123;
        insert_case(tx, row);
        auto said = report_row(n);
        if (n != 2) said.text = n == 1 ? "100% of the path" : "under_score";
        insert_report(tx, said);
    }
    const auto search = [&](const std::string& q) {
        CaseFilter filter;
        filter.q = q;
        return found(tx, filter);
    };
    CHECK(search("330106-261123-0048217") == std::vector{48217});
    CHECK(search("261123-0048217") == std::vector{48217});
    CHECK(search("0048217") == std::vector{48217});
    CHECK(search("48217") == std::vector{48217});
    CHECK(search("261123") == std::vector{48217, 4821});
    CHECK(search("330106-2611") == std::vector{48217, 4821, 482});
    CHECK(search("盲道") == std::vector{4821});
    CHECK(search("BLOCKED path") == std::vector{4821});
    CHECK(search("100%") == std::vector{48217, 4821});
    CHECK(search("0% of") == std::vector{48217});  // a per cent sign is a character, not a pattern
    CHECK(search("r_s") == std::vector{482});
    CHECK(search("'; drop table cases; --").empty());
}

TEST_CASE("the hot questions go by their indexes, not through a whole district", "[sqlite]") {
    // Without the statistics of the first migration SQLite walks the primary key for each of these.
    Folder folder;
    opened(folder)->close();
    Session session(folder.database(), Session::Use::read);
    Tx tx(session);
    const std::string select = "explain query plan select state from cases where district = 1 and ";
    const std::pair<std::string, std::string> hot[] = {
        {"cases_code", select + "code_id = 2 and is_open = 1 order by case_id desc limit 5"},
        {"cases_timer",
         select + "next_timer is not null and next_timer <= 5 order by next_timer, case_id limit 5"},
        {"cases_waiting", select + "status = 'waiting' order by case_id limit 5"},
        {"cases_owner",
         select + "owner_id = 4 and is_open = 1 order by coalesce(next_due, 9), case_id limit 5"},
        {"cases_grid",
         select + "grid_code >= '3' and grid_code < '4' and is_open = 1 order by next_due limit 5"},
    };
    for (const auto& [index, text] : hot) {
        INFO(text);
        const auto steps = Query(tx, text).all<std::tuple<int, int, int, std::string>>();
        REQUIRE(!steps.empty());
        CHECK(std::get<3>(steps.front()).find("INDEX " + index + " ") != std::string::npos);
        // Every report asks for its place's newest case, every tick for the earliest timer: never by sorting.
        if (index == "cases_code" || index == "cases_timer") CHECK(steps.size() == 1);
    }
}

TEST_CASE("what falls due at one instant is taken from the index in order, however much it is [T24][T25]",
          "[sqlite]") {
    Folder folder;
    opened(folder)->close();
    Session session(folder.database(), Session::Use::read);
    Tx tx(session);
    const auto steps =
        Query(tx,
              "explain query plan select * from cases where district = 1 and next_timer is not "
              "null and next_timer <= 5 order by next_timer, case_id limit 64")
            .all<std::tuple<int, int, int, std::string>>();
    REQUIRE(steps.size() == 1);  // a sort would be a step of its own
    CHECK(std::get<3>(steps.front()).find("INDEX cases_timer ") != std::string::npos);
}

TEST_CASE("how open cases stand, and which are most urgent, is told by their index without their rows",
          "[sqlite]") {
    Folder folder;
    opened(folder)->close();
    Session session(folder.database(), Session::Use::read);
    Tx tx(session);
    const std::string open = " from cases where district = 1 and is_open = 1 and ";
    const std::string asked[] = {
        "select grid_code, count(*), sum(status = 'waiting'), sum(next_due < 5)" + open +
            "grid_code >= '3' and grid_code < '4' and matter >= 'S' group by grid_code",
        "select case_id" + open +
            "status in ('dispatched') and grid_code >= '' order by coalesce(next_due, 9), case_id limit 5"};
    for (const auto& text : asked) {
        INFO(text);
        const auto step =
            Query(tx, "explain query plan " + text).one<std::tuple<int, int, int, std::string>>();
        REQUIRE(step);
        CHECK(std::get<3>(*step).find("COVERING INDEX cases_grid ") != std::string::npos);
    }
}

TEST_CASE_METHOD(Base, "a list by urgency goes on with closed cases, and its total says if there are more") {
    // Every second case is closed and has no due instant; of the open ones every fourth is held and has none.
    for (int n = 1; n <= 24; ++n) {
        auto row = case_row(n);
        row.status = n % 2 == 0 ? Status::closed : Status::responded;
        row.next_due = at(1'000'000 - n);
        if (n % 2 == 0 || n % 4 == 1) row.next_due.reset();
        insert_case(tx, row);
    }
    std::vector<int> expected = {23, 19, 15, 11, 7, 3};
    for (int n = 1; n <= 24; ++n)
        if (n % 4 != 3) expected.push_back(n);
    for (const std::size_t limit : {1, 2, 5, 7, 24, 50}) {
        CaseFilter filter;
        filter.limit = limit;
        std::vector<int> seen;
        do {
            std::string next;
            for (const int n : serials(cases_where(tx, test::district, filter, &next))) seen.push_back(n);
            filter.cursor = next;
        } while (!filter.cursor.empty());
        INFO("pages of " << limit);
        CHECK(seen == expected);
    }
    CaseFilter all;
    for (const int most : {10, 23, 24, 100}) {
        const auto counted = count_cases(tx, test::district, all, most);
        CHECK(counted.n == std::min(most, 24));
        CHECK(counted.more == (most < 24));
    }
}

TEST_CASE_METHOD(Base, "timers come oldest first, and the earliest one is known") {
    CHECK(next_timer(tx, test::district) == std::nullopt);
    const std::int64_t timers[] = {3000, 1000, 2000};
    for (int n = 1; n <= 3; ++n) {
        auto row = case_row(n);
        row.next_timer = at(timers[n - 1]);
        insert_case(tx, row);
    }
    auto quiet = case_row(4);
    quiet.next_timer.reset();
    insert_case(tx, quiet);
    CHECK(next_timer(tx, test::district) == at(1000));
    CHECK(serials(cases_with_timer_due(tx, test::district, at(2000), 9)) == std::vector{2, 3});
    CHECK(serials(cases_with_timer_due(tx, test::district, at(999), 9)).empty());
    CHECK(serials(cases_with_timer_due(tx, test::district, far_future, 2)) == std::vector{2, 3});
}

TEST_CASE_METHOD(Base,
                 "waiting cases come most urgent first, then oldest; open ones at a place newest first") {
    const Priority priorities[] = {Priority::ordinary, Priority::urgent, Priority::emergency,
                                   Priority::urgent};
    for (int n = 1; n <= 4; ++n) {
        auto row = case_row(n);
        row.status = Status::waiting;
        row.priority = priorities[n - 1];
        insert_case(tx, row);
    }
    CHECK(numbers(waiting_cases(tx, test::district, 9)) == std::vector{3, 2, 4, 1});
    auto closed = case_row(2);
    closed.status = Status::closed;
    update_case(tx, closed);
    CHECK(numbers(waiting_cases(tx, test::district, 2)) == std::vector{3, 4});
    CHECK(serials(open_cases_at(tx, test::district, CodeId{20488}, 9)) == std::vector{4, 3, 1});
    CHECK(serials(open_cases_at(tx, test::district, CodeId{20488}, 1)) == std::vector{4});
    CHECK(open_cases_at(tx, test::district, CodeId{1}, 9).empty());
}

TEST_CASE_METHOD(Base, "what is measured: accepted in the span, or still open, in the order of acceptance") {
    for (int n = 1; n <= 6; ++n) {
        auto row = case_row(n);
        row.status = n % 2 == 0 ? Status::closed : Status::dispatched;
        row.matter = n == 1 ? "M00000000001" : "S33010609011";
        row.grid_code = n == 5 ? "330106003001001" : "330106002001003";
        insert_case(tx, row);
    }
    const auto measured = [&](int from, int to, const char* division, const char* matter) {
        return serials(cases_measured(tx, test::district, case_row(from).accepted_at,
                                      case_row(to).accepted_at, division, matter));
    };
    CHECK(measured(3, 5, "", "") == std::vector{1, 3, 4, 5});
    CHECK(measured(1, 7, "", "") == std::vector{1, 2, 3, 4, 5, 6});
    CHECK(measured(3, 5, "", "S") == std::vector{3, 4, 5});
    CHECK(measured(3, 5, "330106002", "") == std::vector{1, 3, 4});
}

TEST_CASE_METHOD(Base, "journals of a span come whole, case after case, page after page [T40]") {
    for (int n = 1; n <= 5; ++n) {
        insert_case(tx, case_row(n));
        insert_report(tx, report_row(n));
        const auto first = journal_row(n, 1, "");
        append_journal(tx, {first, journal_row(n, 2, first.hash)});
    }
    const Instant from = case_row(2).accepted_at, to = case_row(5).accepted_at;
    const auto page = [&](CaseId after, std::size_t most) {
        std::vector<std::pair<CaseId, int>> rows;
        for (const auto& row : journals_accepted(tx, test::district, from, to, after, most))
            rows.emplace_back(row.case_id, row.seq);
        return rows;
    };
    const auto id = [](int n) { return case_row(n).id; };
    using Rows = std::vector<std::pair<CaseId, int>>;
    CHECK(page(CaseId{}, 2) == Rows{{id(2), 1}, {id(2), 2}, {id(3), 1}, {id(3), 2}});
    CHECK(page(id(3), 2) == Rows{{id(4), 1}, {id(4), 2}});
    CHECK(page(id(4), 2).empty());
    CHECK(journals_accepted(tx, 330105, from, to, CaseId{}, 2).empty());
    erase_report(tx, test::district, id(3), ReportId{1});
    const auto texts = first_texts(tx, test::district, id(2), id(3));
    REQUIRE(texts.size() == 2);
    CHECK(texts[0] == std::pair{id(2), report_row(2).text});
    CHECK(texts[1] == std::pair{id(3), std::string()});
    auto closed = case_row(1);
    closed.status = Status::closed;
    update_case(tx, closed);
    CHECK(open_cases_accepted_before(tx, test::district, case_row(4).accepted_at) ==
          std::vector<CaseId>{id(2), id(3)});
}
