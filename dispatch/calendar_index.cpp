#include "dispatch/calendar_index.hpp"

#include <algorithm>
#include <string>

namespace mashang {
namespace {

using std::chrono::days;

constexpr days span_max{36600};  // a century: refuses a mistyped year before memory does

std::string at(std::string_view list, std::size_t i) {
    return std::string(list) + '/' + std::to_string(i);
}

class Checker {
  public:
    void fault(std::string pointer, std::string key) {
        found_.push_back({std::move(pointer), std::move(key), {}});
    }

    void pattern(const DayPattern& pattern, const std::string& pointer) {
        int last_close = 0;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            const auto [open, close] = pattern[i];
            if (open < 0 || close > minutes_a_day) {
                fault(at(pointer, i), "error.calendar_minute_range");
            } else if (open >= close) {
                fault(at(pointer, i), "error.calendar_interval_empty");
            } else if (open < last_close) {
                fault(at(pointer, i), "error.calendar_interval_overlap");
            }
            last_close = std::max(last_close, close);
        }
    }

    void unique(const std::vector<LocalDay>& list, std::string_view pointer) {
        std::vector<std::pair<LocalDay, std::size_t>> order;
        for (std::size_t i = 0; i < list.size(); ++i) order.emplace_back(list[i], i);
        std::sort(order.begin(), order.end());
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (order[i].first != order[i - 1].first) continue;
            fault(at(pointer, order[i].second), "error.calendar_day_twice");
        }
    }

    std::vector<FieldError> take() { return std::move(found_); }

  private:
    std::vector<FieldError> found_;
};

void check_days(const CalendarSpec& spec, Checker& check) {
    check.unique(spec.public_holidays, "/public_holidays");
    check.unique(spec.make_up_days, "/make_up_days");
    std::vector<LocalDay> overridden;
    for (std::size_t i = 0; i < spec.overrides.size(); ++i) {
        overridden.push_back(spec.overrides[i].first);
        check.pattern(spec.overrides[i].second, at("/overrides", i) + "/pattern");
    }
    check.unique(overridden, "/overrides");
    auto holidays = spec.public_holidays;
    std::sort(holidays.begin(), holidays.end());
    for (std::size_t i = 0; i < spec.make_up_days.size(); ++i) {
        if (std::binary_search(holidays.begin(), holidays.end(), spec.make_up_days[i])) {
            check.fault(at("/make_up_days", i), "error.calendar_holiday_and_make_up");
        }
    }
}

}  // namespace

bool is_work(DayKind kind) {
    switch (kind) {
        case DayKind::override_work:
        case DayKind::make_up_work:
        case DayKind::weekly_work:
            return true;
        case DayKind::override_rest:
        case DayKind::public_holiday:
        case DayKind::weekly_rest:
            return false;
    }
    return false;
}

std::vector<FieldError> Calendar::Index::faults(const CalendarSpec& spec) {
    Checker check;
    if (spec.zone.empty()) check.fault("/zone", "error.calendar_zone_empty");
    for (std::size_t i = 1; i < spec.zone.size(); ++i) {
        if (spec.zone[i].from <= spec.zone[i - 1].from)
            check.fault(at("/zone", i), "error.calendar_zone_order");
    }
    if (spec.last_day < spec.first_day || spec.last_day - spec.first_day > span_max) {
        check.fault("/last_day", "error.calendar_span");
    }
    if (spec.horizon < spec.first_day || spec.horizon > spec.last_day) {
        check.fault("/horizon", "error.calendar_horizon");
    }
    for (std::size_t i = 0; i < spec.weekly.size(); ++i) check.pattern(spec.weekly[i], at("/weekly", i));
    check.pattern(spec.working_day, "/working_day");
    // Beyond the horizon only the weekly pattern counts, and a counted day needs a close of business.
    if (std::all_of(spec.weekly.begin(), spec.weekly.end(), [](const auto& day) { return day.empty(); })) {
        check.fault("/weekly", "error.calendar_no_working_time");
    }
    if (spec.working_day.empty()) check.fault("/working_day", "error.calendar_no_working_time");
    check_days(spec, check);
    return check.take();
}

