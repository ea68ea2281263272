// The write-ahead log: who syncs it, who is told when, and how it is copied into the database.
#include <fcntl.h>
#include <rapidcheck/catch.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "schema/log_syncer.hpp"
#include "schema/paced_writes.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

using Where = LogSyncer::Where;

// A file beside the folder's database that goes away with it.
std::string log_in(const Folder& folder) {
    const auto path = folder.database() + "-log";
    std::ofstream(path) << "log";
    return path;
}

void insert_many(Session& session, int first, int last) {
    session.begin();
    Tx tx(session);
    for (int n = first; n <= last; ++n) write_report(tx, n);
    session.commit();
}

}  // namespace

TEST_CASE("groups are told in the order of their commits, wherever each is synced", "[sqlite]") {
    const Folder folder;
    const auto path = log_in(folder);
    rc::prop("any groups", [&] {
        const auto groups = *rc::gen::container<std::vector<std::pair<bool, bool>>>(
            rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>()));
        std::vector<std::size_t> told;
        {
            LogSyncer syncer(path, 3, [](const std::string&) { RC_FAIL("nothing fails"); });
            for (std::size_t i = 0; i < groups.size(); ++i) {
                const auto [wrote, here] = groups[i];
                const auto tell = [&told, i](bool durable) { told.push_back(durable ? i : 999); };
                syncer.durable({1, wrote, tell}, here ? Where::here : Where::beside);
            }
            syncer.close();
        }
        RC_ASSERT(told.size() == groups.size());
        for (std::size_t i = 0; i < told.size(); ++i) RC_ASSERT(told[i] == i);
    });
}

TEST_CASE("the first sync that fails is the last: everybody after it is told so, one who wrote nothing too",
          "[sqlite]") {
    const Folder folder;
    const auto pipe = folder.database() + "-pipe";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);  // a pipe cannot be synced
    std::vector<std::string> why;
    std::vector<bool> durable;
    {
        LogSyncer syncer(pipe, 100, [&](const std::string& what) { why.push_back(what); });
        const auto tell = [&](bool is) { durable.push_back(is); };
        syncer.durable({1, false, tell}, Where::here);  // nothing to sync yet
        syncer.durable({1, true, tell}, Where::beside);
        syncer.durable({1, true, tell}, Where::beside);
        syncer.durable({1, false, tell}, Where::beside);
        syncer.close();
        syncer.durable({1, true, tell}, Where::here);
        syncer.durable({1, false, tell}, Where::here);
    }
    CHECK(why.size() == 1);
    CHECK(durable == std::vector<bool>{true, false, false, false, false, false});
}

TEST_CASE("the writer goes on while a group is being acknowledged, and no further than its bound",
          "[sqlite]") {
    const Folder folder;
    LogSyncer syncer(log_in(folder), 2, [](const std::string&) {});
    std::promise<void> let_go;
    std::promise<void> reached;
    syncer.durable({1, true,
                    [&](bool) {
                        reached.set_value();
                        let_go.get_future().wait();
                    }},
                   Where::beside);
    reached.get_future().wait();  // the first is being told
    std::atomic<int> told{0};
    syncer.durable({1, true, [&](bool) { ++told; }}, Where::here);  // does not wait for it
    CHECK(told == 0);
    std::atomic<bool> third{false};
    std::thread writer([&] {
        syncer.durable({1, true, [&](bool) { ++told; }}, Where::beside);
        third = true;
    });
    CHECK_FALSE(third);  // two jobs are unsynced: it waits until one is told
    let_go.set_value();
    writer.join();
    syncer.close();
    CHECK(told == 2);
}

TEST_CASE("a log that is not there cannot be synced", "[sqlite]") {
    const Folder folder;
    CHECK_THROWS_AS(LogSyncer(folder.database() + "-none", 1, [](const std::string&) {}), StoreFault);
}

TEST_CASE("a paced checkpoint syncs in slices and copies the same, one that is not paced in none",
          "[sqlite]") {
    const Folder folder;
    { opened(folder); }
    Session writing(folder.database(), Session::Use::write);
    Session copying(folder.database(), Session::Use::checkpoint);
    insert_many(writing, 1, 3000);  // some megabytes
    {
        const PacedWrites paced;
        copying.execute("pragma wal_checkpoint(passive)");
        CHECK(paced.slices() >= 6);
    }
    insert_many(writing, 3001, 4000);
    copying.execute("pragma wal_checkpoint(passive)");
    {
        const PacedWrites none;
        CHECK(none.slices() == 0);
    }
    Session reading(folder.database(), Session::Use::read);
    Tx tx(reading);
    CHECK(count_cases(tx, test::district, {}) == 4000);
    const auto [verdict] = Query(tx, "pragma integrity_check").all<std::tuple<std::string>>().at(0);
    CHECK(verdict == "ok");
}

TEST_CASE("each commit says how long the log is, and a log that begins anew is short again", "[sqlite]") {
    const Folder folder;
    { opened(folder); }
    Session writing(folder.database(), Session::Use::write);
    std::atomic<std::uint64_t> pages{0};
    count_log_pages(writing.sqlite_connection(), pages);
    insert_many(writing, 1, 200);
    const auto some = pages.load();
    CHECK(some > 20);
    insert_many(writing, 201, 400);
    const auto more = pages.load();
    CHECK(more > some);
    Session copying(folder.database(), Session::Use::checkpoint);
    copying.execute("pragma wal_checkpoint(restart)");
    insert_many(writing, 401, 402);
    CHECK(pages.load() < some);
}
