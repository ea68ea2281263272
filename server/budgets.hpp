// Per-client budgets: token buckets by key, so that one phone cannot flood a street and one guesser a login.
//
// Bounded memory: the fullest buckets are forgotten first. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "dispatch/time.hpp"

namespace mashang::server {

// Errc::busy with the seconds to wait, which makes it a 429.
Error over_budget(const char* key, int seconds);

class Budgets {
  public:
    struct Rate {
        int burst = 60;                        // at once
        std::chrono::seconds refill_each{10};  // one more after so long
    };
    static constexpr Rate reports{60, std::chrono::seconds(5)};  // by client address
    static constexpr Rate uploads{60, std::chrono::seconds(5)};  // by client address
    static constexpr Rate logins{10, std::chrono::seconds(30)};  // failed ones, by login and address
    static constexpr std::size_t keys_max = 100'000;

    explicit Budgets(bool enabled) : enabled_(enabled) {}

    // Takes one of the key's budget; the seconds to wait when there is none left.
    std::optional<int> take(const std::string& key, Rate rate, Instant now);
    // The seconds to wait, without taking.
    std::optional<int> wait(const std::string& key, Rate rate, Instant now);

  private:
    struct Bucket {
        double left = 0;
        Instant at{};
    };
    std::optional<int> look(const std::string& key, Rate rate, Instant now, int take);

    const bool enabled_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace mashang::server
