#include "tests/load/open_loop.hpp"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <memory>
#include <set>

namespace mashang::load {
namespace {

using asio::use_awaitable;
using std::chrono::steady_clock;

steady_clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

struct Run {
    const OpenLoop& loop;
    Traffic& traffic;
    asio::io_context& io;
    OpenLoopFigures found;
    steady_clock::time_point first, give_up, last_answer;
    std::size_t next = 0, warm_up = 0, total = 0;
    int lanes = 0;                      // connections still at it
    std::set<std::size_t> in_flight{};  // counted calls that were sent
    double cpu_s_before = 0;
    std::exception_ptr failed{};

    steady_clock::time_point due(std::size_t n) const {
        return first + seconds_of(static_cast<double>(n) / loop.rate_per_s);
    }
};

void count(Run& run, const Outcome& outcome, steady_clock::time_point due, steady_clock::time_point sent) {
    run.last_answer = steady_clock::now();
    auto& kind = run.found.kinds.at(outcome.kind);
    if (!outcome.good) {
        ++kind.other_answers[outcome.status];
        return;
    }
    run.found.all.add(run.last_answer - due);
    ++run.found.good;
    ++kind.good;
    kind.from_schedule.add(run.last_answer - due);
    kind.from_sending.add(run.last_answer - sent);
}

asio::awaitable<void> one(Run& run, LeanConnection& connection, std::size_t n, bool was_idle) {
    const auto due = run.due(n);
    const bool counts = n >= run.warm_up;
    if (n == run.warm_up) run.cpu_s_before = own_cpu_s();
    const auto sent = steady_clock::now();
    if (counts && was_idle) run.found.lateness.add(sent - due);
    if (counts) run.in_flight.insert(n);
    try {
        const Outcome outcome = co_await run.traffic.call(connection, n);
        if (counts) count(run, outcome, due, sent);
    } catch (const boost::system::system_error& e) {
        if (run.found.broken++ == 0) std::fprintf(stderr, "mashang_load: %s\n", e.what());
    }
    run.in_flight.erase(n);
}

asio::awaitable<void> serve_schedule(Run& run, LeanConnection& connection) {
    asio::steady_timer timer{run.io};
    while (run.next < run.total && steady_clock::now() < run.give_up) {
        const std::size_t n = run.next++;
        const auto due = run.due(n);
        const bool is_idle = due > steady_clock::now();
        if (is_idle) {
            timer.expires_at(due);
            co_await timer.async_wait(use_awaitable);
        }
        co_await one(run, connection, n, is_idle);
    }
}

asio::awaitable<void> open_and_start(Run& run, std::vector<std::unique_ptr<LeanConnection>>& connections) {
    co_await run.traffic.prepare(run.io);
    for (const auto& connection : connections) co_await connection->open();
    run.first = steady_clock::now() + std::chrono::milliseconds{100};
    run.give_up = run.due(run.total) + seconds_of(run.loop.patience_seconds);
    run.lanes = static_cast<int>(connections.size());
    for (const auto& connection : connections)
        asio::co_spawn(run.io, serve_schedule(run, *connection), [&run](std::exception_ptr e) {
            if (e) run.failed = e;
            // Streams that a traffic holds open have no end of their own.
            if (e || --run.lanes == 0) run.io.stop();
        });
    // A call that is never answered ends nobody's run.
    asio::steady_timer hung{run.io, run.give_up + std::chrono::seconds{10}};
    co_await hung.async_wait(use_awaitable);
    run.io.stop();
}

}  // namespace

asio::awaitable<void> Traffic::prepare(asio::io_context& /*io*/) {
    co_return;
}

double own_cpu_s() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string other_answers_json(const std::map<unsigned, std::size_t>& answers) {
    std::string text;
    for (const auto& [status, count] : answers) {
        text += text.empty() ? "\"" : ",\"";
        text += std::to_string(status) + "\":" + std::to_string(count);
    }
    return "{" + text + "}";
}

std::string OpenLoopFigures::json(const OpenLoop& loop) {
    char head[300];
    std::snprintf(head, sizeof head,
                  "\"asked_per_s\":%.0f,\"reached_per_s\":%.1f,\"seconds\":%.0f,\"connections\":%d,"
                  "\"good\":%zu,\"broken\":%zu,\"unanswered\":%zu,\"generator_cores\":%.3f,",
                  loop.rate_per_s, reached_per_s, loop.seconds, loop.connections, good, broken, unanswered,
                  generator_cores);
    return std::string{head} + "\"latency\":" + all.json() + ",\"generator_late\":" + lateness.json();
}

OpenLoopFigures run_open_loop(const OpenLoop& loop, Traffic& traffic, std::size_t kinds) {
    asio::io_context io{1};
    Run run{loop, traffic, io, {}, {}, {}, {}};
    run.found.kinds.resize(kinds);
    run.warm_up = static_cast<std::size_t>(loop.rate_per_s * loop.warm_up_seconds);
    run.total = run.warm_up + static_cast<std::size_t>(loop.rate_per_s * loop.seconds);
    run.found.all.reserve(run.total);
    std::vector<std::unique_ptr<LeanConnection>> connections;
    for (int i = 0; i < loop.connections; ++i)
        connections.push_back(std::make_unique<LeanConnection>(io, loop.target));
    asio::co_spawn(io, open_and_start(run, connections), [&run](std::exception_ptr e) {
        if (e) run.failed = e;
        run.io.stop();
    });
    io.run();
    if (run.failed) std::rethrow_exception(run.failed);

    const auto ended = steady_clock::now();
    for (std::size_t n = std::max(run.next, run.warm_up); n < run.total; ++n) run.in_flight.insert(n);
    run.found.unanswered = run.in_flight.size();
    for (const auto n : run.in_flight) run.found.all.add(ended - run.due(n));
    const auto span = std::chrono::duration<double>(run.last_answer - run.due(run.warm_up)).count();
    run.found.reached_per_s = static_cast<double>(run.found.good) / span;
    run.found.generator_cores = (own_cpu_s() - run.cpu_s_before) / span;
    return std::move(run.found);
}

}  // namespace mashang::load
