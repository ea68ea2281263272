// Questions asked for a whole group on PostgreSQL: the same answers as each report would have had alone.
#include "schema/queries/ahead.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "schema/migrate.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

constexpr int here = test::district;

CodeRow code_row(int n) {
    CodeRow row;
    row.district = here;
    row.id = CodeId{n};
    row.state = n % 3 == 0 ? "revoked" : "active";
    row.kind = "lamp";
    row.name = "灯杆 \"" + std::to_string(n) + "\\";
    row.grid_code = "330106001001" + std::to_string(100 + n);
    row.lat = 30.25 + n / 1000.0;
    row.lon = 120.125;
    row.issued_at = at(n);
    if (n % 3 == 0) row.revoked_at = at(2 * n);
    return row;
}

// Of the place, the two people of its number; what it is known by is of report n.
Foreseen foreseen(int n, CodeId place) {
    Foreseen f;
    f.district = here;
    f.place = place;
    f.scope = report_row(n).idem_scope;
    f.key = report_row(n).idem_key;
    f.people = [](const CodeRow& code) {
        return std::vector{PersonId{raw(code.id)}, PersonId{raw(code.id) + 1}};
    };
    return f;
}

struct Answers {
    std::optional<CodeRow> code;
    bool sent_before = false;
    std::optional<std::pair<PersonId, CaseId>> newest;
    std::vector<std::tuple<int, int, Instant>> loads;
    bool operator==(const Answers& other) const {
        return sent_before == other.sent_before && newest == other.newest && loads == other.loads &&
               code.has_value() == other.code.has_value() &&
               (!code ||
                (code->id == other.code->id && code->state == other.code->state &&
                 code->name == other.code->name && code->lat == other.code->lat &&
                 code->revoked_at == other.code->revoked_at && code->grid_code == other.code->grid_code));
    }
};

Answers asked(Tx& tx, const Foreseen& f) {
    Answers a;
    a.sent_before = report_by_key(tx, here, f.scope, f.key).has_value();
    a.code = code_by_id(tx, here, f.place);
    a.newest = newest_open_at(tx, here, f.place);
    for (const auto id : f.people(code_row(static_cast<int>(raw(f.place))))) {
        const auto load = workload_of(tx, here, id);
        a.loads.emplace_back(load.open, load.weighted, load.last_assigned);
    }
    return a;
}

// Places 1 to 6, 5 without a code; reports 1 to 4 were sent, the second of them from place 4; people 1 to 7.
struct Filled {
    Folder folder;
    Session session{folder.database(), Session::Use::write};
    Tx tx{session};

    Filled() {
        REQUIRE(migrate(session, embedded_migrations()).has_value());
        session.begin();
        for (int n = 1; n <= 6; ++n)
            if (n != 5) insert_code(tx, code_row(n));
        for (int n = 1; n <= 4; ++n) {
            auto row = case_row(n);
            row.code = CodeId{n == 2 ? 4 : n};
            row.status = n == 3 ? Status::closed : Status::dispatched;
            row.owner = PersonId{n};
            insert_case(tx, row);
            insert_report(tx, report_row(n));
        }
        for (int n = 1; n <= 7; ++n) add_workload(tx, here, PersonId{n}, n, 2 * n, at(n));
        session.commit();
    }
};

std::vector<Foreseen> every_kind() {
    std::vector<Foreseen> all;
    for (int n = 1; n <= 8; ++n)  // 5 and later were never sent; 7 and 8 come from places 1 and 2
        all.push_back(foreseen(n, CodeId{n > 6 ? n - 6 : n}));
    return all;
}

std::vector<const Foreseen*> pointers(const std::vector<Foreseen>& all) {
    std::vector<const Foreseen*> found;
    for (const auto& one : all) found.push_back(&one);
    return found;
}

}  // namespace

TEST_CASE("what a group asks together is answered as if each report had asked for itself", "[postgres]") {
    Filled filled;
    auto& [folder, session, tx] = filled;
    const auto reports = every_kind();
    std::vector<Answers> alone, together;
    session.begin();
    for (const auto& one : reports) alone.push_back(asked(tx, one));
    session.rollback();

    session.begin();
    const auto before = session.statements();
    ask_ahead(tx, pointers(reports), false);
    CHECK(session.statements() == before + 2);
    for (const auto& one : reports) together.push_back(asked(tx, one));
    // Four keys had been sent, which is asked again; place 5 has no code, so nobody asked for its people:
    // the fifth is of place 4, the sixth of place 6.
    CHECK(session.statements() == before + 2 + 4);
    session.rollback();
    for (std::size_t n = 0; n < reports.size(); ++n) {
        CAPTURE(n);
        CHECK(together[n] == alone[n]);
    }
    CHECK(alone[3].newest == std::pair{PersonId{4}, case_row(4).id});
    CHECK(alone[2].newest == std::nullopt);
    CHECK(alone[2].code->state == "revoked");
    CHECK(alone[4].code == std::nullopt);
}

TEST_CASE("what was asked ahead is forgotten when the transaction writes", "[postgres]") {
    Filled filled;
    auto& [folder, session, tx] = filled;
    const auto reports = every_kind();
    session.begin();
    ask_ahead(tx, pointers(reports), false);
    // Of the same group: kept back, and seen all the same.
    auto row = case_row(9);
    row.code = CodeId{1};
    row.status = Status::dispatched;
    row.owner = PersonId{7};
    insert_case(tx, row);
    CHECK(newest_open_at(tx, here, CodeId{1}) == std::pair{PersonId{7}, row.id});
    revoke_code(tx, here, CodeId{1}, at(5), "gone");
    CHECK(code_by_id(tx, here, CodeId{1})->state == "revoked");
    CHECK(newest_open_at(tx, here, CodeId{1}) == std::pair{PersonId{7}, row.id});
    session.rollback();
    session.begin();
    CHECK(session.ahead() == nullptr);
    session.rollback();
}

TEST_CASE("who is held by another transaction is left out, and waited for by a report that was put off",
          "[postgres]") {
    Filled filled;
    auto& [folder, session, tx] = filled;
    Session other(folder.database(), Session::Use::write);
    Tx others(other);
    other.begin();
    workload_of(others, here, PersonId{2});
    const auto report = foreseen(9, CodeId{1});
    const Foreseen* const one[] = {&report};

    session.begin(Session::Patience::waits_first);
    ask_ahead(tx, one, false);
    CHECK(workload_of(tx, here, PersonId{1}).open == 1);
    try {
        workload_of(tx, here, PersonId{2});
        FAIL("it was held");
    } catch (const StoreFault& fault) {
        CHECK(fault.cause == StoreFault::Cause::held);
    }
    session.rollback();

    add_workload(others, here, PersonId{2}, 5, 5, at(9));
    int open = 0;
    std::thread waiting([&] {
        session.begin(Session::Patience::waits_first);
        ask_ahead(tx, one, true);
        open = workload_of(tx, here, PersonId{2}).open;
        session.rollback();
    });
    Session looking(folder.database(), Session::Use::write);
    Tx looks(looking);
    while (Query(looks, "select count(*) from pg_locks where not granted").value<std::int64_t>() == 0)
        std::this_thread::yield();
    other.commit();
    waiting.join();
    CHECK(open == 7);  // the two from before and the five that were committed meanwhile
}
