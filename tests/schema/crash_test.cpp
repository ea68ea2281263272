#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

// The child: writes reports as fast as it can and sends the number of each that was acknowledged.
[[noreturn]] void write_until_killed(const Folder& folder, int pipe_end) {
    auto options = options_for(folder);
    options.writers = 4;
    auto opening = open_store(options);
    if (opening.has_error()) _exit(1);
    auto store = std::move(*opening);
    std::atomic<int> waiting{0};
    for (int n = 1;; ++n) {
        while (waiting.load() >= 16) std::this_thread::yield();
        ++waiting;
        store->write(
            [n](Tx& tx) -> Result<void> {
                write_report(tx, n);
                return {};
            },
            [n, pipe_end, &waiting](const Result<void>& result) {
                if (result.has_value() && ::write(pipe_end, &n, sizeof n) != sizeof n) _exit(1);
                --waiting;
            });
    }
}

}  // namespace

TEST_CASE("killed in the middle of its work the store loses no report that it acknowledged") {
    Folder folder;
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const auto child = fork();
    if (child == 0) {
        close(ends[0]);
        write_until_killed(folder, ends[1]);
    }
    close(ends[1]);
    std::vector<int> acknowledged;
    int n = 0;
    while (read(ends[0], &n, sizeof n) == sizeof n) {
        acknowledged.push_back(n);
        if (acknowledged.size() == 200) kill(child, SIGKILL);  // then drain what it had sent before
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(acknowledged.size() >= 200);

    auto store = opened(folder);
    CHECK(test::read(*store, [&](Tx& tx) -> Result<void> {
              for (const int number : acknowledged) {
                  INFO(number);
                  CHECK(case_by_id(tx, test::district, case_row(number).id));
                  CHECK(reports_of(tx, test::district, case_row(number).id).size() == 1);
                  CHECK(journal_of(tx, test::district, case_row(number).id, 9).size() == 1);
              }
              // A report is there whole or not at all: the sum of the projections agrees.
              const auto cases = count_cases(tx, test::district, {});
              CHECK(cases >= static_cast<std::int64_t>(acknowledged.size()));
              CHECK(workload_of(tx, test::district, PersonId{1042}).open == cases);
              return {};
          }).has_value());
}
