// What only a database with several writers and servers can get wrong. Every test tagged [postgres].
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>

#include "lossy_line.hpp"
#include "schema/migrate.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

constexpr int here = test::district;

std::unique_ptr<Store> server_of(const Folder& folder, int writers = 4) {
    auto options = options_for(folder);
    options.writers = writers;
    return open_store(options).value();
}

Store::Job report_job(int n) {
    return [n](Tx& tx) -> Result<void> {
        write_report(tx, n);
        return {};
    };
}

std::int64_t cases_in(Store& store) {
    std::int64_t n = 0;
    REQUIRE(read(store, [&](Tx& tx) -> Result<void> {
                n = count_cases(tx, here, {});
                return {};
            }).has_value());
    return n;
}

// What one server hears of the others.
class Ears {
  public:
    explicit Ears(Store& store) {
        store.listen([this](const std::string& note) {
            const std::lock_guard lock(mutex_);
            heard_.push_back(note);
            more_.notify_all();
        });
    }
    std::vector<std::string> first(std::size_t n) {
        std::unique_lock lock(mutex_);
        more_.wait_for(lock, std::chrono::seconds(10), [&] { return heard_.size() >= n; });
        return heard_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<std::string> heard_;
};

Result<void> tell(Store& store, const std::string& text, bool keep = true) {
    static std::atomic<int> n{1000};
    return write(store, [text, keep, number = ++n](Tx& tx) -> Result<void> {
        note(tx, text);
        write_report(tx, number);
        if (!keep) throw std::runtime_error("a bug");
        return {};
    });
}

}  // namespace

TEST_CASE("racing servers never pass a person's capacity [T34]", "[postgres]") {
    constexpr int capacity = 37, each = 30, people = 3;
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    std::atomic<int> given{0}, refused{0}, failed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                // In another order by each thread, as candidates come.
                const PersonId first{1 + (t + i) % people}, second{1 + (t + i + 1 + t % 2) % people};
                const auto result = write(t % 2 ? *one : *other, [=](Tx& tx) -> Result<void> {
                    for (const auto person : {first, second}) {
                        if (workload_of(tx, here, person).open >= capacity) continue;
                        add_workload(tx, here, person, 1, 1, at(1));
                        return {};
                    }
                    return make_error(Errc::refused, "error.full");
                });
                ++(result.has_value() ? given : result.error().code == Errc::refused ? refused : failed);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(given == people * capacity);  // 180 came, 111 have room
    CHECK(refused == 6 * each - people * capacity);
    CHECK(read(*one, [&](Tx& tx) -> Result<void> {
              for (const auto& row : all_workloads(tx, here)) CHECK(row.open == capacity);
              return {};
          }).has_value());
}

