#include "dispatch/horizon.hpp"

#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

using std::chrono::days;

constexpr Millis tick{1};

// A due at 24:00 closes the day before.
LocalDay day_closed_by(const Calendar& calendar, Instant due) {
    return calendar.day_of(due - tick);
}

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

int working_days(const Calendar& calendar, LocalDay after, LocalDay last) {
    int n = 0;
    for (LocalDay day = after + days{1}; day <= last; day += days{1}) n += is_work(calendar.kind_of(day));
    return n;
}

// What a due instant beyond the horizon becomes, by the time that it lies beyond it: everything before the
// horizon is the same under both calendars, holds and extensions included.
class Recount {
  public:
    Recount(const Calendar& was, const Calendar& is)
        : was_(was), is_(is), horizon_(was.spec().horizon), beyond_(was.start_of(horizon_ + days{1})) {}

    Calendar::Due of(const Clock& clock, Instant due) const {
        if (due <= beyond_ || !clock.limit) return {due, false};
        // As it was given at the start: the same again covers every unit and every rule of the last day.
        if (was_.add(clock.start, *clock.limit).at == due) return is_.add(clock.start, *clock.limit);
        const LocalDay day = day_closed_by(was_, due);
        const Instant eve = was_.start_of(day - days{1});
        switch (clock.limit->unit) {
            case Unit::working_days:
                if (was_.add(eve, {Unit::working_days, 1}).at == due)
                    return is_.add(was_.start_of(horizon_),
                                   {Unit::working_days, working_days(was_, horizon_, day)});
                break;
            case Unit::calendar_days:
                // Held or extended: the day that it was rolled to, and on from there where that one rests.
                if (was_.add(eve, {Unit::calendar_days, 1}).at == due)
                    return is_.add(eve, {Unit::calendar_days, 1});
                break;
            case Unit::emergency_hours:
            case Unit::emergency_minutes:
            case Unit::working_hours:
            case Unit::working_minutes:
            case Unit::hours:
            case Unit::minutes:
                break;
        }
        return is_.after_working(beyond_, was_.working_between(beyond_, due));
    }

  private:
    const Calendar& was_;
    const Calendar& is_;
    const LocalDay horizon_;
    const Instant beyond_;
};

ClockEffect counted_anew(const Clock& clock, ClockAct act, Calendar::Due due) {
    auto effect = effect_on(clock, act);
    effect.due = due.at;
    effect.provisional = due.provisional;
    return effect;
}

// The effects of one clock; none where it stays the same guess. A hold that runs now is given again, for its
// end counts the credit from the due that stood before it.
std::vector<ClockEffect> recounted(const Clock& clock, Instant at, const Recount& recount,
                                   const Calendar& is) {
    const Hold* hold = open_hold(clock, at);
    if (hold && !hold->due_before) hold = nullptr;
    const Instant before = hold ? *hold->due_before : *clock.due;
    const auto due = recount.of(clock, before);
    std::vector<ClockEffect> effects{counted_anew(clock, ClockAct::move, due)};
    if (hold) {
        const bool credited = before != *clock.due;
        auto again = effect_on(clock, ClockAct::hold);
        if (credited) {
            const auto held = is.credit(due.at, clock.limit->unit, hold->from, hold->to);
            again = counted_anew(clock, ClockAct::hold, held);
        }
        again.hold = hold->kind;
        again.at = hold->from;
        if (hold->to < far_future) again.until = hold->to;
        effects.push_back(std::move(again));
    }
    const ClockEffect& last = effects.back().due ? effects.back() : effects.front();
    if (last.provisional && *last.due == *clock.due && due.at == before) return {};
    return effects;
}

template <class T>
std::vector<T> days_of_both(const std::vector<T>& early, const std::vector<T>& late, LocalDay horizon,
                            LocalDay (*day_of)(const T&)) {
    std::vector<T> all;
    for (const T& item : early)
        if (day_of(item) <= horizon) all.push_back(item);
    for (const T& item : late)
        if (day_of(item) > horizon) all.push_back(item);
    return all;
}

LocalDay own_day(const LocalDay& day) {
    return day;
}
LocalDay day_overridden(const std::pair<LocalDay, DayPattern>& item) {
    return item.first;
}

}  // namespace

std::shared_ptr<const Calendar> with_newer_years(const Calendar& older, const Calendar& newer) {
    const CalendarSpec& late = newer.spec();
    CalendarSpec spec = older.spec();
    const LocalDay horizon = spec.horizon;
    if (late.horizon <= horizon) return nullptr;
    spec.public_holidays = days_of_both(spec.public_holidays, late.public_holidays, horizon, own_day);
    spec.make_up_days = days_of_both(spec.make_up_days, late.make_up_days, horizon, own_day);
    spec.overrides = days_of_both(spec.overrides, late.overrides, horizon, day_overridden);
    for (const ZoneOffset& offset : late.zone)
        if (spec.zone.empty() || offset.from > spec.zone.back().from) spec.zone.push_back(offset);
    spec.horizon = late.horizon;
    spec.last_day = std::max(spec.last_day, late.last_day);
    auto built = Calendar::build(std::move(spec));
    return built ? *built : nullptr;
}

std::vector<Event> extend_calendar(const Case& c, Instant now, const Calendar& was, const Calendar& is) {
    const Recount recount(was, is);
    Event e;
    e.type = EventType::calendar_extended;
    e.at = std::max(now, c.last_at);
    e.actor.role = Role::system;
    for (const auto& clock : c.clocks) {
        if (!clock.provisional || !clock.due || clock.stopped || clock.cancelled) continue;
        for (auto& effect : recounted(clock, e.at, recount, is)) e.clocks.push_back(std::move(effect));
    }
    if (e.clocks.empty()) return {};
    return {std::move(e)};
}

std::vector<DueMoved> dues_moved(const Case& before, const Event& event) {
    Case until = before, after = before;
    advance(until.clocks, event.at);
    evolve(after, event);
    advance(after.clocks, event.at);
    std::vector<DueMoved> moves;
    for (std::size_t i = 0; i < before.clocks.size(); ++i) {
        const Clock &was = until.clocks[i], &is = after.clocks[i];
        if (was.due == is.due && was.provisional == is.provisional) continue;
        const bool breached = was.breached_at.has_value();
        moves.push_back({is.stage, is.attempt, is.step, *was.due, *is.due, is.provisional, breached,
                         !breached && is.breached_at.has_value()});
    }
    return moves;
}

}  // namespace mashang
