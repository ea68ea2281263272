// The clock of the whole server, injected from one place (app.cpp): the machine's, moved ahead by a test.
//
// Never steps back: a backward step of the machine is held until it has caught up, and told (T27). Any
// thread.
#pragma once

#include <atomic>
#include <functional>

#include "dispatch/time.hpp"

namespace mashang::server {

class TimeSource {
  public:
    // Less is what a machine's own time service does all the time; more is an alarm.
    static constexpr Millis behind_alarmed{1000};

    explicit TimeSource(std::function<Instant()> machine) : machine_(std::move(machine)) {}

    Instant now();
    // Moves on so that now() is at least t (test clock, demo history); moving back does nothing.
    void move_to(Instant t);
    // How far the machine's clock stands behind what has been told already; time is held until it is none.
    Millis behind() const;
    // How far it once did.
    Millis skew_max() const { return Millis{skew_ms_.load()}; }

  private:
    const std::function<Instant()> machine_;
    std::atomic<std::int64_t> ahead_ms_{0};
    std::atomic<std::int64_t> last_ms_{0};
    std::atomic<std::int64_t> skew_ms_{0};
};

}  // namespace mashang::server
