#include "calendar_oracle.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace mashang::test {
namespace {

using std::chrono::days;
using std::chrono::minutes;

// The State Council's published days off, first and last day, and make-up workdays (调休上班).
constexpr std::pair<std::string_view, std::string_view> days_off[] = {
    {"2019-01-01", "2019-01-01"}, {"2019-02-04", "2019-02-10"}, {"2019-04-05", "2019-04-05"},
    {"2019-05-01", "2019-05-04"}, {"2019-06-07", "2019-06-07"}, {"2019-09-13", "2019-09-13"},
    {"2019-10-01", "2019-10-07"}, {"2020-01-01", "2020-01-01"}, {"2020-01-24", "2020-02-02"},
    {"2020-04-04", "2020-04-06"}, {"2020-05-01", "2020-05-05"}, {"2020-06-25", "2020-06-27"},
    {"2020-10-01", "2020-10-08"}, {"2021-01-01", "2021-01-03"}, {"2021-02-11", "2021-02-17"},
    {"2021-04-03", "2021-04-05"}, {"2021-05-01", "2021-05-05"}, {"2021-06-12", "2021-06-14"},
    {"2021-09-19", "2021-09-21"}, {"2021-10-01", "2021-10-07"}, {"2022-01-01", "2022-01-03"},
    {"2022-01-31", "2022-02-06"}, {"2022-04-03", "2022-04-05"}, {"2022-04-30", "2022-05-04"},
    {"2022-06-03", "2022-06-05"}, {"2022-09-10", "2022-09-12"}, {"2022-10-01", "2022-10-07"},
    {"2022-12-31", "2023-01-02"}, {"2023-01-21", "2023-01-27"}, {"2023-04-05", "2023-04-05"},
    {"2023-04-29", "2023-05-03"}, {"2023-06-22", "2023-06-24"}, {"2023-09-29", "2023-10-06"},
    {"2024-01-01", "2024-01-01"}, {"2024-02-10", "2024-02-17"}, {"2024-04-04", "2024-04-06"},
    {"2024-05-01", "2024-05-05"}, {"2024-06-10", "2024-06-10"}, {"2024-09-15", "2024-09-17"},
    {"2024-10-01", "2024-10-07"}, {"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"},
    {"2025-04-04", "2025-04-06"}, {"2025-05-01", "2025-05-05"}, {"2025-05-31", "2025-06-02"},
    {"2025-10-01", "2025-10-08"}, {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"},
    {"2026-04-04", "2026-04-06"}, {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"},
    {"2026-09-25", "2026-09-27"}, {"2026-10-01", "2026-10-07"},
};
constexpr std::string_view make_up_days[] = {
    "2019-02-02", "2019-02-03", "2019-04-28", "2019-05-05", "2019-09-29", "2019-10-12", "2020-01-19",
    "2020-02-03", "2020-04-26", "2020-05-09", "2020-06-28", "2020-09-27", "2020-10-10", "2021-02-07",
    "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26", "2021-10-09", "2022-01-29",
    "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08", "2022-10-09", "2023-01-28",
    "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08", "2024-02-04",
    "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12",
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14",
    "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
};

int number(std::string_view text, std::size_t from, std::size_t count) {
    int value = 0;
    const char* first = text.data() + from;
    if (from + count > text.size() || std::from_chars(first, first + count, value).ptr != first + count) {
        throw std::invalid_argument(std::string(text));
    }
    return value;
}

}  // namespace

LocalDay day(std::string_view text) {
    const std::chrono::year_month_day date{std::chrono::year{number(text, 0, 4)},
                                           std::chrono::month(static_cast<unsigned>(number(text, 5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(text, 8, 2)))};
    if (!date.ok()) throw std::invalid_argument(std::string(text));
    return LocalDay{date};
}

Instant utc(std::string_view text) {
    const auto seconds = text.size() > 16 ? number(text, 17, 2) : 0;
    return Instant{day(text).time_since_epoch()} + std::chrono::hours{number(text, 11, 2)} +
           minutes{number(text, 14, 2)} + std::chrono::seconds{seconds};
}

std::string shown(Instant t) {
    const auto date = std::chrono::floor<days>(t);
    const std::chrono::year_month_day ymd{date};
    const std::chrono::hh_mm_ss time{t - date};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%03d UTC", static_cast<int>(ymd.year()),
                  static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text;
}

Instant shanghai(std::string_view text) {
    return utc(text) - std::chrono::hours{8};
}

CalendarSpec china_spec() {
    CalendarSpec spec;
    spec.id = "zj-default";
    spec.zone = {{Instant{}, std::chrono::hours{8}}};
    spec.first_day = day("2019-01-01");
    spec.horizon = day("2026-12-31");
    spec.last_day = day("2027-12-31");
    spec.working_day = {{8 * 60 + 30, 12 * 60}, {14 * 60, 17 * 60 + 30}};
    for (std::size_t weekday = 0; weekday < 5; ++weekday) spec.weekly[weekday] = spec.working_day;
    for (const auto& [first, last] : days_off) {
        for (LocalDay d = day(first); d <= day(last); d += days{1}) spec.public_holidays.push_back(d);
    }
    for (const auto& d : make_up_days) spec.make_up_days.push_back(day(d));
    return spec;
}

std::shared_ptr<const Calendar> built(CalendarSpec spec) {
    return Calendar::build(std::move(spec)).value();
}

std::shared_ptr<const Calendar> china() {
    static const auto calendar = built(china_spec());
    return calendar;
}

Oracle::Oracle(CalendarSpec spec)
    : spec_(std::move(spec)), first_(Instant{spec_.first_day.time_since_epoch()} - days{1}) {}

const std::vector<bool>& Oracle::minutes_worked() const {
    if (!works_.empty()) return works_;
    const Instant end = Instant{spec_.last_day.time_since_epoch()} + days{2};
    LocalDay today{};
    DayPattern hours;
    for (Instant t = first_; t < end; t += minutes{1}) {
        auto offset = spec_.zone.front().offset;
        for (const auto& z : spec_.zone) {
            if (z.from <= t) offset = z.offset;
        }
        const auto wall = t.time_since_epoch() + offset;
        const LocalDay now{std::chrono::floor<days>(wall)};
        if (now != today) {
            today = now;
            hours = now < spec_.first_day || now > spec_.last_day ? DayPattern{} : pattern(now);
        }
        const auto minute = std::chrono::floor<minutes>(wall - now.time_since_epoch()).count();
        bool works = false;
        for (const auto& h : hours) works = works || (minute >= h.open_minute && minute < h.close_minute);
        works_.push_back(works);
    }
    return works_;
}

DayPattern Oracle::pattern(LocalDay on) const {
    for (const auto& [own, hours] : spec_.overrides) {
        if (own == on) return hours;
    }
    const auto listed = [on](const std::vector<LocalDay>& list) {
        return std::find(list.begin(), list.end(), on) != list.end();
    };
    if (listed(spec_.make_up_days)) return spec_.working_day;
    if (listed(spec_.public_holidays)) return {};
    // 1970-01-01 was a Thursday.
    const auto since = on.time_since_epoch().count();
    return spec_.weekly[static_cast<std::size_t>(((since + 3) % 7 + 7) % 7)];
}

std::int64_t Oracle::differences(const Calendar& calendar) const {
    const auto& works = minutes_worked();
    std::int64_t wrong = 0;
    std::int64_t worked = 0;
    for (std::size_t i = 0; i < works.size(); ++i) {
        const Instant t = first_ + minutes{static_cast<std::int64_t>(i)};
        const bool works_now = works[i];
        wrong += calendar.is_working(t) != works_now;
        if (i % 60 == 0 || works_now != works[i - 1]) {
            wrong += calendar.working_between(first_, t) != minutes{worked};
        }
        worked += works_now;
    }
    return wrong;
}

bool Oracle::working(Instant minute) const {
    const auto at = (minute - first_) / minutes{1};
    return at >= 0 && minutes_worked().at(static_cast<std::size_t>(at));
}

std::int64_t Oracle::minutes_between(Instant a, Instant b) const {
    std::int64_t count = 0;
    for (Instant t = a; t < b; t += minutes{1}) count += working(t);
    return count;
}

Instant Oracle::add_working_minutes(Instant start, std::int64_t wanted) const {
    Instant t = start;
    while (wanted > 0) {
        wanted -= working(t);
        t += minutes{1};
    }
    return t;
}

Instant Oracle::close(LocalDay on, const DayPattern& of) const {
    return Instant{on.time_since_epoch()} + minutes{of.back().close_minute} - spec_.zone.front().offset;
}

Instant Oracle::add_working_days(Instant start, std::int64_t count) const {
    LocalDay on{std::chrono::floor<days>(start.time_since_epoch() + spec_.zone.front().offset)};
    while (count > 0) {
        on += days{1};
        if (!pattern(on).empty()) --count;
    }
    return close(on, pattern(on));
}

Instant Oracle::add_calendar_days(Instant start, std::int64_t count) const {
    LocalDay on{std::chrono::floor<days>(start.time_since_epoch() + spec_.zone.front().offset)};
    on += days{count};
    if (!spec_.roll_over_weekends && pattern(on).empty()) {
        const auto& off = spec_.public_holidays;
        if (std::find(off.begin(), off.end(), on) == off.end()) return close(on, spec_.working_day);
    }
    while (pattern(on).empty()) on += days{1};
    return close(on, pattern(on));
}

}  // namespace mashang::test
