// Who has it: assign, return, transfer, adjudication, co-handlers.
#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {

ClockEffect effect_on(const Clock& clock, ClockAct act) {
    ClockEffect e;
    e.act = act;
    e.stage = clock.stage;
    e.attempt = clock.attempt;
    e.step = clock.step;
    return e;
}

void cancel_running(const std::vector<Clock>& clocks, std::vector<ClockEffect>& effects,
                    std::initializer_list<Stage> stages) {
    for (const auto& k : clocks) {
        if (k.stopped || k.cancelled) continue;
        if (std::find(stages.begin(), stages.end(), k.stage) == stages.end()) continue;
        effects.push_back(effect_on(k, ClockAct::cancel));
    }
}

void cancel_all(const std::vector<Clock>& clocks, std::vector<ClockEffect>& effects) {
    cancel_running(clocks, effects,
                   {Stage::sign_off, Stage::response, Stage::closure, Stage::review, Stage::end_to_end,
                    Stage::part, Stage::supervision});
}

int next_attempt(const std::vector<Clock>& clocks, Stage stage) {
    const Clock* last = latest(clocks, stage);
    return last ? last->attempt + 1 : 1;
}

ClockEffect start_effect(Stage stage, int attempt, std::string step, Instant start, Limit limit,
                         const Calendar& calendar, const std::string& standard) {
    ClockEffect e;
    e.act = ClockAct::start;
    e.stage = stage;
    e.attempt = attempt;
    e.step = std::move(step);
    e.at = start;
    e.limit = limit;
    const auto due = calendar.add(start, limit);
    e.due = due.at;
    e.provisional = due.provisional;
    e.standard = standard;
    return e;
}

void start_sign_off(const Deciding& d, const Party& owner, Instant clock_start, Event& event) {
    cancel_running(d.c.clocks, event.clocks, {Stage::sign_off, Stage::response});
    auto e = start_effect(Stage::sign_off, next_attempt(d.c.clocks, Stage::sign_off), "", clock_start,
                          d.standard.sign_off, d.policy.calendar, d.standard.id);
    e.party = owner;
    event.clocks.push_back(std::move(e));
    // Closure, end-to-end and orders run on whoever has it; only who answers for them changes (T11).
    for (const auto& k : d.c.clocks) {
        const bool goes_along =
            k.stage == Stage::closure || k.stage == Stage::end_to_end || k.stage == Stage::supervision;
        if (k.stopped || k.cancelled || !goes_along) continue;
        auto redirect = effect_on(k, ClockAct::redirect);
        redirect.party = owner;
        event.clocks.push_back(std::move(redirect));
    }
}

void given_to(const Choice& choice, Event& event) {
    event.owner = choice.owner;
    event.clock_start = choice.clock_start;
    if (!choice.waiting) return;
    event.decision = DecisionRecord{};
    event.decision->outcome = choice.rung;
    event.decision->waiting = true;
    event.decision->engine = engine_version;
}

namespace {

// An ordinary case outside the new owner's shift starts his sign-off with the next one.
Instant start_of_duty(const Deciding& d, const Person& person) {
    if (d.c.priority != Priority::ordinary || person.party.desk) return d.at;
    const Instant next = d.policy.roster.next_duty(person, d.at);
    return next == far_future ? d.at : next;
}

Result<const Person*> person_for(const Deciding& d) {
    if (!d.command.to) return invalid_field("/to", "error.required");
    const Person* person = d.policy.roster.find(*d.command.to);
    if (!person || !person->active) return invalid_field("/to", "error.person_unknown");
    if (rank_of(person->party.role) < rank_of(Role::worker))
        return invalid_field("/to", "error.not_an_owner");
    const bool here =
        covers(person->scope, d.c.place.grid_code) || covers(person->backup, d.c.place.grid_code);
    if (!here) return invalid_field("/to", "error.person_elsewhere");
    if (person->party.id == d.c.owner.id) return invalid_field("/to", "error.already_owner");
    const bool full = person->capacity > 0 && !d.policy.workload.ignore_capacity && !person->party.desk &&
                      d.policy.workload.load(person->party.id).open >= person->capacity;
    if (full) return invalid_field("/to", "error.at_capacity");
    return person;
}

Event handed_over(const Deciding& d, EventType type, const Person& person) {
    Event e = d.event(type);
    const Instant start = start_of_duty(d, person);
    e.owner = person.party;
    e.clock_start = start;
    start_sign_off(d, person.party, start, e);
    if (d.c.flags.paused) release_pause(d, e);
    return e;
}

}  // namespace

Decided decide_assign(const Deciding& d) {
    auto person = person_for(d);
    if (!person) return person.error();
    return std::vector{handed_over(d, EventType::assigned, **person)};
}

Decided decide_return(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    return std::vector{d.event(EventType::return_asked)};
}

Decided decide_return_ruling(const Deciding& d) {
    if (!d.command.yes) return std::vector{d.event(EventType::return_refused)};
    Event e = d.event(EventType::return_accepted);
    if (d.c.hops + 1 > hops_max) {
        Event opened = d.event(EventType::adjudication_opened);
        return std::vector{e, opened};
    }
    const Need need{d.c.place.grid_code, d.c.matter, d.c.priority, {}, d.c.had, d.at};
    auto choice = choose_owner(need, d.policy.roster, d.policy.workload);
    if (!choice) return choice.error();
    given_to(*choice, e);
    start_sign_off(d, choice->owner, choice->clock_start, e);
    return std::vector{e};
}

