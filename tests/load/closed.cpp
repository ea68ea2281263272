#include "tests/load/closed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>

#include "tests/load/figures.hpp"
#include "tests/load/reports.hpp"

namespace mashang::load {
namespace {

using std::chrono::steady_clock;

struct Rush {
    const ClosedLoad& load;
    steady_clock::time_point counted_from, until;
    std::size_t next = 0, created = 0, others = 0;
    Figures latency;
};

asio::awaitable<void> keep_sending(Rush& rush, Connection& connection) {
    co_await connection.open();
    for (auto sent = steady_clock::now(); sent < rush.until; sent = steady_clock::now()) {
        const std::size_t n = rush.next++;
        const auto& token = rush.load.tokens[n % rush.load.tokens.size()];
        const auto request = make_request(http::verb::post, rush.load.target, "/api/v1/reports",
                                          report_body(token, n), {{"Idempotency-Key", fresh_key(n)}});
        const Response answer = co_await connection.exchange(request);
        const auto answered = steady_clock::now();
        if (answered < rush.counted_from || answered > rush.until) continue;
        if (answer.result_int() != 201) {
            if (rush.others++ == 0)
                std::fprintf(stderr, "mashang_load: %u: %.300s\n", answer.result_int(),
                             answer.body().c_str());
            continue;
        }
        ++rush.created;
        rush.latency.add(answered - sent);
    }
}

steady_clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

std::string run_closed(const ClosedLoad& load) {
    asio::io_context io{1};
    const auto counted_from = steady_clock::now() + seconds_of(load.warm_up_seconds);
    Rush rush{load, counted_from, counted_from + seconds_of(load.seconds), 0, 0, 0, {}};
    std::vector<std::unique_ptr<Connection>> connections;
    std::exception_ptr failed;
    for (int i = 0; i < load.connections; ++i) {
        connections.push_back(std::make_unique<Connection>(io, load.target));
        asio::co_spawn(io, keep_sending(rush, *connections.back()), [&failed](std::exception_ptr e) {
            if (e) failed = e;
        });
    }
    io.run();
    if (failed) std::rethrow_exception(failed);
    char head[160];
    std::snprintf(
        head, sizeof head,
        "{\"connections\":%d,\"seconds\":%.0f,\"created\":%zu,\"per_s\":%.1f,\"other_answers\":%zu,",
        load.connections, load.seconds, rush.created, static_cast<double>(rush.created) / load.seconds,
        rush.others);
    return std::string{head} + "\"latency\":" + rush.latency.json() + "}";
}

}  // namespace mashang::load
