#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "schema/chain.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

TEST_CASE("four threads that write and read at once lose nothing, and numbers are given out once") {
    constexpr int threads = 4, each = 100;
    Folder folder;
    auto options = options_for(folder);
    options.writers = threads;  // SQLite has one all the same
    auto store = open_store(options).value();
    std::atomic<int> failures{0};
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t) {
        writers.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const int n = t * each + i + 1;
                const auto wrote = write(*store, [n](Tx& tx) -> Result<void> {
                    const auto serial = lease_serials(tx, test::district, 261124, 1);
                    auto row = case_row(n);
                    row.day = 261124;
                    row.serial = serial;  // the unique index would object to a second one
                    insert_case(tx, row);
                    add_workload(tx, test::district, PersonId{1}, 1, 1, std::nullopt);
                    return {};
                });
                const auto seen = read(*store, [n](Tx& tx) -> Result<void> {
                    if (!case_by_id(tx, test::district, case_row(n).id))
                        return make_error(Errc::not_found, "error.x");
                    return {};
                });
                if (wrote.has_error() || seen.has_error()) ++failures;
            }
        });
    }
    for (auto& writer : writers) writer.join();
    CHECK(failures == 0);
    CHECK(read(*store, [](Tx& tx) -> Result<void> {
              CHECK(count_cases(tx, test::district, {}) == threads * each);
              CHECK(workload_of(tx, test::district, PersonId{1}).open == threads * each);
              CHECK(case_by_number(tx, test::district, 261124, threads * each));
              return {};
          }).has_value());
    CHECK(store->health().jobs == threads * each);
}
