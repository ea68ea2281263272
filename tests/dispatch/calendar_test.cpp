// Vectors worked out by hand or published: the calendars of 2025 and 2026, domain.md facts 5 to 7.
#include "dispatch/calendar.hpp"

#include <catch2/catch.hpp>

#include "calendar_oracle.hpp"

using namespace mashang;
using namespace mashang::test;

namespace {

Instant due(const std::shared_ptr<const Calendar>& calendar, std::string_view start, std::string_view limit) {
    return calendar->add(shanghai(start), parse_limit(limit).value()).at;
}

Instant due(std::string_view start, std::string_view limit) {
    return due(china(), start, limit);
}

std::vector<FieldError> refusal(CalendarSpec spec) {
    const auto calendar = Calendar::build(std::move(spec));
    REQUIRE(calendar.has_error());
    CHECK(calendar.error().code == Errc::invalid);
    return calendar.error().fields;
}

bool refuses(CalendarSpec spec, const std::string& pointer, const std::string& key) {
    const auto fields = refusal(std::move(spec));
    INFO(fields.front().pointer << " " << fields.front().key);
    CHECK(fields.size() == 1);
    return fields.front().pointer == pointer && fields.front().key == "error.calendar_" + key;
}

}  // namespace

TEST_CASE("the published day counts with weekends rolling over hold [T6]") {
    CHECK(due("2026-02-12 10:00", "5wd") == shanghai("2026-02-26 17:30"));
    CHECK(due("2025-01-24 10:00", "5wd") == shanghai("2025-02-07 17:30"));
    CHECK(due("2026-09-18 10:00", "5wd") == shanghai("2026-09-24 17:30"));
    CHECK(due("2026-02-05 10:00", "15d") == shanghai("2026-02-24 17:30"));
    CHECK(due("2026-02-13 10:00", "15d") == shanghai("2026-02-28 17:30"));
    CHECK(due("2026-08-04 10:00", "60d") == shanghai("2026-10-08 17:30"));
}

TEST_CASE("the hour of receipt does not matter to a count of days: it starts the next day [T6]") {
    for (const char* start :
         {"2026-09-18 00:00", "2026-09-18 08:29", "2026-09-18 17:30", "2026-09-18 23:59"}) {
        CHECK(due(start, "1wd") == shanghai("2026-09-20 17:30"));
        // Its last day is a Saturday; the Sunday after it is made up for National Day.
        CHECK(due(start, "1d") == shanghai("2026-09-20 17:30"));
    }
    CHECK(due("2026-09-19 12:00", "1wd") == shanghai("2026-09-20 17:30"));
}

TEST_CASE("with the switch off a count ends on an ordinary weekend, at the usual close of business [T6]") {
    auto spec = china_spec();
    spec.roll_over_weekends = false;
    const auto calendar = built(spec);
    // 2026-11-28 is a Saturday.
    CHECK(due("2026-11-23 10:00", "5d") == shanghai("2026-11-30 17:30"));
    CHECK(due(calendar, "2026-11-23 10:00", "5d") == shanghai("2026-11-28 17:30"));
    // Public holidays roll either way, and a make-up Saturday is a working day either way.
    CHECK(due(calendar, "2026-02-05 10:00", "15d") == shanghai("2026-02-24 17:30"));
    CHECK(due(calendar, "2026-02-13 10:00", "15d") == shanghai("2026-02-28 17:30"));
    CHECK(due(calendar, "2026-08-04 10:00", "60d") == shanghai("2026-10-08 17:30"));
}

TEST_CASE("with the switch off the district's own rest day still rolls [T6][T7]") {
    auto spec = china_spec();
    spec.roll_over_weekends = false;
    spec.overrides = {{day("2026-11-28"), {}}};
    CHECK(due(built(spec), "2026-11-23 10:00", "5d") == shanghai("2026-11-30 17:30"));
}

TEST_CASE("lunch is no working time [T2]") {
    CHECK(due("2026-11-23 11:30", "1wh") == shanghai("2026-11-23 14:30"));
    CHECK(due("2026-11-23 12:00", "30wm") == shanghai("2026-11-23 14:30"));
    CHECK(due("2026-11-23 13:15", "30wm") == shanghai("2026-11-23 14:30"));
    CHECK(china()->working_between(shanghai("2026-11-23 11:00"), shanghai("2026-11-23 15:00")) ==
          std::chrono::hours{2});
    CHECK_FALSE(china()->is_working(shanghai("2026-11-23 12:00")));
    CHECK(china()->is_working(shanghai("2026-11-23 14:00")));
}