TEST_CASE("changes of one case by two servers are never lost: each reads what the other wrote [T35]",
          "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    REQUIRE(write(*one, report_job(1)).has_value());
    const auto before = case_row(1).revision;
    constexpr int each = 40;
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (auto* store : {one.get(), other.get(), one.get()}) {
        threads.emplace_back([&, store] {
            for (int i = 0; i < each; ++i) {
                const auto result = write(*store, [](Tx& tx) -> Result<void> {
                    auto row = *case_by_id(tx, here, case_row(1).id);
                    ++row.revision;
                    update_case(tx, row);
                    return {};
                });
                if (!result) ++failed;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(read(*one, [&](Tx& tx) -> Result<void> {
              CHECK(case_by_id(tx, here, case_row(1).id)->revision == before + 3 * each);
              return {};
          }).has_value());
}

TEST_CASE("two jobs that take two cases in opposite order are both done", "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    REQUIRE(write(*one, report_job(1)).has_value());
    REQUIRE(write(*one, report_job(2)).has_value());
    std::promise<void> first_has, second_has;
    auto have_first = first_has.get_future().share(), have_second = second_has.get_future().share();
    std::atomic<int> runs{0};
    const auto crossing = [&](int a, int b, std::promise<void>& mine, std::shared_future<void> theirs) {
        return [&runs, a, b, &mine, theirs](Tx& tx) -> Result<void> {
            auto row = *case_by_id(tx, here, case_row(a).id);
            if (++runs <= 2) {  // the first time each holds one until the other does
                mine.set_value();
                theirs.wait();
            }
            auto next = *case_by_id(tx, here, case_row(b).id);
            ++row.redos;
            ++next.redos;
            update_case(tx, row);
            update_case(tx, next);
            return {};
        };
    };
    Result<void> told;
    std::thread thread([&] { told = write(*one, crossing(1, 2, first_has, have_second)); });
    CHECK(write(*other, crossing(2, 1, second_has, have_first)).has_value());
    thread.join();
    CHECK(told.has_value());
    CHECK(runs >= 3);  // who found the other's case held let go of his own and ran again
    CHECK(read(*one, [&](Tx& tx) -> Result<void> {
              for (int n = 1; n <= 2; ++n)
                  CHECK(case_by_id(tx, here, case_row(n).id)->redos == case_row(n).redos + 2);
              return {};
          }).has_value());
}

TEST_CASE("the same key on two servers at once makes one report, and the slower one finds it", "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    std::promise<void> looked, go;
    auto going = go.get_future().share();
    std::atomic<int> found{0};
    // The slower one looks before the faster one commits, and writes after.
    const auto submit = [&](bool slow) {
        return [&, slow](Tx& tx) -> Result<void> {
            const auto key = report_row(1);
            if (report_by_key(tx, here, key.idem_scope, key.idem_key)) {
                ++found;
                return {};
            }
            if (slow) {
                looked.set_value();
                going.wait();
            }
            write_report(tx, 1);
            return {};
        };
    };
    Result<void> told;
    std::thread thread([&] { told = write(*one, submit(true)); });
    looked.get_future().wait();
    CHECK(write(*other, submit(false)).has_value());
    go.set_value();
    thread.join();
    CHECK(told.has_value());
    CHECK(found == 1);
    CHECK(cases_in(*one) == 1);
}

TEST_CASE("what is due is shared out: a case that one server is firing is not given to another [T22]",
          "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    for (int n = 1; n <= 4; ++n) REQUIRE(write(*one, report_job(n)).has_value());
    const auto fire = [](std::size_t most, std::vector<int>* fired, std::function<void()> meanwhile) {
        return [=](Tx& tx) -> Result<void> {
            fired->clear();
            for (auto row : cases_with_timer_due(tx, here, far_future, most)) {
                fired->push_back(row.serial);
                row.next_timer.reset();
                update_case(tx, row);
            }
            meanwhile();
            return {};
        };
    };
    std::vector<int> mine, theirs, rest;
    CHECK(write(*one, fire(2, &mine, [&] {
              CHECK(write(*other, fire(9, &theirs, [] {})).has_value());
          })).has_value());
    CHECK(write(*other, fire(9, &rest, [] {})).has_value());
    CHECK(mine == std::vector{1, 2});
    CHECK(theirs == std::vector{3, 4});
    CHECK(rest.empty());
}

TEST_CASE("each server has a number of its own, free again when it ends", "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    CHECK(one->node() == 0);
    CHECK(other->node() == 1);
    one->close();
    one.reset();
    CHECK(server_of(folder)->node() == 0);
    auto options = options_for(folder);
    options.node = 7;
    CHECK(open_store(options).value()->node() == 7);
}

TEST_CASE("a server hears what the others committed, in that order, and nothing else", "[postgres]") {
    Folder folder;
    auto one = server_of(folder, 1), other = server_of(folder, 1), third = server_of(folder, 1);
    Ears ears(*one), others(*other);
    CHECK(tell(*other, "a").has_value());
    CHECK(tell(*one, "mine").has_value());
    CHECK(tell(*third, "lost", false).has_error());
    for (int i = 0; i < 300; ++i) CHECK(tell(i % 2 ? *other : *third, "n " + std::to_string(i)).has_value());
    const auto heard = ears.first(301);
    REQUIRE(heard.size() == 301);
    CHECK(heard[0] == "a");
    for (int i = 0; i < 300; ++i) CHECK(heard[static_cast<std::size_t>(i) + 1] == "n " + std::to_string(i));
    CHECK(others.first(1).front() == "mine");
}

TEST_CASE("numbers of two servers come in blocks that never overlap", "[postgres]") {
    Folder folder;
    auto one = server_of(folder), other = server_of(folder);
    std::vector<int> all;
    for (int i = 0; i < 600; ++i) {
        int serial = 0;
        REQUIRE(write(i % 2 ? *one : *other, [&](Tx& tx) -> Result<void> {
                    serial = lease_serials(tx, here, 261124, 1);
                    return {};
                }).has_value());
        all.push_back(serial);
    }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(all.front() == 1);
    CHECK(all.back() <= 4 * 256);
}

TEST_CASE("connections that the server cuts off are made anew, and nothing acknowledged is lost",
          "[postgres]") {
    Folder folder;
    auto store = server_of(folder);
    Ears ears(*store);
    std::atomic<int> acknowledged{0};
    std::atomic<bool> enough{false};
    std::thread writer([&] {
        for (int n = 1; !enough; ++n)
            if (write(*store, report_job(n)).has_value()) ++acknowledged;
    });
    Session operator_session(folder.database(), Session::Use::write);
    for (int round = 1; round <= 5; ++round) {
        while (acknowledged < round * 20) std::this_thread::yield();
        operator_session.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'mashang' and pid <> pg_backend_pid()");
    }
    enough = true;
    writer.join();
    CHECK(ears.first(1).front().empty());                        // some may have been missed
    (void)read(*store, [](Tx&) -> Result<void> { return {}; });  // a reader that was cut off finds out
    (void)read(*store, [](Tx&) -> Result<void> { return {}; });
    (void)read(*store, [](Tx&) -> Result<void> { return {}; });
    CHECK(cases_in(*store) == acknowledged);
    CHECK(store->health().writable);
    CHECK(store->node() == 0);
}

TEST_CASE("a commit whose request or answer was lost is kept once, and acknowledged", "[postgres]") {
    Folder folder;
    server_of(folder)->close();
    const std::string cluster = std::getenv("MASHANG_TEST_STORE");
    const std::string host = cluster.substr(cluster.rfind('=') + 1);
    char made[] = "/tmp/mashang-line-XXXXXX";
    const std::string line_folder = mkdtemp(made);
    {
        LossyLine line(host, line_folder);
        auto options = options_for(folder);
        options.url.replace(options.url.find(host), host.size(), line_folder);
        auto store = open_store(options).value();
        int n = 0;
        for (const auto loses : {LossyLine::Loses::request, LossyLine::Loses::answer}) {
            std::atomic<int> runs{0};
            line.lose_next(loses);
            const auto told = write(*store, [&runs, n](Tx& tx) -> Result<void> {
                ++runs;
                write_report(tx, n);
                return {};
            });
            CHECK(told.has_value());
            CHECK(line.lost() == ++n);
            CHECK(runs == (loses == LossyLine::Loses::request ? 2 : 1));
            CHECK(cases_in(*store) == n);
        }
        store->close();
    }
    std::filesystem::remove_all(line_folder);
}

TEST_CASE("the journal lies in months by the case's id, and an unknown month is kept all the same",
          "[postgres]") {
    Folder folder;
    auto store = server_of(folder);
    Session session(folder.database(), Session::Use::write);
    Tx tx(session);
    const auto kept_in = [&](CaseId id) {
        return Query(tx, "select tableoid::regclass::text from journal where case_id = :id")
            .in("id", id)
            .value<std::string>();
    };
    const auto now = Query(tx, "select (extract(epoch from now()) * 1000)::bigint").value<std::int64_t>();
    const auto name = Query(tx, "select to_char(now() at time zone 'UTC', 'YYYYMM')").value<std::string>();
    auto row = journal_row(1, 1, "");
    row.case_id = id_at(at(now));
    append_journal(tx, {row});
    CHECK(kept_in(row.case_id) == "journal_" + name);
    row.case_id = id_at(at(1609459200000));  // 2021
    append_journal(tx, {row});
    CHECK(kept_in(row.case_id) == "journal_other");
}

TEST_CASE("a transaction sends the rows of its reports in one statement", "[postgres]") {
    Folder folder;
    Session session(folder.database(), Session::Use::write);
    REQUIRE(migrate(session, embedded_migrations()).has_value());
    session.begin();
    Tx tx(session);
    const auto before = session.statements();
    for (int n = 0; n < 31; ++n) write_report(tx, n);
    CHECK(session.statements() == before);
    session.commit();
    // Cases, reports, events, and the one person's load.
    CHECK(session.statements() == before + 1);
}

TEST_CASE("a report that breaks a unique index fails alone, wherever in its group the rows were sent",
          "[postgres]") {
    Folder folder;
    const auto store = server_of(folder, 1);
    REQUIRE(write(*store, report_job(5)).has_value());
    std::promise<void> let_go;
    std::atomic<int> good{0}, bad{0};
    std::atomic<bool> held{false};
    std::shared_future<void> gate = let_go.get_future().share();
    store->write(
        [gate, &held](Tx&) -> Result<void> {
            held = true;
            gate.wait();
            return {};
        },
        [](const Result<void>&) {});
    while (!held) std::this_thread::yield();
    // They queue up behind and are one group: 5 is there already.
    for (int n = 1; n <= 9; ++n)
        store->write(report_job(n), [&](const Result<void>& result) { ++(result ? good : bad); });
    let_go.set_value();
    store->close();
    CHECK(good == 8);
    CHECK(bad == 1);
    const auto again = server_of(folder, 1);
    CHECK(cases_in(*again) == 9);
    CHECK(read(*again, [](Tx& tx) -> Result<void> {
              CHECK(all_workloads(tx, here).at(0).open == 9);
              return {};
          }).has_value());
}
