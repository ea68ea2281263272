#include "dispatch/delivery.hpp"

namespace mashang {
namespace {

constexpr int turns_max = 64;       // between shifts and quiet hours: two months of days
constexpr int bundles_an_hour = 2;  // one of urgent messages, one of ordinary ones

Instant wall_minute(const Calendar& calendar, LocalDay day, int minute) {
    const Instant midnight = calendar.start_of(day);
    const Instant at = midnight + std::chrono::minutes{minute};
    return at - (calendar.offset_at(at) - calendar.offset_at(midnight));
}

}  // namespace

Instant quiet_until(const QuietHours& quiet, const Calendar& calendar, Instant t) {
    if (quiet.from == quiet.to) return t;
    const bool over_midnight = quiet.from > quiet.to;
    const LocalDay today = calendar.day_of(t);
    // Those that began yesterday, and those of today.
    for (const LocalDay day : {today - std::chrono::days{1}, today}) {
        const Instant begin = wall_minute(calendar, day, quiet.from);
        const Instant end = wall_minute(calendar, over_midnight ? day + std::chrono::days{1} : day, quiet.to);
        if (begin <= t && t < end) return end;
    }
    return t;
}

Instant hears_at(const Roster& roster, const Calendar& calendar, const Person& to, Priority priority,
                 Instant t) {
    if (priority != Priority::ordinary) return t;
    const Instant duty = roster.next_duty(to, t);
    if (duty == far_future) return t;  // who is never on duty again would never hear of it
    Instant at = duty;
    for (int turn = 0; turn < turns_max; ++turn) {
        const Instant loud = quiet_until(to.quiet, calendar, at);
        const Instant next = roster.next_duty(to, loud);
        if (next == at) return at;
        if (next == far_future) break;
        at = next;
    }
    return duty;  // all his duty lies in his quiet hours: work goes before
}

Instant hour_of(Instant t) {
    return std::chrono::floor<std::chrono::hours>(t);
}

Delivery deliver(const Roster& roster, const Calendar& calendar, const Person& to, Priority priority,
                 Instant said, const std::function<int(Instant hour)>& alone_in) {
    if (priority == Priority::emergency) return {said, false};
    const Instant at = hears_at(roster, calendar, to, priority, said);
    const Instant hour = hour_of(at);
    if (alone_in(hour) < to.messages_an_hour - bundles_an_hour) return {at, false};
    return {hears_at(roster, calendar, to, priority, hour + std::chrono::hours{1}), true};
}

}  // namespace mashang
