// What is done: sign-off, response, closing, review, rating, reopening, supervision, and the ends of a case.
#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

// Stops every open clock of a stage.
void stop_stage(const std::vector<Clock>& clocks, Stage stage, std::vector<ClockEffect>& effects) {
    for (const auto& k : clocks)
        if (k.stage == stage && !k.stopped && !k.cancelled) effects.push_back(effect_on(k, ClockAct::stop));
}

std::vector<const Clock*> open_closure(const Case& c) {
    std::vector<const Clock*> open;
    for (const auto& k : c.clocks)
        if (k.stage == Stage::closure && !k.stopped && !k.cancelled) open.push_back(&k);
    return open;
}

// A share of a limit, in the finer unit of its kind; whole days round up.
Limit share_of(Limit limit, int percent) {
    const auto minutes = [&](std::int64_t per) {
        return std::max<std::int64_t>(1, (limit.amount * per * percent + 99) / 100);
    };
    switch (limit.unit) {
        case Unit::emergency_hours:
            return {Unit::emergency_minutes, minutes(60)};
        case Unit::emergency_minutes:
            return {Unit::emergency_minutes, minutes(1)};
        case Unit::working_hours:
            return {Unit::working_minutes, minutes(60)};
        case Unit::working_minutes:
            return {Unit::working_minutes, minutes(1)};
        case Unit::working_days:
            return {Unit::working_days, minutes(1)};
        case Unit::calendar_days:
            return {Unit::calendar_days, minutes(1)};
        case Unit::hours:
            return {Unit::minutes, minutes(60)};
        case Unit::minutes:
            return {Unit::minutes, minutes(1)};
    }
    return limit;
}

bool eligible_reviewer(const Case& c, const Party& party, bool another) {
    if (party.id == c.owner.id) return false;
    for (const auto& p : c.parts)
        if (p.unit.id == party.id) return false;
    return !another || std::find(c.reviewers.begin(), c.reviewers.end(), party.id) == c.reviewers.end();
}

// The reviewer who answers for a review: one of the street's in turn of the case numbers, else the street's
// desk, else the district's. The desk is never empty, but it may be the owner: then nobody below it may judge
// it.
Party reviewer_for(const Case& c, const Roster& roster, bool another) {
    std::vector<const Person*> fit;
    for (const Person* p : roster.covering(c.place.grid_code, Role::reviewer))
        if (eligible_reviewer(c, p->party, another)) fit.push_back(p);
    if (!fit.empty()) return fit[static_cast<std::size_t>(c.serial) % fit.size()]->party;
    for (const Role role : {Role::street, Role::district})
        for (const Person* p : roster.covering(c.place.grid_code, role))
            if (eligible_reviewer(c, p->party, another)) return p->party;
    return {};
}

void start_review(const Deciding& d, bool another, Event& e) {
    auto clock = start_effect(Stage::review, next_attempt(d.c.clocks, Stage::review), "", d.at,
                              d.standard.review, d.policy.calendar, d.standard.id);
    clock.party = reviewer_for(d.c, d.policy.roster, another);
    e.clocks.push_back(std::move(clock));
}

// A new attempt of closure from now; end-to-end runs on from when the case was no longer closed.
void start_closure_again(const Deciding& d, Instant open_since, Event& e) {
    const std::string last_step = d.standard.closure.back().id;
    auto clock = start_effect(Stage::closure, next_attempt(d.c.clocks, Stage::closure), last_step, d.at,
                              d.standard.reopen, d.policy.calendar, d.standard.id);
    clock.party = d.c.owner;
    e.clocks.push_back(std::move(clock));
    if (const Clock* whole = latest(d.c.clocks, Stage::end_to_end); whole && whole->stopped) {
        auto resume = effect_on(*whole, ClockAct::resume);
        resume.at = open_since;
        e.clocks.push_back(std::move(resume));
    }
}

}  // namespace

Decided decide_sign_off(const Deciding& d) {
    Event e = d.event(EventType::signed_off);
    stop_stage(d.c.clocks, Stage::sign_off, e.clocks);
    auto response = start_effect(Stage::response, next_attempt(d.c.clocks, Stage::response), "", d.at,
                                 d.standard.response, d.policy.calendar, d.standard.id);
    response.party = d.c.owner;
    e.clocks.push_back(std::move(response));
    return std::vector{e};
}

Decided decide_respond(const Deciding& d) {
    Event e = d.event(EventType::responded);
    stop_stage(d.c.clocks, Stage::response, e.clocks);
    return std::vector{e};
}

