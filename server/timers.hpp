// The timer service: fires what falls due, drains waiting cases, keeps the house clean, seals the journal.
//
// Oldest first across all cases, in short batches, each batch a write of its own, so that requests go between
// (T24). A case whose firing cannot be written is set aside, and neither the rest of its batch nor draining
// and housekeeping wait for it or for a long backlog. Runs as a coroutine of the app; with the test clock it
// is driven by advance(), instant by instant.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "dispatch/case.hpp"
#include "dispatch/result.hpp"
#include "dispatch/time.hpp"

namespace mashang::server {

class App;

class Timers {
  public:
    static constexpr std::size_t batch_cases_max = 64;
    static constexpr std::chrono::milliseconds tick{200};

    explicit Timers(App& app) : app_(app) {}

    // Until the app stops.
    boost::asio::awaitable<void> run();
    // Moves the clock to `target`, firing everything in due order at its own instant; how much was fired.
    boost::asio::awaitable<Result<std::size_t>> advance(Instant target);

  private:
    boost::asio::awaitable<Result<std::size_t>> fire_batch();
    boost::asio::awaitable<Result<std::size_t>> fire_oldest(std::size_t most);
    boost::asio::awaitable<Result<std::size_t>> fire_apart();
    boost::asio::awaitable<Result<std::size_t>> set_aside_oldest();
    void alarm_of(CaseId poisoned);
    boost::asio::awaitable<std::size_t> drain_waiting();
    boost::asio::awaitable<void> keep_house();
    boost::asio::awaitable<void> seal();
    boost::asio::awaitable<void> pack();
    boost::asio::awaitable<std::optional<Instant>> next_due();
    void watch_clock();

    App& app_;
    Instant housed_at_{};
    Instant drained_at_{};
    CaseId packed_to_{};
    bool clock_behind_ = false;
};

}  // namespace mashang::server
