// The inside of a Calendar: what its queries search. Only calendar.cpp and calendar_index.cpp include this.
//
// Two flat structures, both built once and then only read (any thread):
//   intervals  opens[i], closes[i] in UTC, ascending, disjoint, never empty; worked[i] = working time up to
//              closes[i], so "how much was worked before t" and "when is so much worked" are binary searches;
//   days       one entry a working day (working_days, day_closes) and, for each day of the index, how many
//              working days lie before it (days_before), so day counts are two array reads.
// Before the first indexed day nothing was worked; after the last one nothing is known.
#pragma once

#include "dispatch/calendar.hpp"

namespace mashang {

using LocalInstant = std::chrono::local_time<Millis>;

struct Calendar::Index {
    CalendarSpec spec;  // as it was given

    std::vector<LocalDay> holidays;  // sorted copies of the spec's lists
    std::vector<LocalDay> make_ups;
    std::vector<std::pair<LocalDay, std::size_t>> overrides;  // day, position in spec.overrides
    std::vector<LocalInstant> reach;  // reach[i]: the latest wall time, exclusive, shown by zone[0..i]

    std::vector<Instant> opens;
    std::vector<Instant> closes;
    std::vector<Millis> worked;

    std::vector<LocalDay> working_days;
    std::vector<Instant> day_closes;
    std::vector<std::size_t> days_before;  // one more entry than days

    // Everything that the header of Calendar::build refuses; empty when the spec is sound.
    static std::vector<FieldError> faults(const CalendarSpec& spec);
    explicit Index(CalendarSpec given);

    std::chrono::seconds offset_at(Instant t) const;
    LocalDay day_of(Instant t) const;
    // The first instant at which the wall clock shows `wall` or later: the jump in a gap, the earlier in a
    // fold.
    Instant to_utc(LocalInstant wall) const;
    Instant at_minute(LocalDay day, int minute) const;

    DayKind kind_of(LocalDay day) const;
    const DayPattern& pattern_of(LocalDay day) const;  // empty for a rest day
    // Close of business; of a rest day, the close that an ordinary working day would have.
    Instant close_of(LocalDay day) const;

    Millis worked_before(Instant t) const;
    std::size_t working_days_before(LocalDay day) const;

  private:
    void add_day(LocalDay day);
};

// Whether a day of this kind has working time.
bool is_work(DayKind kind);

}  // namespace mashang