Decided decide_finish_step(const Deciding& d) {
    const auto open = open_closure(d.c);
    for (const Clock* k : open) {
        if (!d.command.step || k->step != *d.command.step || k == open.back()) continue;
        Event e = d.event(EventType::step_finished);
        e.clocks.push_back(effect_on(*k, ClockAct::stop));
        return std::vector{e};
    }
    return invalid_field("/step", "error.step_unknown");
}

Decided decide_close(const Deciding& d) {
    if (!d.command.text) return invalid_field("/result", "error.required");
    if (d.standard.evidence && d.command.media.empty()) return invalid_field("/media", "error.evidence");
    for (const auto& p : d.c.parts)
        if (p.state == Part::State::open)
            return invalid_field("/parts", "error.part_open", {{"part", std::to_string(p.number)}});
    Event e = d.event(EventType::close_submitted);
    stop_stage(d.c.clocks, Stage::response, e.clocks);
    const auto open = open_closure(d.c);
    for (const Clock* k : open) {
        const bool whole = k == open.back();
        auto effect = effect_on(*k, whole ? ClockAct::hold : ClockAct::stop);
        effect.hold = HoldKind::review;
        e.clocks.push_back(std::move(effect));
    }
    start_review(d, false, e);
    return std::vector{e};
}

namespace {

void end_review(const Deciding& d, Event& e) {
    stop_stage(d.c.clocks, Stage::review, e.clocks);
}

Decided approve(const Deciding& d) {
    Event e = d.event(EventType::approved);
    end_review(d, e);
    for (const Clock* k : open_closure(d.c)) {
        // The verdict is judged on the submission, not on when somebody found time to look at it.
        auto stop = effect_on(*k, ClockAct::stop);
        stop.at = d.c.submitted_at.value_or(d.at);
        e.clocks.push_back(std::move(stop));
    }
    stop_stage(d.c.clocks, Stage::end_to_end, e.clocks);
    cancel_running(d.c.clocks, e.clocks, {Stage::sign_off, Stage::response, Stage::part, Stage::supervision});
    return std::vector{e};
}

Decided uphold(const Deciding& d) {
    if (!d.command.text) return invalid_field("/note", "error.required");
    Event e = d.event(EventType::upheld);
    end_review(d, e);
    cancel_running(d.c.clocks, e.clocks, {Stage::supervision});
    return std::vector{e};
}

Decided redo(const Deciding& d) {
    if (!d.command.text) return invalid_field("/note", "error.required");
    Event e = d.event(EventType::redone);
    end_review(d, e);
    if (d.c.review_of == ReviewOf::dissatisfaction) {
        const Clock* review = latest(d.c.clocks, Stage::review);
        start_closure_again(d, review ? review->start : d.at, e);
        return std::vector{e};
    }
    for (const Clock* k : open_closure(d.c)) {
        if (k->holds.empty() || !k->holds.back().due_before || !k->limit) continue;
        const auto moved =
            d.policy.calendar.credit(*k->holds.back().due_before, k->limit->unit, k->holds.back().from, d.at);
        const auto least = d.policy.calendar.add(d.at, share_of(*k->limit, d.standard.redo_min_percent));
        const auto due = moved.at < least.at ? least : moved;
        auto release = effect_on(*k, ClockAct::release);
        release.due = due.at;
        release.provisional = due.provisional;
        e.clocks.push_back(std::move(release));
    }
    return std::vector{e};
}

}  // namespace

Decided decide_review(const Deciding& d) {
    if (!d.command.yes) return redo(d);
    return d.c.review_of == ReviewOf::dissatisfaction ? uphold(d) : approve(d);
}

Decided decide_rate(const Deciding& d) {
    if (!d.command.score || *d.command.score < 1 || *d.command.score > 5)
        return invalid_field("/score", "error.score");
    if (*d.command.score <= 2 && !d.command.text) return invalid_field("/comment", "error.comment_required");
    const auto mine = std::find_if(d.c.reports.begin(), d.c.reports.end(),
                                   [&](const ReportRef& r) { return r.id == d.command.actor.report; });
    if (mine == d.c.reports.end()) return make_error(Errc::not_found, "error.not_found");
    if (mine->score) return make_error(Errc::refused, "error.rated_already");
    if (d.c.closed_at && d.at > *d.c.closed_at + rating_window)
        return make_error(Errc::refused, "error.rating_over");
    const bool first_dissatisfied = *d.command.score <= 2 && !d.c.dissatisfied_before;
    Event e = d.event(first_dissatisfied ? EventType::dissatisfied : EventType::rated);
    e.report = d.command.actor.report;
    e.score = d.command.score;
    if (first_dissatisfied) {
        e.supervise = true;
        start_review(d, true, e);
    }
    return std::vector{e};
}

