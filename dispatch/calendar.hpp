// A working calendar: adds limits to instants and measures the time between instants (T1-T10).
//
// Hides the index: working intervals in UTC with prefix sums, so that add and between are O(log n) in the
// days covered, never a loop over minutes or days. Immutable once built; share by shared_ptr<const Calendar>;
// any thread. Zones enter as offsets (looking a zone up reads files, which this layer may not): the caller
// expands an IANA zone to `ZoneOffset`s covering the calendar.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/time.hpp"

namespace mashang {

using LocalDay = std::chrono::local_days;  // a civil day of the district

// Minutes since local midnight, half-open; close may be 1440 (24:00 is legal).
struct DayInterval {
    int open_minute = 0;
    int close_minute = 0;
    friend bool operator==(const DayInterval&, const DayInterval&) = default;
};
using DayPattern = std::vector<DayInterval>;

// From `from` on, local = UTC + offset. In a gap a local time means the instant of the jump; in a fold the
// earlier one (stated rule of T1).
struct ZoneOffset {
    Instant from;
    std::chrono::seconds offset{0};
};

enum class DayKind { override_work, override_rest, make_up_work, public_holiday, weekly_work, weekly_rest };

struct CalendarSpec {
    std::string id;  // "zj-default"
    int version = 1;
    std::vector<ZoneOffset> zone;  // sorted; the first applies to everything before it too
    LocalDay first_day{};          // the index covers [first_day, last_day]
    LocalDay horizon{};  // the last day whose holidays are published; after it the weekly pattern counts
    LocalDay last_day{};
    std::array<DayPattern, 7> weekly;  // 0 = Monday
    DayPattern working_day;            // pattern of a make-up workday
    std::vector<LocalDay> public_holidays;
    std::vector<LocalDay> make_up_days;
    std::vector<std::pair<LocalDay, DayPattern>> overrides;  // district's own; an empty pattern is a rest day
    // A day count whose last day is an ordinary weekend moves to the next working day. Off, it ends on that
    // very day, at the close of `working_day`. Public holidays and the district's own rest days always move.
    bool roll_over_weekends = true;
};

class Calendar {
  public:
    struct Due {
        Instant at;
        bool provisional = false;  // lies beyond the horizon
        friend bool operator==(const Due&, const Due&) = default;
    };

    // Refuses with invalid and pointers into the spec ("/weekly/0/1", "/overrides/2/pattern/0"), all faults
    // at once: no working time at all, overlapping, empty or unsorted intervals, minutes outside 0..1440, a
    // day listed twice or both holiday and make-up, horizon outside, zone empty or unsorted, over a century.
    // Error keys: error.calendar_{minute_range, interval_empty, interval_overlap, day_twice,
    // holiday_and_make_up, zone_empty, zone_order, span, horizon, no_working_time}.
    static Result<std::shared_ptr<const Calendar>> build(CalendarSpec spec);

    // The due instant of a limit started at `start`. Nothing left at closing time is due at that close, not
    // at the next opening (T5). Past the index its last close is returned (or `start`, if later),
    // provisional. Only units that the calendar decides can be provisional: 3eh is three hours in every year.
    Due add(Instant start, Limit limit) const;

    // Working time in [a, b); negative when b < a.
    Millis working_between(Instant a, Instant b) const;

    // Time used of a clock in the limit's own measure: working time for wh, wm; elapsed for eh, em, h, min;
    // for wd and d the working time and the elapsed time respectively.
    Millis used_between(Instant a, Instant b, Unit unit) const;

    // So much working time after `start`; what a limit of working hours is added by, to the millisecond.
    Due after_working(Instant start, Millis length) const;

    // Moves a due instant by the credit of a hold [from, to): working time for wh/wm, elapsed for
    // eh/em/h/min, whole counted days covered for wd/d (lifecycle.md "Pause credit"); a day is covered from
    // its midnight to its close of business. Overlapping or touching holds must be merged before (T13), or
    // the two halves of a day count as none. For d the credit starts from the day the due was rolled to.
    Due credit(Instant due, Unit unit, Instant from, Instant to) const;

    // `start` plus a fraction of [start, due) in the unit's own measure: thresholds and warnings (T22). 100
    // is `due` itself, more goes on beyond it; without working time before it, `due` again.
    Instant fraction(Instant start, Instant due, Unit unit, int percent) const;

    // The intervals that were counted between a and b (working intervals cut to [a, b)), at most `most`.
    std::vector<Interval> counted(Instant a, Instant b, std::size_t most = 64) const;

    DayKind kind_of(LocalDay day) const;
    bool is_working(Instant t) const;
    LocalDay day_of(Instant t) const;      // civil day of the district (T44)
    Instant start_of(LocalDay day) const;  // its first instant
    std::chrono::seconds offset_at(Instant t) const;
    const CalendarSpec& spec() const;

    ~Calendar();

  private:
    struct Index;
    explicit Calendar(std::unique_ptr<Index> index);
    Due end_of_index(Instant start) const;
    Due close_of_working_day(Instant start, std::size_t position) const;
    Due close_of_last_day(Instant start, LocalDay last) const;
    std::pair<LocalDay, LocalDay> days_held(Instant from, Instant to) const;
    std::unique_ptr<Index> index_;
};

}  // namespace mashang