Decided decide_transfer(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    auto person = person_for(d);
    if (!person) return person.error();
    const bool round = std::find(d.c.had.begin(), d.c.had.end(), (*person)->party.id) != d.c.had.end();
    if (round) return invalid_field("/to", "error.had_it_already");
    if (d.c.hops + 1 > hops_max) return std::vector{d.event(EventType::adjudication_opened)};
    return std::vector{handed_over(d, EventType::transferred, **person)};
}

Decided decide_adjudicate(const Deciding& d) {
    if (!d.command.text) return invalid_field("/note", "error.required");
    // The ruling may name the owner of now: then it is his for good.
    if (d.command.to && *d.command.to == d.c.owner.id) {
        const Person* same = d.policy.roster.find(d.c.owner.id);
        if (!same) return invalid_field("/to", "error.person_unknown");
        return std::vector{handed_over(d, EventType::adjudicated, *same)};
    }
    auto person = person_for(d);
    if (!person) return person.error();
    return std::vector{handed_over(d, EventType::adjudicated, **person)};
}

Event co_handler_event(const Case& c, const Party& unit, int number, Instant at, Limit limit,
                       const Policy& policy, const std::string& standard) {
    Event e;
    e.type = EventType::co_handler_added;
    e.at = at;
    e.actor = c.owner;
    e.owner = unit;
    e.number = number;
    e.limit = limit;
    auto clock = start_effect(Stage::part, 1, std::to_string(number), at, limit, policy.calendar, standard);
    clock.party = unit;
    // Due at the earlier of its own limit and closure's due; while closure is paused, so is the part.
    const Clock* closure = running(c.clocks, Stage::closure);
    const Hold* pause = closure ? open_hold(*closure, at) : nullptr;
    std::optional<Instant> bound = closure ? closure->due : std::nullopt;
    if (pause && pause->due_before)
        bound = policy.calendar.credit(*pause->due_before, closure->limit->unit, pause->from, at).at;
    if (bound && *bound < *clock.due) clock.due = std::max(at, *bound);
    std::optional<ClockEffect> hold;
    if (pause) {
        const auto credited = policy.calendar.credit(*clock.due, limit.unit, at, pause->to);
        hold = clock;
        hold->act = ClockAct::hold;
        hold->until = pause->to;
        hold->due = credited.at;
        hold->provisional = credited.provisional;
    }
    e.clocks.push_back(std::move(clock));
    if (hold) e.clocks.push_back(std::move(*hold));
    return e;
}

Decided decide_add_co_handler(const Deciding& d) {
    if (!d.command.to) return invalid_field("/unit", "error.required");
    const Person* unit = d.policy.roster.find(*d.command.to);
    if (!unit || !unit->active) return invalid_field("/unit", "error.person_unknown");
    if (unit->party.id == d.c.owner.id) return invalid_field("/unit", "error.already_owner");
    if (!covers(unit->scope, d.c.place.grid_code)) return invalid_field("/unit", "error.person_elsewhere");
    for (const auto& p : d.c.parts)
        if (p.unit.id == unit->party.id && p.state == Part::State::open)
            return invalid_field("/unit", "error.already_co_handler");
    const int number = static_cast<int>(d.c.parts.size()) + 1;
    Event e = co_handler_event(d.c, unit->party, number, d.at, d.command.limit.value_or(d.standard.part),
                               d.policy, d.standard.id);
    e.actor = d.command.actor.party;
    e.text = d.command.text;
    return std::vector{e};
}

namespace {

Decided end_part(const Deciding& d, EventType type, const Part& part) {
    Event e = d.event(type);
    e.number = part.number;
    const ClockAct act = type == EventType::part_finished ? ClockAct::stop : ClockAct::cancel;
    if (const Clock* k = find_clock(d.c.clocks, Stage::part, 1, std::to_string(part.number)))
        e.clocks.push_back(effect_on(*k, act));
    return std::vector{e};
}

}  // namespace

Decided decide_finish_part(const Deciding& d) {
    for (const auto& p : d.c.parts) {
        const bool meant = !d.command.number || p.number == *d.command.number;
        if (p.state == Part::State::open && meant && p.unit.id == d.command.actor.party.id)
            return end_part(d, EventType::part_finished, p);
    }
    return invalid_field("/part", "error.part_unknown");
}

Decided decide_waive_part(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    for (const auto& p : d.c.parts)
        if (p.state == Part::State::open && d.command.number && p.number == *d.command.number)
            return end_part(d, EventType::part_waived, p);
    return invalid_field("/part", "error.part_unknown");
}

Result<std::vector<Event>> drain(const Case& c, Instant now, const Policy& policy) {
    if (c.status != Status::waiting) return std::vector<Event>{};
    const Instant at = std::max(now, c.last_at);
    const Need need{c.place.grid_code, c.matter, c.priority, {}, c.had, at};
    auto choice = choose_owner(need, policy.roster, policy.workload);
    if (!choice) return choice.error();
    if (choice->waiting || choice->owner.id == c.owner.id) return std::vector<Event>{};
    Command command;
    command.kind = CommandKind::assign;
    command.actor.party.role = Role::system;
    const Deciding d{c, command, at, policy, standard_of(c, policy.standards)};
    Event e = d.event(EventType::assigned);
    e.owner = choice->owner;
    e.clock_start = choice->clock_start;
    start_sign_off(d, choice->owner, choice->clock_start, e);
    return std::vector{e};
}

}  // namespace mashang
