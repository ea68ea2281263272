// What other servers of the same store have committed: their changes reach our live pages, their documents
// our decisions, their log-outs our memory of sessions.
//
// The store tells one short note a change, in the order of the commits; the case itself is read from its
// journal, and only while somebody watches. Pages load afresh when notes were missed or come faster than they
// can be read. heard: any thread; run: a coroutine of the app. On SQLite nothing is ever heard.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "dispatch/case.hpp"
#include "schema/store.hpp"

namespace mashang::server {

class App;

class OtherServers {
  public:
    static constexpr std::size_t notes_max = 4096;
    static constexpr std::size_t batch_max = 64;

    OtherServers(App& app, boost::asio::io_context& io);
    void heard(const std::string& note);
    boost::asio::awaitable<void> run();
    const auto& executor() const { return strand_; }

  private:
    std::vector<std::string> take();
    boost::asio::awaitable<void> tell(std::vector<std::string> notes);

    App& app_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::steady_timer more_;  // only in the strand
    std::mutex mutex_;
    std::deque<std::string> notes_;
};

}  // namespace mashang::server
