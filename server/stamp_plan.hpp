// When each stamped case is accepted, and of which story it is: in the order of time, so that rows are
// appended to their tables. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/stories.hpp"

namespace mashang::server {

struct Stamp {
    const Story* story = nullptr;
    Instant at{};
};

// Closed cases: each story once or many times in every one of the weeks before `end`, at its weekday and
// hour; copies share the time until the next story.
class PastPlan {
  public:
    PastPlan(std::vector<const Story*> stories, Instant end, int weeks, std::int64_t cases);
    std::optional<Stamp> next();

  private:
    std::int64_t copies_in(std::int64_t slot) const;

    std::vector<std::pair<Millis, const Story*>> week_;  // by their time since the week began
    Instant begin_;
    std::int64_t slots_ = 0, cases_, slot_ = 0, copy_ = 0;
};

// Open cases: each story many times in the minutes before it really was, so that nothing of it lies in the
// future.
class OpenPlan {
  public:
    OpenPlan(std::vector<const Story*> stories, std::int64_t cases);
    std::optional<Stamp> next();

  private:
    std::vector<const Story*> stories_;
    std::int64_t cases_, story_ = 0, copy_ = 0;
};

}  // namespace mashang::server
