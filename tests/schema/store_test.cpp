#include <catch2/catch.hpp>
#include <future>

#include "schema/migrate.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

// Holds the writer in its first job until `open` is called, so that a test decides what queues up behind it.
class Gate {
  public:
    explicit Gate(Store& store) {
        auto entered = std::make_shared<std::promise<void>>();
        auto inside = entered->get_future();
        auto opened = opened_.get_future().share();
        store.write(
            [entered, opened](Tx&) -> Result<void> {
                entered->set_value();
                opened.wait();
                return {};
            },
            [](Result<void>) {});
        inside.wait();
    }
    void open() { opened_.set_value(); }

  private:
    std::promise<void> opened_;
};

// Results of several writes that were put in without waiting.
class Pending {
  public:
    void put(Store& store, Store::Job job) {
        auto told = std::make_shared<std::promise<Result<void>>>();
        results_.push_back(told->get_future());
        store.write(std::move(job), [told](Result<void> result) { told->set_value(std::move(result)); });
    }
    Result<void> result(std::size_t i) { return results_[i].get(); }
    bool told(std::size_t i) {
        return results_[i].wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

  private:
    std::vector<std::future<Result<void>>> results_;
};

Store::Job report_job(int n) {
    return [n](Tx& tx) -> Result<void> {
        write_report(tx, n);
        return {};
    };
}

bool has_case(Store& store, int n) {
    bool found = false;
    REQUIRE(read(store, [&](Tx& tx) -> Result<void> {
                found = case_by_id(tx, test::district, case_row(n).id).has_value();
                return {};
            }).has_value());
    return found;
}

}  // namespace

TEST_CASE("jobs that queue up behind a commit share the next one") {
    Folder folder;
    auto store = opened(folder);
    Gate gate(*store);
    Pending writes;
    for (int n = 1; n <= 10; ++n) writes.put(*store, report_job(n));
    const auto before = store->health();
    CHECK(before.queue_jobs == 10);
    gate.open();
    for (std::size_t i = 0; i < 10; ++i) CHECK(writes.result(i).has_value());
    const auto after = store->health();
    CHECK(after.jobs == before.jobs + 11);
    CHECK(after.commits == before.commits + 2);  // the gate's own, and one for the ten
    for (int n = 1; n <= 10; ++n) CHECK(has_case(*store, n));
}

TEST_CASE("a group is never larger than its bound") {
    Folder folder;
    auto options = options_for(folder);
    options.group_jobs_max = 4;
    auto store = open_store(options).value();
    Gate gate(*store);
    Pending writes;
    for (int n = 1; n <= 10; ++n) writes.put(*store, report_job(n));
    const auto before = store->health();
    gate.open();
    CHECK(writes.result(9).has_value());
    CHECK(store->health().commits == before.commits + 1 + 3);  // 4 + 4 + 2
}

TEST_CASE("a job that throws fails alone and its neighbours live") {
    Folder folder;
    auto store = opened(folder);
    Gate gate(*store);
    Pending writes;
    writes.put(*store, report_job(1));
    writes.put(*store, [](Tx& tx) -> Result<void> {
        write_report(tx, 2);
        throw std::runtime_error("a bug");
    });
    writes.put(*store, report_job(3));
    writes.put(*store, report_job(3));  // the same key again: the database itself objects
    gate.open();
    CHECK(writes.result(0).has_value());
    CHECK(writes.result(1).error().code == Errc::internal);
    CHECK(writes.result(2).has_value());
    CHECK(writes.result(3).error().code == Errc::internal);
    CHECK(has_case(*store, 1));
    CHECK_FALSE(has_case(*store, 2));
    CHECK(has_case(*store, 3));
    CHECK(store->health().writable);
}

TEST_CASE("a refusal writes nothing, and keeps its own words") {
    Folder folder;
    auto store = opened(folder);
    const auto refused =
        write(*store, [](Tx&) -> Result<void> { return make_error(Errc::refused, "error.x"); });
    CHECK(refused.error().code == Errc::refused);
    CHECK(refused.error().key == "error.x");
}

TEST_CASE("a job that writes and then fails, against its contract, still leaves nothing behind") {
    Folder folder;
    auto store = opened(folder);
    Gate gate(*store);
    Pending writes;
    writes.put(*store, report_job(1));
    writes.put(*store, [](Tx& tx) -> Result<void> {
        write_report(tx, 2);
        return make_error(Errc::conflict, "error.late");
    });
    gate.open();
    CHECK(writes.result(0).has_value());
    CHECK(writes.result(1).error().code == Errc::conflict);
    CHECK(has_case(*store, 1));
    CHECK_FALSE(has_case(*store, 2));
}

TEST_CASE("a full queue answers busy at once") {
    Folder folder;
    auto options = options_for(folder);
    options.queue_jobs_max = 3;
    auto store = open_store(options).value();
    Gate gate(*store);
    Pending writes;
    for (int n = 1; n <= 4; ++n) writes.put(*store, report_job(n));
    REQUIRE(writes.told(3));
    CHECK(writes.result(3).error().code == Errc::busy);
    CHECK_FALSE(writes.told(2));
    gate.open();
    for (std::size_t i = 0; i < 3; ++i) CHECK(writes.result(i).has_value());
    CHECK_FALSE(has_case(*store, 4));
}