TEST_CASE("with nothing left at closing time the due instant is that close, not the next opening [T5]") {
    CHECK(due("2026-11-23 11:00", "1wh") == shanghai("2026-11-23 12:00"));
    CHECK(due("2026-11-23 08:30", "7wh") == shanghai("2026-11-23 17:30"));
    CHECK(due("2026-11-23 17:00", "30wm") == shanghai("2026-11-23 17:30"));
    CHECK(due("2026-11-23 17:30", "7wh") == shanghai("2026-11-24 17:30"));
    CHECK(due("2026-11-23 17:29:59", "1wm") == shanghai("2026-11-24 08:30:59"));
}

TEST_CASE("working hours skip nights, weekends and holidays and use make-up days [T6]") {
    CHECK(due("2026-11-27 16:30", "2wh") == shanghai("2026-11-30 09:30"));
    CHECK(due("2026-02-13 16:30", "2wh") == shanghai("2026-02-14 09:30"));
    CHECK(due("2026-02-14 16:30", "2wh") == shanghai("2026-02-24 09:30"));
    CHECK(due("2025-09-30 16:30", "2wh") == shanghai("2025-10-09 09:30"));
    CHECK(due("2025-10-10 16:30", "2wh") == shanghai("2025-10-11 09:30"));
}

TEST_CASE("emergency and calendar hours run round the clock [T6]") {
    for (const char* limit : {"3eh", "180em", "3h", "180min"}) {
        CHECK(due("2026-02-16 23:00:07", limit) == shanghai("2026-02-17 02:00:07"));
    }
}

TEST_CASE("a day may end at 24:00 and go on the next day [T2]") {
    auto spec = china_spec();
    spec.weekly[0] = {{18 * 60, 24 * 60}};  // Monday evening
    spec.weekly[1] = {{0, 6 * 60}};         // into Tuesday
    const auto calendar = built(spec);
    CHECK(due(calendar, "2026-11-23 20:00", "4wh") == shanghai("2026-11-24 00:00"));
    CHECK(due(calendar, "2026-11-23 20:00", "5wh") == shanghai("2026-11-24 01:00"));
    CHECK(calendar->is_working(shanghai("2026-11-23 23:59:59")));
    CHECK(calendar->is_working(shanghai("2026-11-24 00:00")));
    CHECK_FALSE(calendar->is_working(shanghai("2026-11-24 06:00")));
    CHECK(due(calendar, "2026-11-22 12:00", "1wd") == shanghai("2026-11-24 00:00"));
}

TEST_CASE("override, then make-up workday, then public holiday, then weekly pattern [T7]") {
    auto spec = china_spec();
    spec.overrides = {{day("2026-02-28"), {}},
                      {day("2026-02-17"), {{9 * 60, 10 * 60}}},
                      {day("2026-11-24"), {}},
                      {day("2026-11-28"), {{9 * 60, 10 * 60}}}};
    const auto calendar = built(spec);
    CHECK(calendar->kind_of(day("2026-02-28")) == DayKind::override_rest);   // over a make-up Saturday
    CHECK(calendar->kind_of(day("2026-02-17")) == DayKind::override_work);   // over the Spring Festival
    CHECK(calendar->kind_of(day("2026-11-24")) == DayKind::override_rest);   // over a Tuesday
    CHECK(calendar->kind_of(day("2026-11-28")) == DayKind::override_work);   // over a Saturday
    CHECK(calendar->kind_of(day("2026-02-14")) == DayKind::make_up_work);    // over a Saturday
    CHECK(calendar->kind_of(day("2026-02-16")) == DayKind::public_holiday);  // over a Monday
    CHECK(calendar->kind_of(day("2026-11-23")) == DayKind::weekly_work);
    CHECK(calendar->kind_of(day("2026-11-22")) == DayKind::weekly_rest);
    CHECK(due(calendar, "2026-02-27 17:30", "1wh") == shanghai("2026-03-02 09:30"));
    CHECK(due(calendar, "2026-02-14 17:30", "1wh") == shanghai("2026-02-17 10:00"));
}

