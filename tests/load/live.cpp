#include "tests/load/live.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "tests/load/figures.hpp"
#include "tests/load/reports.hpp"

namespace mashang::load {
namespace {

using asio::use_awaitable;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{3};  // after the last report, for events on their way

struct Run {
    const LiveLoad& load;
    asio::io_context& io;
    Connection sender, stream;
    std::map<std::string, steady_clock::time_point> seen;  // first event of a case number
    std::vector<std::pair<std::string, steady_clock::time_point>> clicked;
    Figures answered;
};

// Requests are made outside the coroutines: g++ 12 stumbles over braced lists beside a co_await.
Request login_request(const LiveLoad& load) {
    const std::string body = json{{"login", load.login}, {"password", load.password}}.dump();
    return make_request(http::verb::post, load.target, "/api/v1/session", body, {});
}

Request live_request(const LiveLoad& load, const std::string& cookie) {
    return make_request(http::verb::get, load.target, "/api/v1/live", "",
                        {{"Cookie", cookie}, {"Accept", "text/event-stream"}});
}

Request resident_request(const LiveLoad& load, std::size_t n) {
    return make_request(http::verb::post, load.target, "/api/v1/reports", report_body(load.token, n),
                        {{"Idempotency-Key", fresh_key(1'000'000 + n)}});
}

asio::awaitable<std::string> log_in(Run& run) {
    const Request request = login_request(run.load);
    const Response answer = co_await run.sender.exchange(request);
    if (answer.result() != http::status::ok) throw std::runtime_error("login: " + answer.body());
    const std::string cookie{answer[http::field::set_cookie]};
    co_return cookie.substr(0, cookie.find(';'));
}

// Takes whole lines from the stream's text; "data:" lines name the case.
void take_lines(Run& run, std::string& text) {
    const auto now = steady_clock::now();
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        const std::string line = text.substr(0, end);
        text.erase(0, end + 1);
        if (!line.starts_with("data:")) continue;
        const json data = json::parse(line.substr(5), nullptr, false);
        if (data.is_object() && data.contains("number")) run.seen.emplace(data["number"], now);
    }
}

asio::awaitable<void> read_stream(Run& run, http::response_parser<http::string_body>& parser) {
    std::string text;
    while (!parser.is_done()) {
        co_await http::async_read_some(run.stream.socket(), run.stream.buffer(), parser, use_awaitable);
        text += parser.get().body();
        parser.get().body().clear();
        take_lines(run, text);
    }
}

asio::awaitable<void> send_reports(Run& run) {
    asio::steady_timer timer{run.io};
    const auto first = steady_clock::now();
    for (int n = 0; n < run.load.reports; ++n) {
        timer.expires_at(first + std::chrono::microseconds(static_cast<long>(n * 1e6 / run.load.rate_per_s)));
        co_await timer.async_wait(use_awaitable);
        const Request request = resident_request(run.load, static_cast<std::size_t>(n));
        const auto click = steady_clock::now();
        const Response answer = co_await run.sender.exchange(request);
        if (answer.result() != http::status::created) throw std::runtime_error("report: " + answer.body());
        run.answered.add(steady_clock::now() - click);
        run.clicked.emplace_back(json::parse(answer.body())["number"].get<std::string>(), click);
    }
    timer.expires_after(patience);
    co_await timer.async_wait(use_awaitable);
}

asio::awaitable<void> play(Run& run) {
    const std::string cookie = co_await log_in(run);
    co_await run.stream.open();
    const Request request = live_request(run.load, cookie);
    co_await http::async_write(run.stream.socket(), request, use_awaitable);
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    co_await http::async_read_header(run.stream.socket(), run.stream.buffer(), parser, use_awaitable);
    if (parser.get().result() != http::status::ok) throw std::runtime_error("the live stream is refused");
    asio::co_spawn(run.io, read_stream(run, parser), asio::detached);
    co_await send_reports(run);
    run.io.stop();
}

}  // namespace

std::string run_live(const LiveLoad& load) {
    asio::io_context io{1};
    Run run{load, io, {io, load.target}, {io, load.target}, {}, {}, {}};
    std::exception_ptr failed;
    asio::co_spawn(io, play(run), [&failed, &io](std::exception_ptr e) {
        failed = e;
        io.stop();
    });
    io.run();
    if (failed) std::rethrow_exception(failed);

    Figures screens;
    std::size_t missing = 0;
    for (const auto& [number, click] : run.clicked) {
        const auto found = run.seen.find(number);
        if (found == run.seen.end())
            ++missing;
        else
            screens.add(found->second - click);
    }
    return "{\"click_to_worker\":" + screens.json() + ",\"click_to_answer\":" + run.answered.json() +
           ",\"missing\":" + std::to_string(missing) + "}";
}

}  // namespace mashang::load
