// Stage clocks: a fold over the events of a case (T11-T21), judged without anybody looking.
//
// decide() computes due instants with the calendar and writes them into events as ClockEffects; this fold
// applies them without a calendar, so that a replay from nothing gives the same clocks. A breach is the first
// instant at which the due then in force had passed on a running clock, whether or not a timer noticed (T21).
// Pure; any thread.
#pragma once

#include "dispatch/calendar.hpp"
#include "dispatch/case.hpp"
#include "dispatch/time_standard.hpp"

namespace mashang {

// Applies one effect of an event that happened at `at`. Effects on unknown clocks are bugs and assert.
void apply(std::vector<Clock>& clocks, const ClockEffect& effect, Instant at, const Party& default_party);

// Records every breach that time alone has brought by `now`. Called before each event and before reading.
void advance(std::vector<Clock>& clocks, Instant now);

// How the clock stands at `now`, the clocks having been advanced to it.
ClockState state_of(const Clock& clock, Instant now);

// The hold that is open at `now`, if any.
const Hold* open_hold(const Clock& clock, Instant now);

// The latest attempt of a stage, its last step; nullptr when it never started.
const Clock* latest(const std::vector<Clock>& clocks, Stage stage);
// The running (or held, or pending) clock of a stage that is due first; nullptr when none.
const Clock* running(const std::vector<Clock>& clocks, Stage stage);
const Clock* find_clock(const std::vector<Clock>& clocks, Stage stage, int attempt, std::string_view step);

// "sign_off-1", "closure-1-fence".
std::string clock_id(const Clock& clock);

struct Usage {
    Millis used{0};    // in the limit's own measure, holds left out
    Millis paused{0};  // of it held, in the same measure
};
Usage usage(const Clock& clock, const Calendar& calendar, Instant now);

// T41: gross, held and net time of a clock up to `now`, in calendar and in working time.
struct Durations {
    Millis gross{0}, held{0}, net{0};
    Millis gross_working{0}, held_working{0}, net_working{0};
};
Durations durations(const Clock& clock, const Calendar& calendar, Instant now);

// The next threshold that has not fired: 50 %, 80 %, due, then bounded repeats (lifecycle.md "Thresholds").
struct NextThreshold {
    Instant at{};
    Threshold threshold = Threshold::half;
    int repeat = 0;
    int index = 0;  // its place in the clock's order; fired becomes index + 1
};
std::optional<NextThreshold> next_threshold(const Clock& clock, const Calendar& calendar,
                                            const int (&warn_percent)[2]);

// Climbing repeats after the due threshold before the last rung is reached, then so many daily ones.
inline constexpr int climbing_repeats = 3;
inline constexpr int daily_repeats = 10;

}  // namespace mashang