TEST_CASE("every make-up day of 2025 and 2026 works seven hours, every day off none [T7]") {
    const auto hours = [](LocalDay d) {
        return china()->working_between(china()->start_of(d), china()->start_of(d + std::chrono::days{1}));
    };
    for (const char* d : {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04",
                          "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}) {
        INFO(d);
        CHECK(hours(day(d)) == std::chrono::hours{7});
    }
    for (const char* d : {"2025-01-28", "2025-02-04", "2025-06-02", "2025-10-08", "2026-01-02", "2026-02-23",
                          "2026-04-06", "2026-06-19", "2026-09-25", "2026-10-07"}) {
        INFO(d);
        CHECK(hours(day(d)) == Millis{0});
    }
}

TEST_CASE("what lies beyond the horizon is marked provisional, what the calendar cannot move is not [T8]") {
    const auto calendar = china();
    const auto provisional = [&](std::string_view start, std::string_view limit) {
        return calendar->add(shanghai(start), parse_limit(limit).value()).provisional;
    };
    CHECK_FALSE(provisional("2026-12-30 10:00", "1wd"));
    CHECK(provisional("2026-12-31 10:00", "1wd"));
    CHECK_FALSE(provisional("2026-12-31 16:30", "1wh"));
    CHECK(provisional("2026-12-31 16:30", "61wm"));
    CHECK_FALSE(provisional("2026-12-16 10:00", "15d"));
    CHECK(provisional("2026-12-17 10:00", "15d"));
    CHECK_FALSE(provisional("2026-12-31 23:00", "3eh"));
    // Loading the new year moves it: the first of January is published as a day off.
    auto next = china_spec();
    next.horizon = next.last_day;
    next.public_holidays.push_back(day("2027-01-01"));
    CHECK(due("2026-12-31 10:00", "1wd") == shanghai("2027-01-01 17:30"));
    CHECK(due(built(next), "2026-12-31 10:00", "1wd") == shanghai("2027-01-04 17:30"));
}

TEST_CASE("a close at 24:00 belongs to the day that it ends [T2][T8]") {
    auto spec = china_spec();
    spec.weekly.fill({{20 * 60, 24 * 60}});
    const auto calendar = built(spec);
    const Calendar::Due year_end{shanghai("2027-01-01 00:00"), false};
    CHECK(calendar->add(shanghai("2026-12-31 20:00"), {Unit::working_hours, 4}) == year_end);
    CHECK(calendar->add(shanghai("2026-12-30 20:00"), {Unit::working_days, 1}) == year_end);
    CHECK(calendar->credit(shanghai("2026-12-31 00:00"), Unit::working_days, shanghai("2026-12-29 00:00"),
                           shanghai("2026-12-30 00:00")) == year_end);
}

TEST_CASE(
    "a limit that runs out of the index ends at its last close, provisional, never before its start [T8]") {
    const auto end = shanghai("2027-12-31 17:30");
    for (const char* limit : {"100000wh", "100000wd", "100000d"}) {
        CHECK(china()->add(shanghai("2026-11-23 10:00"), parse_limit(limit).value()) ==
              Calendar::Due{end, true});
    }
    CHECK(due("2028-03-01 10:00", "8wh") == shanghai("2028-03-01 10:00"));
    CHECK(due("2018-12-01 10:00", "1wh") == shanghai("2019-01-02 09:30"));
}

TEST_CASE("a calendar without working time is refused, with its place [T9]") {
    auto spec = china_spec();
    spec.weekly = {};
    CHECK(refuses(spec, "/weekly", "no_working_time"));
    spec = china_spec();
    spec.working_day = {};
    CHECK(refuses(spec, "/working_day", "no_working_time"));
    spec = china_spec();
    spec.first_day = day("2026-10-01");
    spec.horizon = spec.last_day = day("2026-10-07");
    CHECK(refuses(spec, "/weekly", "no_working_time"));
}

TEST_CASE("wrong intervals are refused, with their place [T9]") {
    auto spec = china_spec();
    spec.weekly[2] = {{510, 720}, {719, 1050}};
    CHECK(refuses(spec, "/weekly/2/1", "interval_overlap"));
    spec.weekly[2] = {{840, 1050}, {510, 720}};
    CHECK(refuses(spec, "/weekly/2/1", "interval_overlap"));
    spec.weekly[2] = {{510, 510}};
    CHECK(refuses(spec, "/weekly/2/0", "interval_empty"));
    spec.weekly[2] = {{510, 1441}};
    CHECK(refuses(spec, "/weekly/2/0", "minute_range"));
    spec.weekly[2] = {{-1, 510}};
    CHECK(refuses(spec, "/weekly/2/0", "minute_range"));
    spec.weekly[2] = {{510, 720}, {720, 1440}};  // touching is no overlap, 24:00 is legal
    CHECK(Calendar::build(spec).has_value());
    spec.working_day = {{510, 720}, {600, 800}};
    CHECK(refuses(spec, "/working_day/1", "interval_overlap"));
    spec = china_spec();
    spec.overrides = {{day("2026-11-24"), {}}, {day("2026-11-25"), {{600, 600}}}};
    CHECK(refuses(spec, "/overrides/1/pattern/0", "interval_empty"));
}

TEST_CASE("contradictory days are refused, with their place [T9]") {
    auto spec = china_spec();
    spec.public_holidays = {day("2026-10-01"), day("2026-10-02"), day("2026-10-01")};
    spec.make_up_days = {};
    CHECK(refuses(spec, "/public_holidays/2", "day_twice"));
    spec.public_holidays.pop_back();
    spec.make_up_days = {day("2026-10-10"), day("2026-10-02")};
    CHECK(refuses(spec, "/make_up_days/1", "holiday_and_make_up"));
    spec.make_up_days = {day("2026-10-10"), day("2026-10-10")};
    CHECK(refuses(spec, "/make_up_days/1", "day_twice"));
    spec.make_up_days = {};
    spec.overrides = {{day("2026-10-01"), {}}, {day("2026-10-01"), {}}};
    CHECK(refuses(spec, "/overrides/1", "day_twice"));
}

TEST_CASE("a wrong span, horizon or zone is refused, with its place [T8][T9]") {
    auto spec = china_spec();
    spec.horizon = day("2028-01-01");
    CHECK(refuses(spec, "/horizon", "horizon"));
    spec.horizon = day("2018-12-31");
    CHECK(refuses(spec, "/horizon", "horizon"));
    spec = china_spec();
    spec.last_day = day("9026-12-31");
    CHECK(refuses(spec, "/last_day", "span"));
    spec = china_spec();
    spec.zone.push_back(spec.zone.front());
    CHECK(refuses(spec, "/zone/1", "zone_order"));
    spec.zone = {};
    CHECK(refuses(spec, "/zone", "zone_empty"));
}

TEST_CASE("all faults are told at once [T9]") {
    auto spec = china_spec();
    spec.weekly[0] = {{510, 500}};
    spec.weekly[1] = {{510, 720}, {600, 1050}};
    spec.zone = {};
    CHECK(refusal(spec).size() == 3);
}

TEST_CASE("a hold credits the limit's own measure [T13]") {
    const auto calendar = china();
    const auto credit = [&](std::string_view at, Unit unit, std::string_view from, std::string_view to) {
        return calendar->credit(shanghai(at), unit, shanghai(from), shanghai(to)).at;
    };
    // Two working hours held move a working-hour limit by two, over the night.
    CHECK(credit("2026-11-23 17:00", Unit::working_hours, "2026-11-23 10:00", "2026-11-23 15:00") ==
          shanghai("2026-11-24 11:00"));
    // Held outside working time: nothing, even when due at a close.
    CHECK(credit("2026-11-23 17:30", Unit::working_minutes, "2026-11-23 12:00", "2026-11-23 14:00") ==
          shanghai("2026-11-23 17:30"));
    CHECK(credit("2026-11-23 17:00", Unit::emergency_hours, "2026-11-23 12:00", "2026-11-23 14:00") ==
          shanghai("2026-11-23 19:00"));
    // From Monday noon to Wednesday evening Tuesday and Wednesday are covered, to Wednesday noon Tuesday
    // only.
    CHECK(credit("2026-11-27 17:30", Unit::working_days, "2026-11-23 12:00", "2026-11-25 17:30") ==
          shanghai("2026-12-01 17:30"));
    CHECK(credit("2026-11-27 17:30", Unit::working_days, "2026-11-23 12:00", "2026-11-25 17:29") ==
          shanghai("2026-11-30 17:30"));
    CHECK(credit("2026-11-27 17:30", Unit::working_days, "2026-11-23 12:00", "2026-11-24 12:00") ==
          shanghai("2026-11-27 17:30"));
    // A weekend held is no working day, but two calendar days.
    CHECK(credit("2026-12-01 17:30", Unit::working_days, "2026-11-27 17:30", "2026-11-30 08:30") ==
          shanghai("2026-12-01 17:30"));
    CHECK(credit("2026-12-01 17:30", Unit::calendar_days, "2026-11-27 17:30", "2026-11-30 08:30") ==
          shanghai("2026-12-03 17:30"));
    // A credit that ends on a rest day rolls, and one beyond the horizon is provisional.
    CHECK(credit("2026-11-27 17:30", Unit::calendar_days, "2026-11-24 00:00", "2026-11-25 00:00") ==
          shanghai("2026-11-30 17:30"));
    CHECK(calendar->credit(shanghai("2026-12-31 17:30"), Unit::working_days, shanghai("2026-12-29 00:00"),
                           shanghai("2026-12-30 00:00")) ==
          Calendar::Due{shanghai("2027-01-01 17:30"), true});
}

TEST_CASE("fractions of a limit are taken in its own measure, without rounding up [T10][T22]") {
    const auto calendar = china();
    const auto start = shanghai("2026-11-23 16:30");
    const auto fraction = [&](std::string_view to, Unit unit, int percent) {
        return calendar->fraction(start, shanghai(to), unit, percent);
    };
    CHECK(fraction("2026-11-24 09:30", Unit::working_hours, 50) == shanghai("2026-11-23 17:30"));
    CHECK(fraction("2026-11-24 09:30", Unit::working_hours, 80) == shanghai("2026-11-24 09:06"));
    CHECK(fraction("2026-11-24 09:30", Unit::working_hours, 100) == shanghai("2026-11-24 09:30"));
    CHECK(fraction("2026-11-24 09:30", Unit::working_hours, 150) == shanghai("2026-11-24 10:30"));
    CHECK(fraction("2026-11-23 18:30", Unit::emergency_hours, 50) == shanghai("2026-11-23 17:30"));
    // One hour today and seven tomorrow: half is tomorrow's third hour.
    CHECK(fraction("2026-11-24 17:30", Unit::working_days, 50) == shanghai("2026-11-24 11:30"));
    CHECK(fraction("2026-11-24 16:30", Unit::calendar_days, 50) == shanghai("2026-11-24 04:30"));
    CHECK(calendar->fraction(shanghai("2026-11-23 12:00"), shanghai("2026-11-23 13:00"), Unit::working_hours,
                             50) == shanghai("2026-11-23 13:00"));
    CHECK(calendar->fraction(Instant{}, Instant{Millis{999}}, Unit::hours, 50) == Instant{Millis{499}});
}

TEST_CASE("the counted intervals are the working time, cut to what was asked [T3]") {
    const auto a = shanghai("2026-11-27 15:00");
    const auto b = shanghai("2026-11-30 09:00");
    const std::vector<Interval> expected{{a, shanghai("2026-11-27 17:30")},
                                         {shanghai("2026-11-30 08:30"), b}};
    CHECK(china()->counted(a, b) == expected);
    CHECK(china()->counted(a, b, 1) == std::vector<Interval>{expected.front()});
    CHECK(china()->counted(b, a).empty());
    CHECK(china()->counted(shanghai("2026-11-28 00:00"), shanghai("2026-11-30 08:30")).empty());
}

TEST_CASE("used time is working time for wh and wd, elapsed time for the others [T6]") {
    const auto a = shanghai("2026-11-27 15:00");
    const auto b = shanghai("2026-11-30 09:00");
    for (const Unit unit : {Unit::working_hours, Unit::working_minutes, Unit::working_days}) {
        CHECK(china()->used_between(a, b, unit) == std::chrono::hours{3});
        CHECK(china()->used_between(b, a, unit) == -std::chrono::hours{3});
    }
    for (const Unit unit :
         {Unit::hours, Unit::minutes, Unit::emergency_hours, Unit::emergency_minutes, Unit::calendar_days}) {
        CHECK(china()->used_between(a, b, unit) == std::chrono::hours{66});
    }
}

TEST_CASE("today is the district's civil day [T44]") {
    CHECK(china()->day_of(shanghai("2026-11-23 00:00")) == day("2026-11-23"));
    CHECK(china()->day_of(shanghai("2026-11-23 00:00") - Millis{1}) == day("2026-11-22"));
    CHECK(china()->start_of(day("2026-11-23")) == utc("2026-11-22 16:00"));
}