TEST_CASE("closing finishes what is queued and takes no more") {
    Folder folder;
    auto store = opened(folder);
    Gate gate(*store);
    Pending writes;
    for (int n = 1; n <= 5; ++n) writes.put(*store, report_job(n));
    gate.open();
    store->close();
    for (std::size_t i = 0; i < 5; ++i) {
        REQUIRE(writes.told(i));
        CHECK(writes.result(i).has_value());
    }
    CHECK(write(*store, report_job(6)).error().code == Errc::unavailable);
    CHECK(read(*store, [](Tx&) -> Result<void> { return {}; }).error().code == Errc::unavailable);
}

TEST_CASE("after a restart everything is there, and the log has been emptied") {
    Folder folder;
    {
        auto store = opened(folder);
        for (int n = 1; n <= 20; ++n) REQUIRE(write(*store, report_job(n)).has_value());
        store->close();
        const auto log = folder.database() + "-wal";  // of SQLite
        CHECK((!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0));
    }
    auto store = opened(folder);
    for (int n = 1; n <= 20; ++n) CHECK(has_case(*store, n));
}

TEST_CASE("a reader sees what is committed, and one snapshot for the whole of its job") {
    Folder folder;
    auto store = opened(folder);
    REQUIRE(write(*store, report_job(1)).has_value());
    const auto count = [](Tx& tx) { return count_cases(tx, test::district, {}); };
    std::int64_t before = 0, during = 0, after = 0, next = 0;
    CHECK(read(*store, [&](Tx& tx) -> Result<void> {
              before = count(tx);
              // A write that is not committed, and then is, while this snapshot is open.
              std::promise<void> inside, go;
              auto going = go.get_future().share();
              std::promise<Result<void>> told;
              store->write(
                  [&inside, going](Tx& w) -> Result<void> {
                      write_report(w, 2);
                      inside.set_value();
                      going.wait();
                      return {};
                  },
                  [&told](Result<void> r) { told.set_value(std::move(r)); });
              inside.get_future().wait();
              during = count(tx);
              go.set_value();
              CHECK(told.get_future().get().has_value());
              after = count(tx);
              return {};
          }).has_value());
    CHECK(read(*store, [&](Tx& tx) -> Result<void> {
              next = count(tx);
              return {};
          }).has_value());
    CHECK(before == 1);
    CHECK(during == 1);
    CHECK(after == 1);
    CHECK(next == 2);
}

TEST_CASE("a reader cannot write") {
    Folder folder;
    auto store = opened(folder);
    const auto tried = read(*store, [](Tx& tx) -> Result<void> {
        write_report(tx, 1);
        return {};
    });
    CHECK(tried.error().code == Errc::internal);
    CHECK_FALSE(has_case(*store, 1));
    CHECK(write(*store, report_job(1)).has_value());  // and the reader's failed statement holds nothing up
}

TEST_CASE("a database newer than the code is refused and left alone") {
    Folder folder;
    opened(folder)->close();
    {
        Session session(folder.database(), Session::Use::write);
        session.execute("insert into migrations (number, name, checksum) values (9999, '9999_later', 'x')");
    }
    const auto refused = open_store(options_for(folder));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().key == "error.database_newer");
}

TEST_CASE("a migration whose text was changed after it was applied is refused") {
    Folder folder;
    opened(folder)->close();
    {
        Session session(folder.database(), Session::Use::write);
        session.execute("update migrations set checksum = 'another' where number = 1");
    }
    CHECK(open_store(options_for(folder)).error().key == "error.migration_changed");
}

TEST_CASE("migrations run once each, in order, and one that fails leaves nothing of itself") {
    Folder folder;
    Session session(folder.database(), Session::Use::write);
    const Migration first{1, "0001_a", "-- why\ncreate table a (\n    x bigint\n) /*clustered*/;\n"};
    const Migration good{1, "0001_a", "create table a (\n    x bigint primary key\n) /*clustered*/;\n"};
    const Migration broken{2, "0002_b", "create table b (x bigint);\ncreate table a (y bigint);\n"};
    // SQLite wants a key for a clustered table: the marker works there, and is nothing on PostgreSQL.
    if (!on_postgres()) CHECK_THROWS(migrate(session, {first}));
    CHECK(*migrate(session, {good}) == 1);
    CHECK(*migrate(session, {good}) == 0);
    CHECK_THROWS(migrate(session, {good, broken}));
    const Migration mended{2, "0002_b", "create table b (x bigint);\n"};
    CHECK(*migrate(session, {good, mended}) == 1);
}

TEST_CASE("a fault names the statement and never the values, which are people's words") {
    Folder folder;
    Session session(folder.database(), Session::Use::write);
    REQUIRE(migrate(session, embedded_migrations()).has_value());
    Tx tx(session);
    insert_report(tx, report_row(1));
    try {
        insert_report(tx, report_row(1));
        FAIL("the same row twice");
    } catch (const StoreFault& fault) {
        const std::string what = fault.what();
        CHECK(what.find("insert into reports") != std::string::npos);
        CHECK(what.find("Blocked Path") == std::string::npos);
        CHECK(what.find("c2VhbGVk") == std::string::npos);
    }
}

TEST_CASE("a store that cannot be opened says so instead of throwing") {
    Folder folder;
    StoreOptions options = options_for(folder);
    options.url = "mysql://x";
    CHECK(open_store(options).error().code == Errc::invalid);
    options.url = "sqlite:";
    CHECK(open_store(options).error().code == Errc::invalid);
    options.url = "sqlite:/proc/nowhere/mashang.db";
    CHECK(open_store(options).error().code == Errc::unavailable);
    options.url = "postgresql://mashang@/mashang?host=/nowhere";
    CHECK(open_store(options).error().code == Errc::unavailable);
    options.url = "postgresql://mashang@/mashang?no_such_option=1";
    CHECK(open_store(options).error().code == Errc::invalid);
}
