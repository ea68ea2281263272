#include "dispatch/clock.hpp"

#include <algorithm>
#include <cassert>

namespace mashang {
namespace {

Clock* find_mutable(std::vector<Clock>& clocks, const ClockEffect& effect) {
    for (auto& c : clocks)
        if (c.stage == effect.stage && c.attempt == effect.attempt && c.step == effect.step) return &c;
    return nullptr;
}

bool ended(const Clock& clock) {
    return clock.stopped || clock.cancelled;
}

// Nothing holds end-to-end up: its pauses and gaps stand there to be left out of net time.
bool holds_up(const Clock& clock, const Hold& hold) {
    return hold.kind != HoldKind::closed && clock.stage != Stage::end_to_end;
}

// Time alone: the due in force passed while the clock ran. While held it cannot pass; when the hold ends with
// the due already behind it, it passes at that end.
void note_breach(Clock& clock, Instant until) {
    if (clock.breached_at || !clock.due || clock.cancelled) return;
    const Instant end = clock.stopped ? std::min(*clock.stopped, until) : until;
    Instant passes = *clock.due;
    for (const auto& hold : clock.holds)
        if (holds_up(clock, hold) && hold.from <= passes && passes < hold.to) passes = hold.to;
    // The due instant itself is in time (T4); the end of a hold that outlasted it is not.
    const bool passed = passes == *clock.due ? passes < end : passes <= end;
    if (passed) clock.breached_at = passes;
}

void start_clock(std::vector<Clock>& clocks, const ClockEffect& effect, Instant at, const Party& party) {
    Clock clock;
    clock.stage = effect.stage;
    clock.attempt = effect.attempt;
    clock.step = effect.step;
    clock.party = effect.party.value_or(party);
    clock.start = effect.at.value_or(at);
    clock.due = effect.due;
    clock.original_due = effect.due;
    clock.limit = effect.limit;
    clock.standard = effect.standard;
    clock.provisional = effect.provisional;
    clocks.push_back(std::move(clock));
}

void set_due(Clock& clock, const ClockEffect& effect) {
    if (!effect.due) return;
    clock.due = effect.due;
    clock.provisional = effect.provisional;
}

// Another version's limit comes with its name; the first due stays on record.
void move_due(Clock& clock, const ClockEffect& effect) {
    set_due(clock, effect);
    if (!effect.limit) return;
    clock.limit = effect.limit;
    clock.standard = effect.standard;
}

void restandard(Clock& clock, const ClockEffect& effect) {
    if (clock.breached_at) clock.earlier_breaches.push_back(*clock.breached_at);
    clock.breached_at.reset();
    set_due(clock, effect);
    clock.original_due = effect.due;
    clock.limit = effect.limit;
    clock.standard = effect.standard;
    // `fired` stays: each threshold of an attempt is told once, whatever standard it falls under (T22).
}

// A hold given again from the same instant replaces the one that stands, and counts its credit from the due
// of now: so a change of due during a pause outlives the pause.
void hold(Clock& clock, const ClockEffect& effect, Instant at) {
    const Hold next{effect.hold, effect.at.value_or(at), effect.until.value_or(far_future), clock.due};
    const bool again = !clock.holds.empty() && clock.holds.back().kind == next.kind &&
                       clock.holds.back().from == next.from && clock.holds.back().to >= at;
    if (again) clock.holds.pop_back();
    clock.holds.push_back(next);
    set_due(clock, effect);
}

// The gap is left out of net time. A due that went by while the clock stood still is missed as soon as it
// runs again: before, it was not running (lifecycle.md "Clocks").
void resume(Clock& clock, const ClockEffect& effect, Instant at) {
    if (!clock.stopped) return;
    const Instant from = effect.at.value_or(at);
    const bool went_by = clock.due && *clock.stopped <= *clock.due && *clock.due < from;
    if (!clock.breached_at && went_by) clock.breached_at = from;
    clock.holds.push_back({HoldKind::closed, *clock.stopped, from, clock.due});
    clock.stopped.reset();
    set_due(clock, effect);
}

void release(Clock& clock, const ClockEffect& effect, Instant at) {
    if (!clock.holds.empty()) {
        auto& last = clock.holds.back();
        last.to = std::min(last.to, effect.at.value_or(at));
    }
    set_due(clock, effect);
}

}  // namespace

void apply(std::vector<Clock>& clocks, const ClockEffect& effect, Instant at, const Party& default_party) {
    if (effect.act == ClockAct::start) return start_clock(clocks, effect, at, default_party);
    Clock* clock = find_mutable(clocks, effect);
    assert(clock && "an effect names a clock that never started");
    if (!clock) return;
    switch (effect.act) {
        case ClockAct::start:
            break;
        case ClockAct::stop:
            clock->stopped = effect.at.value_or(at);
            note_breach(*clock, far_future);
            break;
        case ClockAct::hold:
            hold(*clock, effect, at);
            break;
        case ClockAct::release:
            release(*clock, effect, at);
            break;
        case ClockAct::move:
            move_due(*clock, effect);
            break;
        case ClockAct::restandard:
            restandard(*clock, effect);
            break;
        case ClockAct::resume:
            resume(*clock, effect, at);
            break;
        case ClockAct::cancel:
            clock->stopped = effect.at.value_or(at);
            clock->cancelled = true;
            break;
        case ClockAct::redirect:
            if (effect.party) clock->party = *effect.party;
            break;
    }
}

void advance(std::vector<Clock>& clocks, Instant now) {
    for (auto& clock : clocks) note_breach(clock, now);
}

const Hold* open_hold(const Clock& clock, Instant now) {
    for (auto it = clock.holds.rbegin(); it != clock.holds.rend(); ++it)
        if (holds_up(clock, *it) && it->from <= now && now < it->to) return &*it;
    return nullptr;
}

ClockState state_of(const Clock& clock, Instant now) {
    if (clock.breached_at) return ClockState::breached;
    if (clock.cancelled) return ClockState::cancelled;
    if (clock.stopped) return ClockState::met;
    if (now < clock.start) return ClockState::pending;
    if (open_hold(clock, now)) return ClockState::held;
    return ClockState::running;
}

const Clock* latest(const std::vector<Clock>& clocks, Stage stage) {
    const Clock* found = nullptr;
    for (const auto& c : clocks)
        if (c.stage == stage && (!found || c.attempt >= found->attempt)) found = &c;
    return found;
}

const Clock* running(const std::vector<Clock>& clocks, Stage stage) {
    const Clock* found = nullptr;
    for (const auto& c : clocks) {
        if (c.stage != stage || ended(c)) continue;
        if (!found || c.due.value_or(far_future) < found->due.value_or(far_future)) found = &c;
    }
    return found;
}

const Clock* find_clock(const std::vector<Clock>& clocks, Stage stage, int attempt, std::string_view step) {
    for (const auto& c : clocks)
        if (c.stage == stage && c.attempt == attempt && c.step == step) return &c;
    return nullptr;
}

std::string clock_id(const Clock& clock) {
    std::string id(to_string(clock.stage));
    id += '-' + std::to_string(clock.attempt);
    if (!clock.step.empty()) id += '-' + clock.step;
    return id;
}

Usage usage(const Clock& clock, const Calendar& calendar, Instant now) {
    const Unit unit = clock.limit ? clock.limit->unit : Unit::minutes;
    const Instant end = clock.stopped ? std::min(*clock.stopped, now) : now;
    if (end <= clock.start) return {};
    Usage u;
    for (const auto& h : clock.holds) {
        const Instant from = std::clamp(h.from, clock.start, end);
        const Instant to = std::clamp(h.to, clock.start, end);
        if (from < to) u.paused += calendar.used_between(from, to, unit);
    }
    u.used = calendar.used_between(clock.start, end, unit) - u.paused;
    return u;
}

Durations durations(const Clock& clock, const Calendar& calendar, Instant now) {
    const Instant end = clock.stopped ? std::min(*clock.stopped, now) : now;
    Durations d;
    if (end <= clock.start) return d;
    d.gross = end - clock.start;
    d.gross_working = calendar.working_between(clock.start, end);
    for (const auto& h : clock.holds) {
        const Instant from = std::clamp(h.from, clock.start, end);
        const Instant to = std::clamp(h.to, clock.start, end);
        if (from >= to) continue;
        d.held += to - from;
        d.held_working += calendar.working_between(from, to);
    }
    d.net = d.gross - d.held;
    d.net_working = d.gross_working - d.held_working;
    return d;
}

namespace {

// Half of a limit as a limit of the same kind of unit, at least an hour of it (a day for limits in days).
Limit half_of(Limit limit) {
    switch (limit.unit) {
        case Unit::emergency_hours:
            return {Unit::emergency_minutes, std::max<std::int64_t>(60, limit.amount * 30)};
        case Unit::emergency_minutes:
            return {Unit::emergency_minutes, std::max<std::int64_t>(60, limit.amount / 2)};
        case Unit::working_hours:
            return {Unit::working_minutes, std::max<std::int64_t>(60, limit.amount * 30)};
        case Unit::working_minutes:
            return {Unit::working_minutes, std::max<std::int64_t>(60, limit.amount / 2)};
        case Unit::working_days:
            return {Unit::working_days, std::max<std::int64_t>(1, limit.amount / 2)};
        case Unit::calendar_days:
            return {Unit::calendar_days, std::max<std::int64_t>(1, limit.amount / 2)};
        case Unit::hours:
            return {Unit::minutes, std::max<std::int64_t>(60, limit.amount * 30)};
        case Unit::minutes:
            return {Unit::minutes, std::max<std::int64_t>(60, limit.amount / 2)};
    }
    return limit;
}

Instant warning_at(const Clock& clock, const Calendar& calendar, int percent) {
    const Unit unit = clock.limit->unit;
    const bool held = std::any_of(clock.holds.begin(), clock.holds.end(),
                                  [&](const Hold& h) { return holds_up(clock, h); });
    if (!held) return calendar.fraction(clock.start, *clock.due, unit, percent);
    Instant t = calendar.fraction(clock.start, calendar.add(clock.start, *clock.limit).at, unit, percent);
    for (const auto& h : clock.holds)
        if (h.from <= t) t = h.to == far_future ? far_future : calendar.credit(t, unit, h.from, h.to).at;
    return t;
}

Instant repeat_at(const Clock& clock, const Calendar& calendar, int repeat) {
    // Counted from the due instant, never from when somebody noticed (T26).
    const int climbing = std::min(repeat, climbing_repeats);
    Limit each = half_of(*clock.limit);
    each.amount *= climbing;
    const Instant top = calendar.add(*clock.due, each).at;
    return top + std::chrono::hours(24) * (repeat - climbing);
}

}  // namespace

std::optional<NextThreshold> next_threshold(const Clock& clock, const Calendar& calendar,
                                            const int (&warn_percent)[2]) {
    if (ended(clock) || !clock.due || !clock.limit) return std::nullopt;
    const bool open_ended =
        !clock.holds.empty() && clock.holds.back().to == far_future && holds_up(clock, clock.holds.back());
    if (open_ended) return std::nullopt;  // in review: nothing falls due until it ends
    NextThreshold next;
    next.index = clock.fired;
    if (clock.fired < 2) {
        next.threshold = clock.fired == 0 ? Threshold::half : Threshold::most;
        next.at = warning_at(clock, calendar, warn_percent[clock.fired]);
    } else if (clock.fired == 2) {
        next.threshold = Threshold::due;
        next.at = *clock.due + Millis{1};  // at the due instant itself it is still on time (T4)
    } else {
        next.repeat = clock.fired - 2;
        if (next.repeat > climbing_repeats + daily_repeats) return std::nullopt;
        next.threshold = Threshold::repeat;
        next.at = repeat_at(clock, calendar, next.repeat);
    }
    // A hold moves whatever would fire inside it to its end.
    for (const auto& h : clock.holds)
        if (holds_up(clock, h) && h.from <= next.at && next.at < h.to) next.at = h.to;
    return next;
}

}  // namespace mashang
