// What moves a due instant: pause, extension, another matter or priority.
#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

bool held_by_pause(const Clock& k) {
    if (k.stopped || k.cancelled || !k.due || !k.limit) return false;
    return k.stage == Stage::response || k.stage == Stage::closure || k.stage == Stage::part;
}

ClockEffect hold_effect(const Deciding& d, const Clock& k, Instant due, Unit unit, Interval held) {
    auto hold = effect_on(k, ClockAct::hold);
    hold.hold = HoldKind::pause;
    hold.at = held.open;
    hold.until = held.close;
    const auto credited = d.policy.calendar.credit(due, unit, held.open, held.close);
    hold.due = credited.at;
    hold.provisional = credited.provisional;
    return hold;
}

ClockEffect due_effect(const Clock& k, ClockAct act, Calendar::Due due) {
    auto effect = effect_on(k, act);
    effect.due = due.at;
    effect.provisional = due.provisional;
    return effect;
}

// A pause that follows on another without a gap is one pause: two halves of a day would count as none (T13).
bool follows_on(const Deciding& d, const Clock& k) {
    if (k.holds.empty()) return false;
    const Hold& last = k.holds.back();
    if (last.kind != HoldKind::pause || last.to != d.at || !last.due_before) return false;
    return d.policy.calendar.credit(*last.due_before, k.limit->unit, last.from, last.to).at == *k.due;
}

Event begin_pause(const Deciding& d, Instant until) {
    Event e = d.event(EventType::paused);
    e.until = until;
    for (const auto& k : d.c.clocks) {
        if (held_by_pause(k)) {
            Instant from = d.at, due = *k.due;
            if (follows_on(d, k)) {
                from = k.holds.back().from;
                due = *k.holds.back().due_before;
                e.clocks.push_back(due_effect(k, ClockAct::move, {due, false}));
            }
            e.clocks.push_back(hold_effect(d, k, due, k.limit->unit, {from, until}));
        } else if (k.stage == Stage::end_to_end && !k.stopped) {
            auto hold = effect_on(k, ClockAct::hold);  // measured, not held: its due stays
            hold.until = until;
            e.clocks.push_back(std::move(hold));
        }
    }
    return e;
}

// The pause that holds a clock now, if one does.
const Hold* pause_on(const Clock& k, Instant now) {
    const Hold* hold = open_hold(k, now);
    return hold && hold->kind == HoldKind::pause && hold->due_before ? hold : nullptr;
}

// A pause asks for an end that lies ahead and within the standard's maximum.
Result<Instant> checked_until(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    if (!d.command.until) return invalid_field("/until", "error.required");
    if (*d.command.until <= d.at) return invalid_field("/until", "error.in_the_past");
    const Instant most = d.policy.calendar.add(d.at, d.standard.pause_max).at;
    if (*d.command.until > most)
        return invalid_field("/until", "error.pause_too_long", {{"max", to_string(d.standard.pause_max)}});
    return *d.command.until;
}

}  // namespace

void release_pause(const Deciding& d, Event& e) {
    for (const auto& k : d.c.clocks) {
        if (k.stopped || k.cancelled || k.holds.empty()) continue;
        const Hold& last = k.holds.back();
        if (last.kind != HoldKind::pause) continue;
        auto release = effect_on(k, ClockAct::release);
        release.at = std::min(last.to, d.at);
        if (k.stage != Stage::end_to_end && last.due_before && k.limit) {
            const auto due =
                d.policy.calendar.credit(*last.due_before, k.limit->unit, last.from, *release.at);
            release.due = due.at;
            release.provisional = due.provisional;
        }
        e.clocks.push_back(std::move(release));
    }
}

Decided decide_pause(const Deciding& d) {
    if (d.standard.statutory) return make_error(Errc::refused, "error.statutory_never_pauses");
    auto until = checked_until(d);
    if (!until) return until.error();
    const bool at_once = d.command.actor.party.id != d.c.owner.id;
    if (at_once) return std::vector{begin_pause(d, *until)};
    Event e = d.event(EventType::pause_asked);
    e.until = *until;
    return std::vector{e};
}

Decided decide_pause_ruling(const Deciding& d) {
    if (!d.command.yes) return std::vector{d.event(EventType::pause_refused)};
    if (d.standard.statutory) return make_error(Errc::refused, "error.statutory_never_pauses");
    const Instant until = d.c.pause_ask->until.value_or(d.at);
    if (until <= d.at) return invalid_field("/decision", "error.pause_over");
    return std::vector{begin_pause(d, until)};
}

Decided decide_resume(const Deciding& d) {
    Event e = d.event(EventType::resumed);
    release_pause(d, e);
    return std::vector{e};
}

