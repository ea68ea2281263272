// What time alone brings: thresholds in due order, who is told on the ladder, a pause that ends by itself.
#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

Party system_party() {
    Party p;
    p.role = Role::system;
    return p;
}

struct Due {
    const Clock* clock;
    NextThreshold next;
};

std::optional<Due> earliest(const Case& c, const Policy& policy) {
    const Standard& standard = standard_of(c, policy.standards);
    std::optional<Due> first;
    for (const auto& k : c.clocks) {
        const auto next = next_threshold(k, policy.calendar, standard.warn_percent);
        if (next && (!first || next->at < first->next.at)) first = Due{&k, *next};
    }
    return first;
}

// Repeats that were missed together count as one: the latest that is due (T25).
NextThreshold coalesced(const Due& due, const Case& c, const Policy& policy, Instant now) {
    NextThreshold last = due.next;
    if (last.threshold != Threshold::repeat) return last;
    const Standard& standard = standard_of(c, policy.standards);
    Clock probe = *due.clock;
    while (true) {
        probe.fired = last.index + 1;
        const auto next = next_threshold(probe, policy.calendar, standard.warn_percent);
        if (!next || next->at > now) return last;
        last = *next;
    }
}

// The ladder above whoever is responsible: for a review it starts at the street.
Ladder ladder_for(const Case& c, const Clock& clock, const Policy& policy, Instant now) {
    Party from = clock.party;
    if (clock.stage == Stage::review && rank_of(from.role) < rank_of(Role::street)) {
        Ladder all = ladder_above(c.owner, c.place.grid_code, policy.roster, now);
        std::erase_if(all.rungs, [](const Party& p) { return rank_of(p.role) < rank_of(Role::street); });
        return all;
    }
    if (clock.stage == Stage::part) from.role = Role::worker;  // a unit's ladder is that of the grid
    return ladder_above(from, c.place.grid_code, policy.roster, now);
}

Passed passed_of(const Case& c, const Clock& clock, const NextThreshold& next, const Policy& policy,
                 Instant now) {
    Passed p;
    p.stage = clock.stage;
    p.attempt = clock.attempt;
    p.step = clock.step;
    p.threshold = next.threshold;
    p.repeat = next.repeat;
    const Ladder ladder = ladder_for(c, clock, policy, now);
    // Nobody is told twice of one threshold, also where the owner is himself the ladder's first rung.
    const auto tell = [&](const Party& party) {
        const auto same = [&](const Party& other) { return other.id == party.id; };
        if (std::none_of(p.told.begin(), p.told.end(), same)) p.told.push_back(party);
    };
    const auto rung = [&](std::size_t i) {
        if (!ladder.rungs.empty()) tell(ladder.rungs[std::min(i, ladder.rungs.size() - 1)]);
    };
    switch (next.threshold) {
        case Threshold::half:
            tell(clock.party);
            break;
        case Threshold::most:
            tell(clock.party);
            rung(0);
            break;
        case Threshold::due:
            rung(0);
            if (clock.stage == Stage::part) tell(c.owner);
            break;
        case Threshold::repeat:
            rung(static_cast<std::size_t>(next.repeat));
            break;
    }
    if (next.threshold == Threshold::due || next.threshold == Threshold::repeat) p.skipped = ladder.skipped;
    return p;
}

bool reaches_street(const Passed& p) {
    if (p.threshold != Threshold::due && p.threshold != Threshold::repeat) return false;
    return std::any_of(p.told.begin(), p.told.end(),
                       [](const Party& party) { return rank_of(party.role) >= rank_of(Role::street); });
}

// Reaching the street opens one supervision order; the next only when that is answered or called off.
bool order_wanted(const Case& c, const Passed& p) {
    if (p.stage == Stage::supervision || !reaches_street(p)) return false;
    return running(c.clocks, Stage::supervision) == nullptr;
}

Event order_event(const Case& c, const Passed& p, Instant at, const Policy& policy) {
    const Standard& standard = standard_of(c, policy.standards);
    Event e;
    e.type = EventType::supervised;
    e.at = at;
    e.actor = p.told.front();
    e.number = static_cast<int>(c.orders.size()) + 1;
    auto clock = start_effect(Stage::supervision, 1, std::to_string(*e.number), at, standard.supervision,
                              policy.calendar, standard.id);
    clock.party = c.owner;
    e.clocks.push_back(std::move(clock));
    return e;
}

// A bound against a fold that would not come to rest; a case has far fewer thresholds than this.
constexpr int events_a_firing_max = 200;

}  // namespace

std::optional<Instant> pause_end(const Case& c) {
    if (!c.flags.paused) return std::nullopt;
    std::optional<Instant> end;
    for (const auto& k : c.clocks)
        if (!k.holds.empty() && k.holds.back().kind == HoldKind::pause && !k.stopped)
            end = std::max(end.value_or(k.holds.back().to), k.holds.back().to);
    return end;
}

Event pause_ended(const Case& c, Instant at, const Policy& policy) {
    Command command;
    command.kind = CommandKind::resume;
    command.actor.party = system_party();
    const Deciding d{c, command, at, policy, standard_of(c, policy.standards)};
    Event e = d.event(EventType::resumed);
    release_pause(d, e);
    return e;
}

std::vector<Event> fire(const Case& stored, Instant now, const Policy& policy) {
    std::vector<Event> events;
    Case c = stored;
    const Instant at = std::max(now, c.last_at);
    const auto keep = [&](Event e) {
        evolve(c, e);
        events.push_back(std::move(e));
    };
    while (events.size() < events_a_firing_max) {
        advance(c.clocks, at);
        const auto pause = pause_end(c);
        const auto due = earliest(c, policy);
        if (pause && *pause <= at && (!due || *pause <= due->next.at)) {
            keep(pause_ended(c, at, policy));
            continue;
        }
        if (!due || due->next.at > at) break;
        const NextThreshold next = coalesced(*due, c, policy, at);
        Event e;
        e.type = EventType::threshold_passed;
        e.at = at;
        e.actor = system_party();
        e.passed = passed_of(c, *due->clock, next, policy, at);
        const Passed passed = *e.passed;
        keep(std::move(e));
        if (order_wanted(c, passed)) keep(order_event(c, passed, at, policy));
    }
    return events;
}

std::optional<Instant> next_timer(const Case& c, const Policy& policy) {
    if (!is_open(c.status)) return std::nullopt;
    std::optional<Instant> next = pause_end(c);
    if (const auto due = earliest(c, policy))
        if (!next || due->next.at < *next) next = due->next.at;
    return next;
}

}  // namespace mashang
