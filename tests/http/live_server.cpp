#include "tests/http/live_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>

namespace mashang::test {

namespace asio = boost::asio;
using http::Method;
using http::Request;
using http::Response;

void Door::open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    for (const auto& wake : waiting_) wake();
    waiting_.clear();
}

void Door::await_knock() {
    std::unique_lock lock{mutex_};
    knocked_.wait_for(lock, std::chrono::seconds{2}, [this] { return knock_; });
}

asio::awaitable<void> Door::enter() {
    const auto executor = co_await asio::this_coro::executor;
    const auto timer = std::make_shared<asio::steady_timer>(executor, std::chrono::hours{1});
    {
        const std::lock_guard lock{mutex_};
        knock_ = true;
        knocked_.notify_all();
        if (open_) co_return;
        waiting_.push_back([executor, timer] { asio::post(executor, [timer] { timer->cancel(); }); });
    }
    boost::system::error_code error;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, error));
}

namespace {

asio::awaitable<Response> hello(World&, const Request& request) {
    const auto name = request.query_value("name").value_or("world");
    co_return Response::of(200, "text/plain", "hello " + std::string{name});
}

asio::awaitable<Response> echo(World&, const Request& request) {
    auto response = Response::of(200, "application/octet-stream", request.body);
    response.set("X-Path", request.path);
    response.set("X-Host", std::string{request.header("HOST").value_or("")});
    co_return response;
}

asio::awaitable<Response> throws(World&, const Request&) {
    throw std::runtime_error("a bug, on purpose");
    co_return Response{};
}

asio::awaitable<Response> splits(World&, const Request&) {
    auto response = Response::of(200, "text/plain", "x");
    response.set("X-Evil", "a\r\nSet-Cookie: stolen=1");
    co_return response;
}

asio::awaitable<Response> waits(World& world, const Request&) {
    co_await world.door.enter();
    co_return Response::of(200, "text/plain", "waited");
}

asio::awaitable<Response> stuck(World& world, const Request&) {
    co_await world.door.enter();
    for (;;) {
        asio::steady_timer never{co_await asio::this_coro::executor, std::chrono::hours{1}};
        co_await never.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<Response> big(World& world, const Request&) {
    auto response = Response::of(200, "text/plain", world.big_text);
    response.set("ETag", "\"one\"");
    co_return response;
}

asio::awaitable<Response> picture(World& world, const Request&) {
    co_return Response::of(200, "image/png", world.big_text);
}

asio::awaitable<Response> nothing(World&, const Request&) {
    auto response = Response::of(204, "text/plain", "not to be sent");
    co_return response;
}

asio::awaitable<Response> events(World& world, const Request&) {
    Response response;
    response.set("Content-Type", "text/event-stream");
    response.stream = world.stream;
    co_return response;
}

constexpr http::Route<World> routes[] = {
    {Method::get, "/hello", hello},         {Method::post, "/echo", echo, 64},
    {Method::put, "/large", echo, 1 << 20}, {Method::get, "/throws", throws},
    {Method::get, "/splits", splits},       {Method::get, "/waits", waits},
    {Method::get, "/stuck", stuck},         {Method::get, "/big", big},
    {Method::get, "/picture", picture},     {Method::get, "/nothing", nothing},
    {Method::get, "/events", events},       {Method::get, "/show/{what}", echo},
};

}  // namespace

}  // namespace mashang::test

#if defined(__SANITIZE_THREAD__)
// Asio counts the users of an executor with a fence, which this sanitizer does not understand.
extern "C" const char* __tsan_default_suppressions() {
    return "race:shared_target_executor\n";
}
#endif

namespace mashang::test {

LiveServer::LiveServer(http::Limits limits, http::EventStream::Bounds bounds) {
    world.stream = std::make_shared<http::EventStream>(bounds);
    const auto router = std::make_shared<http::Router<World>>(routes);
    http::Hooks hooks;
    hooks.service = [this, router](Request& request) { return router->answer(world, request, {}); };
    hooks.body_bytes_max = [router](const Request& head) { return router->body_bytes_max(head); };
    hooks.unix_seconds = [] { return std::int64_t{784111777}; };  // RFC 9110's own example instant
    hooks.finish = [](const Request*, Response& response) {
        response.set("X-Content-Type-Options", "nosniff");
    };
    auto server = http::Server::listen(context_.get_executor(), {{"127.0.0.1", 0}}, limits, std::move(hooks));
    if (!server) throw std::runtime_error("cannot listen on loopback");
    server_.emplace(std::move(*server));
    server_->start();
    for (int i = 0; i < 2; ++i) {
        threads_.emplace_back([this, work = asio::make_work_guard(context_)] { context_.run(); });
    }
}

LiveServer::~LiveServer() {
    context_.stop();
    threads_.clear();
    server_.reset();
}

std::future<bool> LiveServer::drain(std::chrono::milliseconds deadline) {
    return asio::co_spawn(context_, server_->drain(deadline), asio::use_future);
}

bool LiveServer::becomes(const std::function<bool(const http::Counters&)>& wanted) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    while (!wanted(counters())) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace mashang::test
