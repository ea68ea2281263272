#include "dispatch/calendar.hpp"

#include <algorithm>

#include "dispatch/calendar_index.hpp"

namespace mashang {
namespace {

using std::chrono::days;

constexpr Millis tick{1};

// What a limit's unit is counted in.
enum class Measure { elapsed, working, working_days, calendar_days };

Measure measure_of(Unit unit) {
    switch (unit) {
        case Unit::emergency_hours:
        case Unit::emergency_minutes:
        case Unit::hours:
        case Unit::minutes:
            return Measure::elapsed;
        case Unit::working_hours:
        case Unit::working_minutes:
            return Measure::working;
        case Unit::working_days:
            return Measure::working_days;
        case Unit::calendar_days:
            return Measure::calendar_days;
    }
    return Measure::elapsed;
}

Millis length_of(Limit limit) {
    switch (limit.unit) {
        case Unit::emergency_hours:
        case Unit::working_hours:
        case Unit::hours:
            return std::chrono::hours{limit.amount};
        case Unit::emergency_minutes:
        case Unit::working_minutes:
        case Unit::minutes:
            return std::chrono::minutes{limit.amount};
        case Unit::working_days:
        case Unit::calendar_days:
            return days{limit.amount};
    }
    return Millis{0};
}

}  // namespace

Calendar::Calendar(std::unique_ptr<Index> index) : index_(std::move(index)) {}
Calendar::~Calendar() = default;

Result<std::shared_ptr<const Calendar>> Calendar::build(CalendarSpec spec) {
    if (auto faults = Index::faults(spec); !faults.empty()) {
        return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    }
    auto index = std::make_unique<Index>(std::move(spec));
    // Sound patterns may still leave nothing: a span of holidays only.
    if (index->opens.empty()) return invalid_field("/weekly", "error.calendar_no_working_time");
    return std::shared_ptr<const Calendar>(new Calendar(std::move(index)));
}

Calendar::Due Calendar::end_of_index(Instant start) const {
    return {std::max(start, index_->closes.back()), true};
}

Calendar::Due Calendar::after_working(Instant start, Millis length) const {
    const Millis target = index_->worked_before(start) + length;
    // The first interval at whose close enough is worked: at equality that close is the answer (T5).
    const auto enough = std::lower_bound(index_->worked.begin(), index_->worked.end(), target);
    if (enough == index_->worked.end()) return end_of_index(start);
    const Instant at =
        index_->closes[static_cast<std::size_t>(enough - index_->worked.begin())] - (*enough - target);
    // A close at 24:00 still belongs to the day that it ends.
    return {at, index_->day_of(at - tick) > index_->spec.horizon};
}

Calendar::Due Calendar::close_of_working_day(Instant start, std::size_t position) const {
    if (position >= index_->working_days.size()) return end_of_index(start);
    return {index_->day_closes[position], index_->working_days[position] > index_->spec.horizon};
}

Calendar::Due Calendar::close_of_last_day(Instant start, LocalDay last) const {
    if (last > index_->spec.last_day) return end_of_index(start);
    const DayKind kind = index_->kind_of(last);
    const bool rolls = !is_work(kind) && (kind != DayKind::weekly_rest || index_->spec.roll_over_weekends);
    if (rolls) return close_of_working_day(start, index_->working_days_before(last));
    return {index_->close_of(last), last > index_->spec.horizon};
}

Calendar::Due Calendar::add(Instant start, Limit limit) const {
    if (limit.amount <= 0) return {start, false};
    switch (measure_of(limit.unit)) {
        case Measure::elapsed:
            return {start + length_of(limit), false};
        case Measure::working:
            return after_working(start, length_of(limit));
        case Measure::working_days: {
            // The day of receipt is left out, whether or not it is a working day itself.
            const auto skipped = index_->working_days_before(index_->day_of(start) + days{1});
            return close_of_working_day(start, skipped + static_cast<std::size_t>(limit.amount) - 1);
        }
        case Measure::calendar_days:
            return close_of_last_day(start, index_->day_of(start) + days{limit.amount});
    }
    return {start, false};
}

Millis Calendar::working_between(Instant a, Instant b) const {
    return index_->worked_before(b) - index_->worked_before(a);
}

Millis Calendar::used_between(Instant a, Instant b, Unit unit) const {
    switch (measure_of(unit)) {
        case Measure::working:
        case Measure::working_days:
            return working_between(a, b);
        case Measure::elapsed:
        case Measure::calendar_days:
            return b - a;
    }
    return b - a;
}

// The days [first, last) wholly inside the hold; a counted day ends at its close of business (T6), so a hold
// that outlasts the close covers that day.
std::pair<LocalDay, LocalDay> Calendar::days_held(Instant from, Instant to) const {
    LocalDay first = index_->day_of(from);
    if (index_->at_minute(first, 0) < from) first += days{1};
    LocalDay last = index_->day_of(to);
    if (index_->close_of(last) <= to) last += days{1};
    return {first, std::max(first, last)};
}

Calendar::Due Calendar::credit(Instant due, Unit unit, Instant from, Instant to) const {
    const auto [first, last] = days_held(from, to);
    // The day that a due instant closes: at 24:00 the day before.
    const LocalDay due_day = index_->day_of(due - tick);
    // A due instant beside its day's close (an extension by hours moved it) stays as far beside the next one.
    const auto by_whole_days = [&](Due close) {
        return Due{close.at + (due - index_->close_of(due_day)), close.provisional};
    };
    switch (measure_of(unit)) {
        case Measure::elapsed:
            return {due + std::max(to - from, Millis{0}), false};
        case Measure::working:
            if (const Millis held = working_between(from, to); held > Millis{0})
                return after_working(due, held);
            break;
        case Measure::working_days:
            if (const auto held = index_->working_days_before(last) - index_->working_days_before(first);
                held > 0) {
                const auto counted = index_->working_days_before(due_day + days{1});
                return by_whole_days(close_of_working_day(due, counted + held - 1));
            }
            break;
        case Measure::calendar_days:
            if (last > first) return by_whole_days(close_of_last_day(due, due_day + (last - first)));
            break;
    }
    return {due, due_day > index_->spec.horizon};
}

Instant Calendar::fraction(Instant start, Instant due, Unit unit, int percent) const {
    if (percent == 100) return due;
    const Millis whole = used_between(start, due, unit);
    const Millis part = whole * percent / 100;
    switch (measure_of(unit)) {
        case Measure::elapsed:
        case Measure::calendar_days:
            return start + part;
        case Measure::working:
        case Measure::working_days:
            // A due instant without working time before it has no fractions.
            if (whole <= Millis{0}) return due;
            return part > Millis{0} ? after_working(start, part).at : start;
    }
    return due;
}

std::vector<Interval> Calendar::counted(Instant a, Instant b, std::size_t most) const {
    std::vector<Interval> found;
    const auto& opens = index_->opens;
    const auto& closes = index_->closes;
    auto i = static_cast<std::size_t>(std::upper_bound(closes.begin(), closes.end(), a) - closes.begin());
    for (; i < opens.size() && opens[i] < b && found.size() < most; ++i) {
        found.push_back({std::max(opens[i], a), std::min(closes[i], b)});
    }
    return found;
}

DayKind Calendar::kind_of(LocalDay day) const {
    return index_->kind_of(day);
}

bool Calendar::is_working(Instant t) const {
    const auto after = std::upper_bound(index_->opens.begin(), index_->opens.end(), t);
    if (after == index_->opens.begin()) return false;
    return t < index_->closes[static_cast<std::size_t>(after - index_->opens.begin()) - 1];
}

LocalDay Calendar::day_of(Instant t) const {
    return index_->day_of(t);
}
Instant Calendar::start_of(LocalDay day) const {
    return index_->at_minute(day, 0);
}
std::chrono::seconds Calendar::offset_at(Instant t) const {
    return index_->offset_at(t);
}
const CalendarSpec& Calendar::spec() const {
    return index_->spec;
}

}  // namespace mashang
