#include "tests/load/reports.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <memory>
#include <random>

#include "tests/load/figures.hpp"

namespace mashang::load {
namespace {

using asio::use_awaitable;
using std::chrono::steady_clock;

constexpr std::array<const char*, 8> sentences{"自行车停到盲道上了,轮椅过不去",
                                               "井盖松动,车压过去响得厉害",
                                               "路灯坏了三天,晚上很黑",
                                               "垃圾桶满了没人收",
                                               "人行道砖翘起来,老人绊了一跤",
                                               "店外占道摆了十几张桌子",
                                               "树枝断了挂在电线上",
                                               "河面漂着一片垃圾"};

struct Run {
    const ReportLoad& load;
    steady_clock::time_point first;
    std::size_t next = 0, warm_up = 0, total = 0;
    Figures from_schedule, from_sending, lateness;
    std::map<unsigned, std::size_t> answers;
    std::size_t broken = 0;
    steady_clock::time_point last_answer;

    steady_clock::time_point due(std::size_t n) const {
        return first + std::chrono::duration_cast<steady_clock::duration>(
                           std::chrono::duration<double>(static_cast<double>(n) / load.rate_per_s));
    }
};

asio::awaitable<void> one(Run& run, Connection& connection, std::size_t n) {
    const ReportLoad& load = run.load;
    const auto due = run.due(n);
    const auto request = make_request(http::verb::post, load.target, "/api/v1/reports",
                                      report_body(load.tokens[n % load.tokens.size()], n),
                                      {{"Idempotency-Key", fresh_key(n)}});
    const bool counts = n >= run.warm_up;
    const auto sent = steady_clock::now();
    if (counts) run.lateness.add(sent - due);
    try {
        const Response answer = co_await connection.exchange(request);
        if (!counts) co_return;
        run.last_answer = steady_clock::now();
        const unsigned status = answer.result_int();
        if (run.answers[status]++ == 0 && status != 201) {
            std::fprintf(stderr, "mashang_load: %u: %.400s\n", status, answer.body().c_str());
        }
        if (status != 201) co_return;
        run.from_schedule.add(run.last_answer - due);
        run.from_sending.add(run.last_answer - sent);
    } catch (const boost::system::system_error& e) {
        if (run.broken++ == 0) std::fprintf(stderr, "mashang_load: %s\n", e.what());
    }
}

// Each connection takes the next report that is due; when all are busy it is taken late, and its latency
// counts from its own instant all the same.
asio::awaitable<void> serve_schedule(Run& run, Connection& connection) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    while (run.next < run.total) {
        const std::size_t n = run.next++;
        timer.expires_at(run.due(n));
        co_await timer.async_wait(use_awaitable);
        co_await one(run, connection, n);
    }
}

asio::awaitable<void> open_and_start(Run& run, std::vector<std::unique_ptr<Connection>>& connections) {
    for (const auto& connection : connections) co_await connection->open();
    run.first = steady_clock::now() + std::chrono::milliseconds{100};
    const auto executor = co_await asio::this_coro::executor;
    for (const auto& connection : connections) {
        asio::co_spawn(executor, serve_schedule(run, *connection), asio::detached);
    }
}

}  // namespace

std::string report_body(const std::string& token, std::size_t n) {
    return "{\"token\":\"" + token + "\",\"text\":\"" + sentences[n % sentences.size()] + " (" +
           std::to_string(n) + ")\",\"matter_code\":\"S33010609011\"}";
}

std::string fresh_key(std::size_t n) {
    static const unsigned run = std::random_device{}();
    char key[40];
    std::snprintf(key, sizeof key, "load%08x%012zx", run, n);
    return key;
}

std::string run_reports(const ReportLoad& load) {
    asio::io_context io{1};
    Run run{load, {}, 0, 0, 0, {}, {}, {}, {}, 0, {}};
    run.warm_up = static_cast<std::size_t>(load.rate_per_s * load.warm_up_seconds);
    run.total = run.warm_up + static_cast<std::size_t>(load.rate_per_s * load.seconds);
    run.from_schedule.reserve(run.total);
    std::vector<std::unique_ptr<Connection>> connections;
    for (int i = 0; i < load.connections; ++i) {
        connections.push_back(std::make_unique<Connection>(io, load.target));
    }
    std::exception_ptr failed;
    asio::co_spawn(io, open_and_start(run, connections), [&failed](std::exception_ptr e) { failed = e; });
    io.run();
    if (failed) std::rethrow_exception(failed);

    const std::size_t good = run.answers[201];
    const auto span = std::chrono::duration<double>(run.last_answer - run.due(run.warm_up)).count();
    std::string others;
    for (const auto& [status, count] : run.answers) {
        if (status == 201) continue;
        if (!others.empty()) others += ',';
        others += '"';
        others += std::to_string(status);
        others += "\":";
        others += std::to_string(count);
    }
    char head[200];
    std::snprintf(head, sizeof head,
                  "{\"asked_per_s\":%.0f,\"reached_per_s\":%.1f,\"seconds\":%.0f,\"connections\":%d,"
                  "\"created\":%zu,\"broken\":%zu,",
                  load.rate_per_s, static_cast<double>(good) / span, load.seconds, load.connections, good,
                  run.broken);
    return std::string{head} + "\"other_answers\":{" + others + "},\"latency\":" + run.from_schedule.json() +
           ",\"from_sending\":" + run.from_sending.json() + ",\"generator_late\":" + run.lateness.json() +
           "}";
}

}  // namespace mashang::load