Decided decide_reopen(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    Event e = d.event(EventType::reopened);
    const Person* owner = d.policy.roster.find(d.c.owner.id);
    if (!owner || !owner->active) {
        const Need need{d.c.place.grid_code, d.c.matter, d.c.priority, {}, {}, d.at};
        auto choice = choose_owner(need, d.policy.roster, d.policy.workload);
        if (!choice) return choice.error();
        given_to(*choice, e);
    } else {
        // His work comes back to him, whatever else he has; an ordinary case with his next shift.
        e.owner = d.c.owner;
        e.clock_start = d.at;
        const Instant duty = d.policy.roster.next_duty(*owner, d.at);
        if (d.c.priority == Priority::ordinary && duty != far_future) e.clock_start = duty;
    }
    start_sign_off(d, *e.owner, *e.clock_start, e);
    start_closure_again(d, d.at, e);
    return std::vector{e};
}

Decided decide_reject(const Deciding& d) {
    if (!d.command.text) return invalid_field("/reason", "error.required");
    if (!d.command.advice) return invalid_field("/where_to", "error.required");
    Event e = d.event(EventType::rejected);
    e.advice = d.command.advice;
    cancel_all(d.c.clocks, e.clocks);
    return std::vector{e};
}

Decided decide_withdraw(const Deciding& d) {
    Event e = d.event(EventType::withdrawn);
    e.report = d.command.actor.report;
    cancel_all(d.c.clocks, e.clocks);
    return std::vector{e};
}

Decided decide_merge(const Deciding& d) {
    if (!d.command.other || *d.command.other == d.c.id) return invalid_field("/into", "error.merge_itself");
    Event e = d.event(EventType::merged_into);
    e.other = d.command.other;
    cancel_all(d.c.clocks, e.clocks);
    return std::vector{e};
}

Result<std::vector<Event>> receive_merge(const Case& target, const Case& source, const Actor& actor,
                                         Instant now) {
    if (!is_open(target.status)) return invalid_field("/into", "error.merge_closed");
    std::vector<Event> events;
    int texts = target.texts;
    for (const auto& r : source.reports) {
        Event e;
        e.type = EventType::merged_from;
        e.at = std::max(now, target.last_at);
        e.actor = actor.party;
        e.other = source.id;
        e.number = raw(r.id);
        e.text = TextRef{++texts, r.text.hash};
        e.report = ReportId{texts};  // a number that no report of the target ever had
        e.score = r.score;
        events.push_back(std::move(e));
    }
    return events;
}

Decided decide_split(const Deciding& d) {
    const bool known = d.command.report && std::any_of(d.c.reports.begin(), d.c.reports.end(),
                                                       [&](auto& r) { return r.id == *d.command.report; });
    if (!known || *d.command.report == d.c.reports.front().id)
        return invalid_field("/report", "error.report_unknown");
    Event e = d.event(EventType::split_off);
    e.report = d.command.report;
    return std::vector{e};
}

Decided decide_supervise(const Deciding& d) {
    if (!d.command.text) return invalid_field("/question", "error.required");
    const int number = static_cast<int>(d.c.orders.size()) + 1;
    Event e = d.event(EventType::supervised);
    e.number = number;
    auto clock = start_effect(Stage::supervision, 1, std::to_string(number), d.at, d.standard.supervision,
                              d.policy.calendar, d.standard.id);
    clock.party = d.c.owner;
    e.clocks.push_back(std::move(clock));
    return std::vector{e};
}

Decided decide_answer(const Deciding& d) {
    if (!d.command.text) return invalid_field("/answer", "error.required");
    for (const auto& o : d.c.orders) {
        if (o.answered || (d.command.number && o.number != *d.command.number)) continue;
        Event e = d.event(EventType::answered);
        e.number = o.number;
        const Clock* k = find_clock(d.c.clocks, Stage::supervision, 1, std::to_string(o.number));
        if (k && !k->cancelled) e.clocks.push_back(effect_on(*k, ClockAct::stop));
        return std::vector{e};
    }
    return invalid_field("/order", "error.order_unknown");
}

Decided decide_remark(const Deciding& d) {
    if (!d.command.text && d.command.media.empty()) return invalid_field("/text", "error.required");
    EventType type = EventType::noted;
    if (d.command.kind == CommandKind::call_back) type = EventType::called_back;
    if (d.command.kind == CommandKind::supplement) type = EventType::supplemented;
    Event e = d.event(type);
    if (type == EventType::supplemented) e.report = d.command.actor.report;
    return std::vector{e};
}

}  // namespace mashang
