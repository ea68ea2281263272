// A zone with daylight saving: New York, whose clocks jump 2026-03-08 02:00 -> 03:00 EDT (07:00 UTC) and fall
// back 2026-11-01 02:00 -> 01:00 EST (06:00 UTC). Instants are worked out by hand in UTC.
#include <catch2/catch.hpp>

#include "calendar_oracle.hpp"

using namespace mashang;
using namespace mashang::test;
using std::chrono::hours;

namespace {

CalendarSpec new_york() {
    CalendarSpec spec;
    spec.id = "new-york";
    spec.zone = {{utc("2025-11-02 06:00"), hours{-5}},
                 {utc("2026-03-08 07:00"), hours{-4}},
                 {utc("2026-11-01 06:00"), hours{-5}}};
    spec.first_day = day("2026-01-01");
    spec.horizon = spec.last_day = day("2026-12-31");
    spec.working_day = {{9 * 60, 17 * 60}};
    spec.weekly.fill(spec.working_day);
    return spec;
}

std::shared_ptr<const Calendar> always(DayPattern pattern) {
    auto spec = new_york();
    spec.weekly.fill(pattern);
    return built(spec);
}

}  // namespace

TEST_CASE("office hours keep their wall clock across a change of offset [T1]") {
    const auto calendar = built(new_york());
    // Saturday 16:00 EST and two hours: one today, one on Sunday at 09:00 EDT.
    CHECK(calendar->add(utc("2026-03-07 21:00"), {Unit::working_hours, 2}).at == utc("2026-03-08 14:00"));
    // Saturday 16:00 EDT and two hours: until Sunday 10:00 EST.
    CHECK(calendar->add(utc("2026-10-31 20:00"), {Unit::working_hours, 2}).at == utc("2026-11-01 15:00"));
    CHECK(calendar->add(utc("2026-03-07 21:00"), {Unit::working_days, 1}).at == utc("2026-03-08 21:00"));
    CHECK(calendar->add(utc("2026-03-07 21:00"), {Unit::calendar_days, 1}).at == utc("2026-03-08 21:00"));
}

TEST_CASE("twenty-four calendar hours are twenty-four hours on a day of twenty-three [T1][T6]") {
    const auto calendar = built(new_york());
    CHECK(calendar->add(utc("2026-03-07 21:00"), {Unit::hours, 24}).at == utc("2026-03-08 21:00"));
}

TEST_CASE("the day of the gap has 23 hours, the day of the fold 25 [T1]") {
    const auto calendar = always({{0, 24 * 60}});
    const auto length = [&](const char* d) {
        CHECK(calendar->working_between(calendar->start_of(day(d)),
                                        calendar->start_of(day(d) + std::chrono::days{1})) ==
              calendar->start_of(day(d) + std::chrono::days{1}) - calendar->start_of(day(d)));
        return calendar->start_of(day(d) + std::chrono::days{1}) - calendar->start_of(day(d));
    };
    CHECK(length("2026-03-07") == hours{24});
    CHECK(length("2026-03-08") == hours{23});
    CHECK(length("2026-11-01") == hours{25});
    CHECK(calendar->start_of(day("2026-03-08")) == utc("2026-03-08 05:00"));
    CHECK(calendar->start_of(day("2026-03-09")) == utc("2026-03-09 04:00"));
}

TEST_CASE("a wall time inside the gap means the instant of the jump [T1]") {
    // 02:30-04:00 on that day is 03:00-04:00 EDT: one hour.
    const auto calendar = always({{150, 240}});
    CHECK(calendar->counted(utc("2026-03-08 05:00"), utc("2026-03-09 04:00")) ==
          std::vector<Interval>{{utc("2026-03-08 07:00"), utc("2026-03-08 08:00")}});
    // 02:00-03:00 does not exist on that day: no working time, though the day still counts as one.
    const auto swallowed = always({{120, 180}});
    CHECK(swallowed->counted(utc("2026-03-08 05:00"), utc("2026-03-09 04:00")).empty());
    CHECK(swallowed->add(utc("2026-03-07 12:00"), {Unit::working_days, 1}).at == utc("2026-03-08 07:00"));
    CHECK(swallowed->add(utc("2026-03-07 07:30"), {Unit::working_hours, 1}).at == utc("2026-03-09 06:30"));
}

TEST_CASE("a wall time inside the fold means the earlier instant [T1]") {
    // 01:00-01:30 happens once, before the clocks fall back; 01:30-02:00 lasts into the second hour.
    const auto first = always({{60, 90}});
    CHECK(first->counted(utc("2026-11-01 04:00"), utc("2026-11-02 05:00")) ==
          std::vector<Interval>{{utc("2026-11-01 05:00"), utc("2026-11-01 05:30")}});
    const auto second = always({{90, 120}});
    CHECK(second->counted(utc("2026-11-01 04:00"), utc("2026-11-02 05:00")) ==
          std::vector<Interval>{{utc("2026-11-01 05:30"), utc("2026-11-01 07:00")}});
}

TEST_CASE("the civil day follows the offset in force [T1][T44]") {
    const auto calendar = built(new_york());
    CHECK(calendar->day_of(utc("2026-03-08 04:59")) == day("2026-03-07"));
    CHECK(calendar->day_of(utc("2026-03-08 05:00")) == day("2026-03-08"));
    CHECK(calendar->day_of(utc("2026-03-09 03:59")) == day("2026-03-08"));
    CHECK(calendar->day_of(utc("2026-03-09 04:00")) == day("2026-03-09"));
    CHECK(calendar->offset_at(utc("2026-03-08 06:59")) == hours{-5});
    CHECK(calendar->offset_at(utc("2026-03-08 07:00")) == hours{-4});
    CHECK(calendar->offset_at(utc("2020-01-01 00:00")) == hours{-5});
}

TEST_CASE("the whole year agrees with the oracle minute by minute, changes of offset included [T1][T3]") {
    const auto calendar = built(new_york());
    const Oracle oracle(new_york());
    CHECK(oracle.differences(*calendar) == 0);
}
