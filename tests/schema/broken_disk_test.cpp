#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

// While it lives no file of this process can grow past the bound: the write that tries fails, as on a full
// disk.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit small = before_;
        small.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
    SmallDisk(const SmallDisk&) = delete;

  private:
    rlimit before_{};
};

Store::Job report_job(int n) {
    return [n](Tx& tx) -> Result<void> {
        write_report(tx, n);
        return {};
    };
}

bool has_case(Store& store, int n) {
    bool found = false;
    const auto looked = read(store, [&](Tx& tx) -> Result<void> {
        found = case_by_id(tx, test::district, case_row(n).id).has_value();
        return {};
    });
    return looked.has_value() && found;
}

}  // namespace

TEST_CASE("after a commit that failed nothing more is written until restart, and reading goes on",
          "[sqlite]") {
    Folder folder;
    {
        auto store = opened(folder);
        REQUIRE(write(*store, report_job(1)).has_value());
        {
            const SmallDisk disk(std::filesystem::file_size(folder.database() + "-wal"));
            const auto failed = write(*store, report_job(2));
            REQUIRE(failed.has_error());
            CHECK(failed.error().code == Errc::unavailable);
            CHECK(failed.error().key == "error.store_failed");
        }
        CHECK_FALSE(store->health().writable);
        CHECK_FALSE(store->health().reason.empty());
        // The disk has room again: still nobody knows what the failed sync left, so nothing is taken.
        CHECK(write(*store, report_job(3)).error().code == Errc::unavailable);
        CHECK(has_case(*store, 1));
        CHECK_FALSE(has_case(*store, 2));
        CHECK_FALSE(has_case(*store, 3));
    }
    auto store = opened(folder);
    CHECK(store->health().writable);
    CHECK(has_case(*store, 1));
    CHECK_FALSE(has_case(*store, 2));
    CHECK(write(*store, report_job(3)).has_value());
    CHECK(has_case(*store, 3));
}

TEST_CASE("what a killed process left in the log is settled before anything is written, or nothing is",
          "[sqlite]") {
    Folder folder;
    const int reports = 100;
    { REQUIRE(write(*opened(folder), report_job(1)).has_value()); }
    const auto settled_bytes = std::filesystem::file_size(folder.database());
    if (const auto child = fork(); child == 0) {
        auto store = opened(folder);
        // While somebody reads the database as it was, no checkpoint copies the log into it.
        Session reader(folder.database(), Session::Use::read);
        reader.begin();
        Tx tx(reader);
        if (Query(tx, "select count(*) from cases").value<std::int64_t>() != 1) _exit(1);
        for (int n = 2; n <= reports; ++n)
            if (write(*store, report_job(n)).has_error()) _exit(1);
        _exit(0);  // as a kill would: nothing is closed, all of it stands in the log only
    } else {
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
    REQUIRE(std::filesystem::file_size(folder.database()) == settled_bytes);
    {
        const SmallDisk disk(settled_bytes);
        auto store = opened(folder);
        CHECK_FALSE(store->health().writable);
        CHECK_FALSE(store->health().reason.empty());
        CHECK(write(*store, report_job(reports + 1)).error().code == Errc::unavailable);
        CHECK(has_case(*store, reports));
    }
    auto store = opened(folder);
    CHECK(store->health().writable);
    CHECK(has_case(*store, reports));
    CHECK_FALSE(has_case(*store, reports + 1));
    CHECK(write(*store, report_job(reports + 1)).has_value());
}
