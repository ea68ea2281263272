// What the calendar tests expect, worked out another way: minute by minute and day by day from the raw spec,
// with no index, no prefix sum and no binary search. Slow on purpose. Also the published rest days of
// 2019-2026 as facts, and short ways to write instants.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/calendar.hpp"

namespace mashang::test {

// "2026-02-12 09:30" in Asia/Shanghai (UTC+8, no daylight saving since 1991); seconds may follow.
Instant shanghai(std::string_view text);
// The same notation read as UTC.
Instant utc(std::string_view text);
LocalDay day(std::string_view text);  // "2026-02-12"
// "2026-02-12 01:30:00.000 UTC", for messages of failed tests.
std::string shown(Instant t);

// Monday to Friday 08:30-12:00 and 14:00-17:30, the State Council's days of 2019-2026, horizon 2026-12-31.
CalendarSpec china_spec();
std::shared_ptr<const Calendar> china();
std::shared_ptr<const Calendar> built(CalendarSpec spec);

class Oracle {
  public:
    explicit Oracle(CalendarSpec spec);

    // Of whole minutes only.
    bool working(Instant minute) const;
    std::int64_t minutes_between(Instant a, Instant b) const;
    Instant add_working_minutes(Instant start, std::int64_t minutes) const;

    Instant add_working_days(Instant start, std::int64_t count) const;
    Instant add_calendar_days(Instant start, std::int64_t count) const;
    DayPattern pattern(LocalDay on) const;

    // How many answers of the calendar differ over all minutes of the spec: is_working at each of them, and
    // working_between from the first one wherever work begins or ends and once an hour.
    std::int64_t differences(const Calendar& calendar) const;

  private:
    const std::vector<bool>& minutes_worked() const;
    Instant close(LocalDay on, const DayPattern& of) const;
    CalendarSpec spec_;
    Instant first_;
    mutable std::vector<bool> works_;  // one a minute from first_ on; filled when first asked
};

}  // namespace mashang::test

template <>
struct Catch::StringMaker<mashang::Instant> {
    static std::string convert(mashang::Instant t) { return mashang::test::shown(t); }
};