Decided decide_request_extension(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    if (!d.command.limit) return invalid_field("/limit", "error.required");
    const Clock* closure = running(d.c.clocks, Stage::closure);
    if (!closure || !closure->due) return d.refused();
    if (!on_time(d.at, *closure->due)) return make_error(Errc::refused, "error.extension_after_due");
    if (d.c.extensions >= d.standard.extensions_max)
        return make_error(Errc::refused, "error.extensions_used_up",
                          {{"max", std::to_string(d.standard.extensions_max)}});
    const auto& calendar = d.policy.calendar;
    if (calendar.add(*closure->due, *d.command.limit).at >
        calendar.add(*closure->due, d.standard.extension_max).at)
        return invalid_field("/limit", "error.extension_too_long",
                             {{"max", to_string(d.standard.extension_max)}});
    Event e = d.event(EventType::extension_asked);
    e.limit = d.command.limit;
    return std::vector{e};
}

Decided decide_extension_ruling(const Deciding& d) {
    if (!d.command.yes) return std::vector{d.event(EventType::extension_refused)};
    Event e = d.event(EventType::extended);
    e.limit = d.c.extension_ask->limit;
    for (const auto& k : d.c.clocks) {
        if (k.stage != Stage::closure || k.stopped || k.cancelled || !k.due) continue;
        const Hold* pause = pause_on(k, d.at);
        const auto due = d.policy.calendar.add(pause ? *pause->due_before : *k.due, *e.limit);
        e.clocks.push_back(due_effect(k, ClockAct::move, due));
        if (pause && k.limit)
            e.clocks.push_back(hold_effect(d, k, due.at, k.limit->unit, {pause->from, pause->to}));
    }
    return std::vector{e};
}

namespace {

// The new limit from the clock's original start, every hold that was granted counted again (T16); the pause
// of now is given again, so that its end counts from the new due.
void under_new_standard(const Deciding& d, const Clock& k, Limit limit, const std::string& name, Event& e) {
    const Hold* pause = pause_on(k, d.at);
    auto due = d.policy.calendar.add(k.start, limit);
    for (const auto& h : k.holds) {
        if (&h == pause || h.kind == HoldKind::closed || k.stage == Stage::end_to_end) continue;
        due = d.policy.calendar.credit(due.at, limit.unit, h.from, h.to);
    }
    auto effect = due_effect(k, ClockAct::restandard, due);
    effect.limit = limit;
    effect.standard = name;
    e.clocks.push_back(std::move(effect));
    if (pause) e.clocks.push_back(hold_effect(d, k, due.at, limit.unit, {pause->from, pause->to}));
}

}  // namespace

std::optional<Limit> limit_under(const Clock& k, const Standard& next) {
    switch (k.stage) {
        case Stage::sign_off:
            return next.sign_off;
        case Stage::response:
            return next.response;
        case Stage::closure:
            if (k.attempt > 1) return next.reopen;
            for (const auto& step : next.closure)
                if (step.id == k.step) return step.limit;
            return next.closure.back().limit;
        case Stage::end_to_end:
            return next.end_to_end;
        case Stage::review:
            return next.review;
        case Stage::supervision:
            return next.supervision;
        case Stage::part:
            return std::nullopt;
    }
    return std::nullopt;
}

Decided decide_reclassify(const Deciding& d) {
    const bool matter = d.command.kind == CommandKind::reclassify;
    if (!d.command.text) return invalid_field("/reason", "error.required");
    if (matter && !d.command.matter) return invalid_field("/matter", "error.required");
    if (!matter && !d.command.priority) return invalid_field("/priority", "error.required");
    if (matter && *d.command.matter == d.c.matter) return invalid_field("/matter", "error.unchanged");
    if (!matter && *d.command.priority == d.c.priority) return invalid_field("/priority", "error.unchanged");
    Case next = d.c;
    if (matter) {
        next.matter = *d.command.matter;
        next.condition = "default";
    } else {
        next.priority = *d.command.priority;
    }
    const Standard& standard = standard_of(next, d.policy.standards);
    const std::string name = standard.id;
    Event e = d.event(matter ? EventType::reclassified : EventType::reprioritised);
    // Each changes its own: what else the command says is not what the clocks were counted by.
    if (matter) e.matter = d.command.matter;
    if (!matter) e.priority = d.command.priority;
    for (const auto& k : d.c.clocks) {
        // A review or an order that runs keeps the limit that it was given.
        const bool given = k.stage == Stage::review || k.stage == Stage::supervision;
        if (k.stopped || k.cancelled || given) continue;
        if (const auto limit = limit_under(k, standard)) under_new_standard(d, k, *limit, name, e);
    }
    return std::vector{e};
}

}  // namespace mashang
