#include "tests/load/closed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <memory>

#include "tests/load/figures.hpp"
#include "tests/load/open_loop.hpp"
#include "tests/load/reports.hpp"

namespace mashang::load {
namespace {

using std::chrono::steady_clock;

struct Rush {
    const ClosedLoad& load;
    const std::string page;  // as a request; "" for reports
    steady_clock::time_point counted_from, until;
    std::size_t next = 0, good = 0, others = 0;
    double cpu_s = 0;
    Figures latency{};
};

std::string next_request(Rush& rush) {
    if (!rush.page.empty()) return rush.page;
    const std::size_t n = rush.next++;
    return report_request(rush.load.target, rush.load.tokens[n % rush.load.tokens.size()], n);
}

asio::awaitable<void> keep_sending(Rush& rush, LeanConnection& connection) {
    const unsigned wanted = rush.page.empty() ? 201 : 200;
    co_await connection.open();
    for (auto sent = steady_clock::now(); sent < rush.until; sent = steady_clock::now()) {
        const std::string request = next_request(rush);
        const Answer answer = co_await connection.exchange(request);
        const auto answered = steady_clock::now();
        if (answered < rush.counted_from || answered > rush.until) continue;
        if (answer.status != wanted) {
            if (rush.others++ == 0)
                std::fprintf(stderr, "mashang_load: %u: %.300s\n", answer.status,
                             std::string(answer.body).c_str());
            continue;
        }
        ++rush.good;
        rush.latency.add(answered - sent);
    }
}

steady_clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

asio::awaitable<void> read_the_cpu_clock(Rush& rush) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_at(rush.counted_from);
    co_await timer.async_wait(asio::use_awaitable);
    const double before = own_cpu_s();
    timer.expires_at(rush.until);
    co_await timer.async_wait(asio::use_awaitable);
    rush.cpu_s = own_cpu_s() - before;
}

}  // namespace

std::string run_closed(const ClosedLoad& load) {
    asio::io_context io{1};
    const auto counted_from = steady_clock::now() + seconds_of(load.warm_up_seconds);
    Rush rush{load, load.page.empty() ? "" : request_bytes(load.target, "GET", load.page), counted_from,
              counted_from + seconds_of(load.seconds)};
    std::vector<std::unique_ptr<LeanConnection>> connections;
    std::exception_ptr failed;
    const auto ended = [&failed](std::exception_ptr e) {
        if (e) failed = e;
    };
    asio::co_spawn(io, read_the_cpu_clock(rush), ended);
    for (int i = 0; i < load.connections; ++i) {
        connections.push_back(std::make_unique<LeanConnection>(io, load.target));
        asio::co_spawn(io, keep_sending(rush, *connections.back()), ended);
    }
    io.run();
    if (failed) std::rethrow_exception(failed);
    char head[200];
    std::snprintf(head, sizeof head,
                  "{\"connections\":%d,\"seconds\":%.0f,\"good\":%zu,\"per_s\":%.1f,\"other_answers\":%zu,"
                  "\"generator_cores\":%.3f,",
                  load.connections, load.seconds, rush.good, static_cast<double>(rush.good) / load.seconds,
                  rush.others, rush.cpu_s / load.seconds);
    return std::string{head} + "\"latency\":" + rush.latency.json() + "}";
}

}  // namespace mashang::load
