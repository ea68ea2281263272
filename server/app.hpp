// The parts of a running server, in the order they are made, and what a handler may use.
//
// The only place where the machine's clock is read. Made by main, which loads the configuration; run() serves
// until SIGTERM or SIGINT, drains and answers the exit code. Handlers get App& on an io thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>

#include "schema/store.hpp"
#include "server/accounts.hpp"
#include "server/budgets.hpp"
#include "server/casebook.hpp"
#include "server/config.hpp"
#include "server/decision_data.hpp"
#include "server/folder_lock.hpp"
#include "server/gauges.hpp"
#include "server/http/router.hpp"
#include "server/http/server.hpp"
#include "server/keys.hpp"
#include "server/live.hpp"
#include "server/media.hpp"
#include "server/other_servers.hpp"
#include "server/time_source.hpp"
#include "server/timers.hpp"
#include "server/web_pages.hpp"

namespace mashang::server {

namespace asio = boost::asio;

class App {
  public:
    // Opens keys and store, loads the decision data. Errors as those parts give them; unavailable
    // "error.no_district" for a store that holds none.
    static Result<std::unique_ptr<App>> open(Config config);
    ~App();

    // The machine's clock, for commands that have no app.
    static std::function<Instant()> machine_clock();

    int run();                      // serves; prints "ready URL" once it listens
    void announce(Changed change);  // after the commit: live pages and counters hear of it

    std::shared_ptr<const DecisionData> data() const;
    Result<void> reload_data();  // blocks on the store; after a document or account changed
    int district() const { return district_; }
    bool ready() const;
    bool stopping() const { return stopping_; }
    std::uint64_t connections() const;
    std::uint16_t port() const;
    void stop();  // as SIGTERM does; any thread

    const Config config;
    const Keys keys;
    TimeSource time;
    const std::unique_ptr<schema::Store> store;
    CaseIds ids;
    Casebook casebook;
    LiveHub live;
    Accounts accounts;
    Budgets budgets;
    MediaFiles media;
    Gauges gauges;
    Timers timers;
    const WebPages pages;
    asio::thread_pool pool;
    std::atomic<bool> simulating{false};  // a what-if has the only place that there is for one

  private:
    App(Config config_, Keys keys_, std::unique_ptr<schema::Store> store_);
    asio::awaitable<http::Response> serve(http::Request& request);
    asio::awaitable<void> drain_on_signal();
    Result<void> listen();

    FolderLock lock_;
    int district_ = 0;
    mutable std::mutex data_mutex_;
    std::shared_ptr<const DecisionData> data_;
    asio::io_context io_;
    OtherServers others_;
    http::Router<App> router_;
    std::optional<http::Server> server_;
    std::atomic<bool> stopping_{false};
    std::unique_ptr<asio::steady_timer> stop_signal_;
};

}  // namespace mashang::server
