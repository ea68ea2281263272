// Instants, intervals and limits: the four time units of the field as distinct notations (T1, T2, T6).
//
// Instants are UTC milliseconds. A Limit says how long a stage may take, in exactly one of the units:
//   3eh 45em   emergency hours, minutes (紧急工作时): run round the clock
//   8wh 30wm   working hours, minutes (工作时): count only inside the calendar's working intervals
//   5wd        working days (工作日): from the day after receipt to the close of the last one
//   15d        calendar days (自然日): from the next day; a last day of rest may roll (domain.md, fact 7)
//   24h 90min  calendar time (自然时)
// Pure values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Millis>;

// Half-open [open, close).
struct Interval {
    Instant open;
    Instant close;
    friend bool operator==(const Interval&, const Interval&) = default;
};

enum class Unit {
    emergency_hours,
    emergency_minutes,
    working_hours,
    working_minutes,
    working_days,
    calendar_days,
    hours,
    minutes
};

struct Limit {
    Unit unit = Unit::hours;
    std::int64_t amount = 0;  // whole units, 1 or more in every valid document
    friend bool operator==(const Limit&, const Limit&) = default;
};

// "8wh" -> {working_hours, 8}. Errors: invalid "error.limit_notation" for anything but a positive whole
// number (at most 100000) followed by one of the suffixes above.
Result<Limit> parse_limit(std::string_view text);

// The inverse of parse_limit.
std::string to_string(Limit limit);

// The one comparison that says whether finishing at `at` keeps `due`: equality is on time (T4).
constexpr bool on_time(Instant at, Instant due) {
    return at <= due;
}

inline constexpr int minutes_a_day = 24 * 60;
// Wide enough to mean "never" without overflowing sums.
inline constexpr Instant far_future{Millis{253402300799999}};

}  // namespace mashang