Calendar::Index::Index(CalendarSpec given) : spec(std::move(given)) {
    holidays = spec.public_holidays;
    make_ups = spec.make_up_days;
    for (std::size_t i = 0; i < spec.overrides.size(); ++i)
        overrides.emplace_back(spec.overrides[i].first, i);
    std::sort(holidays.begin(), holidays.end());
    std::sort(make_ups.begin(), make_ups.end());
    std::sort(overrides.begin(), overrides.end());
    for (std::size_t i = 0; i + 1 < spec.zone.size(); ++i) {
        const LocalInstant end{spec.zone[i + 1].from.time_since_epoch() + spec.zone[i].offset};
        reach.push_back(reach.empty() ? end : std::max(reach.back(), end));
    }
    const auto count = static_cast<std::size_t>((spec.last_day - spec.first_day).count()) + 1;
    days_before.reserve(count + 1);
    for (LocalDay day = spec.first_day; day <= spec.last_day; day += days{1}) add_day(day);
    days_before.push_back(working_days.size());
}

void Calendar::Index::add_day(LocalDay day) {
    days_before.push_back(working_days.size());
    const DayPattern& pattern = pattern_of(day);
    if (pattern.empty()) return;
    for (const auto& [from, to] : pattern) {
        const Instant open = at_minute(day, from);
        const Instant close = at_minute(day, to);
        if (open == close) continue;  // swallowed whole by a gap
        worked.push_back((worked.empty() ? Millis{0} : worked.back()) + (close - open));
        opens.push_back(open);
        closes.push_back(close);
    }
    working_days.push_back(day);
    day_closes.push_back(at_minute(day, pattern.back().close_minute));
}

std::chrono::seconds Calendar::Index::offset_at(Instant t) const {
    const auto after =
        std::upper_bound(spec.zone.begin(), spec.zone.end(), t,
                         [](Instant instant, const ZoneOffset& z) { return instant < z.from; });
    return after == spec.zone.begin() ? after->offset : std::prev(after)->offset;
}

LocalDay Calendar::Index::day_of(Instant t) const {
    return std::chrono::floor<days>(LocalInstant{t.time_since_epoch() + offset_at(t)});
}

Instant Calendar::Index::to_utc(LocalInstant wall) const {
    const auto first = std::upper_bound(reach.begin(), reach.end(), wall);
    const auto i = static_cast<std::size_t>(first - reach.begin());
    const Instant plain{wall.time_since_epoch() - spec.zone[i].offset};
    return i == 0 ? plain : std::max(plain, spec.zone[i].from);
}

Instant Calendar::Index::at_minute(LocalDay day, int minute) const {
    return to_utc(LocalInstant{day} + std::chrono::minutes{minute});
}

DayKind Calendar::Index::kind_of(LocalDay day) const {
    const auto own = std::lower_bound(overrides.begin(), overrides.end(), std::pair{day, std::size_t{0}});
    if (own != overrides.end() && own->first == day) {
        return spec.overrides[own->second].second.empty() ? DayKind::override_rest : DayKind::override_work;
    }
    if (std::binary_search(make_ups.begin(), make_ups.end(), day)) return DayKind::make_up_work;
    if (std::binary_search(holidays.begin(), holidays.end(), day)) return DayKind::public_holiday;
    const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    return spec.weekly[weekday].empty() ? DayKind::weekly_rest : DayKind::weekly_work;
}

const DayPattern& Calendar::Index::pattern_of(LocalDay day) const {
    static const DayPattern rest;
    switch (kind_of(day)) {
        case DayKind::override_work:
            return spec
                .overrides[std::lower_bound(overrides.begin(), overrides.end(),
                                            std::pair{day, std::size_t{0}})
                               ->second]
                .second;
        case DayKind::make_up_work:
            return spec.working_day;
        case DayKind::weekly_work:
            return spec.weekly[std::chrono::weekday{day}.iso_encoding() - 1];
        case DayKind::override_rest:
        case DayKind::public_holiday:
        case DayKind::weekly_rest:
            return rest;
    }
    return rest;
}

Instant Calendar::Index::close_of(LocalDay day) const {
    const DayPattern& pattern = pattern_of(day);
    return at_minute(day, (pattern.empty() ? spec.working_day : pattern).back().close_minute);
}

Millis Calendar::Index::worked_before(Instant t) const {
    const auto after = std::upper_bound(opens.begin(), opens.end(), t);
    if (after == opens.begin()) return Millis{0};
    const auto i = static_cast<std::size_t>(after - opens.begin()) - 1;
    return worked[i] - std::max(closes[i] - t, Millis{0});
}

std::size_t Calendar::Index::working_days_before(LocalDay day) const {
    if (day <= spec.first_day) return 0;
    if (day > spec.last_day) return working_days.size();
    return days_before[static_cast<std::size_t>((day - spec.first_day).count())];
}

}  // namespace mashang
