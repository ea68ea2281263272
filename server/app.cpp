#include "server/app.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vips/vips8>

#include "server/api/answer.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr std::chrono::seconds drain_deadline{10};

// The only reading of the machine's clock.
Instant machine_now() {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(machine_now().time_since_epoch()).count();
}

// A service that runs as long as the app does.
auto ended(const char* service) {
    return [service](std::exception_ptr e) {
        if (!e) return;
        try {
            std::rethrow_exception(e);
        } catch (const std::exception& x) {
            spdlog::critical("{} ended: {}", service, x.what());
        }
    };
}

void security_headers(http::Response& response) {
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Frame-Options", "DENY");
    response.set("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace

std::function<Instant()> App::machine_clock() {
    return machine_now;
}

App::App(Config config_, Keys keys_, std::unique_ptr<schema::Store> store_)
    : config(std::move(config_)),
      keys(std::move(keys_)),
      time(machine_now),
      store(std::move(store_)),
      ids(store->node()),
      casebook(ids, keys.personal),
      live(random_token(6)),
      accounts(keys.session),
      budgets(config.limits),
      media(config.data / "media"),
      timers(*this),
      pages(config.web),
      pool(static_cast<std::size_t>(config.pool_threads)),
      others_(*this, io_) {
    for (const auto table :
         {page_routes(), code_routes(), report_routes(), track_routes(), media_routes(), session_routes(),
          task_routes(), case_routes(), live_routes(), district_routes(), document_routes(),
          simulation_routes(), case_move_routes(), metrics_routes(), ops_routes()})
        router_.add(table);
}

App::~App() {
    server_.reset();
    pool.join();
    store->close();
}

Result<std::unique_ptr<App>> App::open(Config config) {
    if (VIPS_INIT("mashang") != 0) return make_error(Errc::unavailable, "error.media_store");
    std::error_code failed;
    std::filesystem::create_directories(config.data, failed);
    // Several servers may share a folder of photos and keys, but not a SQLite file.
    auto lock = config.store.starts_with("sqlite:") ? FolderLock::take(config.data)
                                                    : Result<FolderLock>(FolderLock());
    if (!lock) return lock.error();
    schema::StoreOptions options;
    options.url = config.store;
    options.queue_jobs_max = static_cast<std::size_t>(config.queue_max);
    options.node = config.node;
    auto opened = schema::open_store(options);
    if (!opened) return opened.error();
    CaseId last_case{};
    const auto district = read_now<int>(**opened, [&](schema::Tx& tx) -> Result<int> {
        const auto first = schema::first_district(tx);
        if (!first) return make_error(Errc::unavailable, "error.no_district");
        last_case = schema::last_case_id(tx, *first).value_or(CaseId{});
        return *first;
    });
    if (!district) return district.error();
    auto keys = load_keys(config.data / "keys.toml");
    if (!keys) return keys.error();
    std::unique_ptr<App> app(new App(std::move(config), std::move(*keys), std::move(*opened)));
    app->lock_ = std::move(*lock);
    app->district_ = *district;
    app->ids.go_on_after(last_case);
    // Time may be moved only where nobody's real deadlines hang on it.
    if (app->config.test_clock) {
        const auto demo = read_now<bool>(*app->store, [&](schema::Tx& tx) -> Result<bool> {
            return schema::meta(tx, *district, "demo").has_value();
        });
        if (!demo) return demo.error();
        if (!*demo)
            return make_error(Errc::invalid, "error.config",
                              {{"key", "test_clock"}, {"reason", "demo store only"}});
    }
    if (auto loaded = app->reload_data(); !loaded) return loaded.error();
    return app;
}

Result<void> App::reload_data() {
    using Data = std::shared_ptr<const DecisionData>;
    auto data = read_now<Data>(*store, [this](schema::Tx& tx) { return load_decision_data(tx, district_); });
    if (!data) return data.error();
    if (!config.limits) {
        auto lifted = std::make_shared<DecisionData>(**data);
        lifted->ignore_capacity = true;
        *data = std::move(lifted);
    }
    const std::lock_guard lock(data_mutex_);
    data_ = std::move(*data);
    return {};
}

std::shared_ptr<const DecisionData> App::data() const {
    const std::lock_guard lock(data_mutex_);
    return data_;
}

bool App::ready() const {
    return !stopping_ && store->health().writable;
}

std::uint64_t App::connections() const {
    return server_ ? server_->counters().connections_open : 0;
}

std::uint16_t App::port() const {
    return server_ ? server_->port() : 0;
}

void App::announce(Changed change) {
    if (change.events.empty()) return;
    const auto kept = std::make_shared<const Case>(std::move(change.c));
    // Whoever has just lost the case hears of it once more.
    std::vector<PersonId> also;
    for (const auto& e : change.events)
        if (e.owner) also = kept->had;
    const Event& last = change.events.back();
    live.publish(kept, std::move(also),
                 [kept, what = last.type, at = last.at, current = data(), now = time.now()] {
                     return encode_live(*kept, what, at, View{*current, schema::Language::zh, now, nullptr});
                 });
}

asio::awaitable<http::Response> App::serve(http::Request& request) {
    const http::TransportProblem transport = [&request](int status, std::string_view key) {
        return encode_problem(make_error(Errc::invalid, std::string(key)), status, language_of(request));
    };
    co_return co_await router_.answer(*this, request, transport);
}

Result<void> App::listen() {
    http::Hooks hooks;
    hooks.service = [this](http::Request& request) { return serve(request); };
    hooks.body_bytes_max = [this](const http::Request& head) { return router_.body_bytes_max(head); };
    hooks.unix_seconds = unix_seconds;
    hooks.problem = [](int status, std::string_view key) {
        return encode_problem(make_error(Errc::invalid, std::string(key)), status, schema::Language::zh);
    };
    hooks.finish = [this](const http::Request* request, http::Response& response) {
        security_headers(response);
        gauges.response_sent(response.status);
        // Tokens in paths open things: the log keeps the route's beginning only.
        if (request && !request->segments.empty())
            spdlog::debug("{} /{} {}", http::to_string(request->method), request->segments.front(),
                          response.status);
    };
    auto server = http::Server::listen(io_.get_executor(), {{config.address, config.port}}, http::Limits{},
                                       std::move(hooks));
    if (!server) return server.error();
    server_.emplace(std::move(*server));
    return {};
}

asio::awaitable<void> App::drain_on_signal() {
    asio::signal_set signals(io_, SIGINT, SIGTERM);
    stop_signal_ = std::make_unique<asio::steady_timer>(io_, asio::steady_timer::time_point::max());
    stop_signal_->async_wait([&signals](auto) { signals.cancel(); });
    boost::system::error_code ignored;
    co_await signals.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    stopping_ = true;
    spdlog::info("draining");
    live.close();
    const bool all = co_await server_->drain(drain_deadline);
    if (!all) spdlog::warn("some connections did not end in time");
    io_.stop();
}

void App::stop() {
    asio::post(io_, [this] {
        if (stop_signal_) stop_signal_->cancel();
    });
}

int App::run() {
    if (auto ok = listen(); !ok) {
        const Error& e = ok.error();
        std::fprintf(stderr, "%s\n", schema::sentence(schema::Language::en, e.key, e.args).c_str());
        return 1;
    }
    server_->start();
    asio::co_spawn(io_, drain_on_signal(), asio::detached);
    asio::co_spawn(io_, timers.run(), ended("the timer service"));
    asio::co_spawn(others_.executor(), others_.run(), ended("listening to other servers"));
    store->listen([this](const std::string& note) { others_.heard(note); });
    Config said = config;
    said.port = port();
    std::printf("ready %s\n", config.base_url.empty() ? said.url().c_str() : config.base_url.c_str());
    std::fflush(stdout);
    std::vector<std::thread> threads;
    for (int i = 1; i < config.io_threads; ++i) threads.emplace_back([this] { io_.run(); });
    io_.run();
    for (auto& t : threads) t.join();
    return 0;
}

}  // namespace mashang::server
