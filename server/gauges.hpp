// What the operator watches, in Prometheus' words: counters and histograms kept here, exposed at /metrics.
//
// Hides prometheus-cpp. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace mashang::server {

class Gauges {
  public:
    Gauges();
    ~Gauges();

    void report_dispatched(std::chrono::microseconds from_last_byte);
    void response_sent(int status);
    void timer_fired(std::chrono::milliseconds late);
    void timer_poisoned();

    // What is asked when it is exposed, rather than counted along.
    struct Now {
        std::size_t queue_jobs = 0;
        std::uint64_t commits = 0, jobs = 0;
        std::int64_t outbox_lag = 0;
        std::uint64_t connections = 0;
        std::size_t live_subscribers = 0;
        std::int64_t clock_skew_ms = 0, clock_behind_ms = 0;
        bool ready = true;
        std::map<std::string, std::int64_t> overdue_by_stage;
    };
    std::string text(const Now& now);

  private:
    struct Registry;
    std::unique_ptr<Registry> registry_;
};

}  // namespace mashang::server
