// The fold: an event applied to a case. Needs no calendar, no roster and no clock, so replays agree (T12).
#include <algorithm>
#include <cassert>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

void joined(Case& c, const Event& e);

void take_over(Case& c, const Event& e) {
    if (!e.owner) return;
    c.owner = *e.owner;
    c.had.push_back(e.owner->id);
    c.status = Status::dispatched;
    c.signed_off_at.reset();
    c.responded_at.reset();
    c.flags.paused = false;
    c.pause_ask.reset();
    c.extension_ask.reset();
    if (e.decision && e.decision->waiting) {
        c.status = Status::waiting;
        c.had.pop_back();  // a desk that only holds it has not had it
    }
}

void open_with(Case& c, const Event& e) {
    const Opening& o = *e.opening;
    c.day = o.day;
    c.serial = o.serial;
    c.place = o.place;
    c.matter = o.matter;
    c.condition = e.condition.value_or(o.condition);
    c.priority = e.priority.value_or(o.priority);
    c.versions = o.versions;
    c.accepted_at = c.dispatched_at = e.at;
    take_over(c, e);
    c.first_owner = c.owner;
    joined(c, e);
}

Part* part_of(Case& c, const Event& e) {
    for (auto& p : c.parts)
        if (e.number && p.number == *e.number) return &p;
    return nullptr;
}

void end_part(Case& c, const Event& e) {
    if (Part* p = part_of(c, e)) {
        p->state = e.type == EventType::part_finished ? Part::State::finished : Part::State::waived;
        p->ended = e.at;
        p->media = e.media;
    }
}

void rated(Case& c, const Event& e) {
    for (auto& r : c.reports)
        if (e.report && r.id == *e.report) {
            r.score = e.score;
            r.rated = e.at;
        }
}

void into_review(Case& c, const Event& e, ReviewOf what) {
    c.status = Status::in_review;
    c.review_of = what;
    if (what == ReviewOf::dissatisfaction) c.dissatisfied_before = true;
    if (what == ReviewOf::closure) {
        if (!c.responded_at) c.responded_at = e.at;
        c.submitted_at = e.at;
        c.result = e.text;
        c.result_media = e.media;
    }
    c.pause_ask.reset();
    c.extension_ask.reset();
}

void finish(Case& c, const Event& e, Status status) {
    c.status = status;
    if (status == Status::closed) {
        c.closed_at = e.at;
        c.reviewers.push_back(e.actor.id);
    }
    c.flags = {};
    c.return_ask.reset();
    c.pause_ask.reset();
    c.extension_ask.reset();
}

Ask ask_of(const Event& e) {
    return {e.actor, e.at, e.text.value_or(TextRef{}), e.until, e.limit};
}

void reclassified(Case& c, const Event& e) {
    if (e.matter) {
        c.matter = *e.matter;
        c.condition = "default";
    }
    if (e.priority) c.priority = *e.priority;
}

void split_off(Case& c, const Event& e) {
    std::erase_if(c.reports, [&](const ReportRef& r) { return e.report && r.id == *e.report; });
}

ReportRef moved_here(const Event& e) {
    ReportRef r;
    r.id = e.report.value_or(ReportId{});
    r.text = e.text.value_or(TextRef{});
    r.from = e.other;
    if (e.number) r.was = ReportId{*e.number};
    r.score = e.score;
    return r;
}

void answer_order(Case& c, const Event& e) {
    for (auto& o : c.orders)
        if (e.number && o.number == *e.number) {
            o.answer = e.text;
            o.answered = e.at;
        }
}

// A new owner settles whatever was argued about who has it.
void handed_over(Case& c, const Event& e, int hops, bool binding) {
    take_over(c, e);
    c.hops += hops;
    if (binding) {
        c.binding = true;
        c.flags.adjudicating = false;
    }
    c.flags.returning = false;
    c.return_ask.reset();
}

void about_return(Case& c, const Event& e) {
    const bool asked = e.type == EventType::return_asked;
    c.flags.returning = asked;
    c.return_ask.reset();
    if (asked) c.return_ask = ask_of(e);
    if (!asked) c.binding = true;  // a refusal binds
}

void reopened(Case& c, const Event& e) {
    ++c.reopenings;
    c.closed_at.reset();
    handed_over(c, e, 0, false);
}

void signed_off(Case& c, const Event& e) {
    c.status = Status::signed_off;
    c.signed_off_at = e.at;
}

void responded(Case& c, const Event& e) {
    c.status = Status::responded;
    c.responded_at = e.at;
}

// The work was done when it was first closed; the second look found it good.
void upheld(Case& c, const Event& e) {
    const auto first_closed = c.closed_at;
    finish(c, e, Status::closed);
    c.closed_at = first_closed;
}

void redone(Case& c, const Event& e) {
    ++c.redos;
    c.status = Status::responded;
    c.reviewers.push_back(e.actor.id);
    c.closed_at.reset();
}

void dissatisfied(Case& c, const Event& e) {
    rated(c, e);
    into_review(c, e, ReviewOf::dissatisfaction);
}

void ended(Case& c, const Event& e) {
    if (e.type == EventType::approved) finish(c, e, Status::closed);
    if (e.type == EventType::upheld) upheld(c, e);
    if (e.type == EventType::rejected) finish(c, e, Status::rejected);
    if (e.type == EventType::withdrawn) finish(c, e, Status::withdrawn);
    if (e.type != EventType::merged_into) return;
    finish(c, e, Status::merged);
    c.merged_into = e.other;
}

void joined(Case& c, const Event& e) {
    ReportRef r;
    r.id = e.report.value_or(ReportId{});
    r.text = e.text.value_or(TextRef{});
    // A case that was split off begins with a report that another case kept first.
    r.from = e.other;
    if (e.other && e.number) r.was = ReportId{*e.number};
    c.reports.push_back(std::move(r));
}

void about_reports(Case& c, const Event& e) {
    if (e.type == EventType::joined) joined(c, e);
    if (e.type == EventType::rated) rated(c, e);
    if (e.type == EventType::merged_from) c.reports.push_back(moved_here(e));
    if (e.type == EventType::split_off) split_off(c, e);
}

void co_handler_added(Case& c, const Event& e) {
    Part p;
    p.number = e.number.value_or(0);
    p.unit = e.owner.value_or(Party{});
    p.text = e.text.value_or(TextRef{});
    p.limit = e.limit;
    c.parts.push_back(std::move(p));
}

void supervised(Case& c, const Event& e) {
    c.flags.supervised = true;
    Order o;
    o.number = e.number.value_or(0);
    o.by = e.actor;
    o.question = e.text.value_or(TextRef{});
    c.orders.push_back(std::move(o));
}

void about_orders(Case& c, const Event& e) {
    if (e.type == EventType::supervised) supervised(c, e);
    if (e.type == EventType::answered) answer_order(c, e);
}

void about_pause(Case& c, const Event& e) {
    if (e.type == EventType::paused) c.flags.paused = true;
    if (e.type == EventType::resumed) c.flags.paused = false;
    c.pause_ask.reset();
    if (e.type == EventType::pause_asked) c.pause_ask = ask_of(e);
}

void about_extension(Case& c, const Event& e) {
    if (e.type == EventType::extended) ++c.extensions;
    c.extension_ask.reset();
    if (e.type == EventType::extension_asked) c.extension_ask = ask_of(e);
}

void about_adjudication(Case& c, const Event& e) {
    if (e.type == EventType::adjudication_opened) c.flags.adjudicating = true;
    if (e.type == EventType::adjudicated) handed_over(c, e, 0, true);
}

void judged_by_others(Case& c, const Event& e) {
    if (e.versions) c.versions = *e.versions;
}

void apply_type(Case& c, const Event& e) {
    switch (e.type) {
        case EventType::submitted:
            return open_with(c, e);
        case EventType::assigned:
            return handed_over(c, e, 0, false);
        case EventType::signed_off:
            return signed_off(c, e);
        case EventType::return_asked:
        case EventType::return_refused:
            return about_return(c, e);
        case EventType::return_accepted:
        case EventType::transferred:
            return handed_over(c, e, 1, false);
        case EventType::adjudication_opened:
        case EventType::adjudicated:
            return about_adjudication(c, e);
        case EventType::responded:
            return responded(c, e);
        case EventType::close_submitted:
            return into_review(c, e, ReviewOf::closure);
        case EventType::redone:
            return redone(c, e);
        case EventType::dissatisfied:
            return dissatisfied(c, e);
        case EventType::approved:
        case EventType::upheld:
        case EventType::rejected:
        case EventType::withdrawn:
        case EventType::merged_into:
            return ended(c, e);
        case EventType::reopened:
            return reopened(c, e);
        case EventType::pause_asked:
        case EventType::paused:
        case EventType::pause_refused:
        case EventType::resumed:
            return about_pause(c, e);
        case EventType::extension_asked:
        case EventType::extended:
        case EventType::extension_refused:
            return about_extension(c, e);
        case EventType::co_handler_added:
            return co_handler_added(c, e);
        case EventType::part_finished:
        case EventType::part_waived:
            return end_part(c, e);
        case EventType::reclassified:
        case EventType::reprioritised:
            return reclassified(c, e);
        case EventType::joined:
        case EventType::rated:
        case EventType::merged_from:
        case EventType::split_off:
            return about_reports(c, e);
        case EventType::supervised:
        case EventType::answered:
            return about_orders(c, e);
        case EventType::versions_moved:
            return judged_by_others(c, e);
        case EventType::supplemented:
        case EventType::step_finished:
        case EventType::split_from:
        case EventType::noted:
        case EventType::called_back:
        case EventType::threshold_passed:
        case EventType::calendar_extended:
            return;  // nothing but clocks and the record
    }
}

void count_thresholds(Case& c, const Event& e) {
    if (!e.passed) return;
    const Passed& p = *e.passed;
    for (auto& k : c.clocks) {
        if (k.stage != p.stage || k.attempt != p.attempt || k.step != p.step) continue;
        // Order of a clock's thresholds: half, most, due, repeat 1, repeat 2 …
        k.fired = static_cast<int>(p.threshold) + 1 + (p.repeat > 0 ? p.repeat - 1 : 0);
    }
}

// What the revision counts: status, owner, matter, standard or a stage's due (lifecycle.md "Revision").
struct Fingerprint {
    Status status;
    PersonId owner;
    std::string matter, condition;
    Priority priority;
    Flags flags;
    std::vector<std::optional<Instant>> dues;
    bool operator==(const Fingerprint&) const = default;
};

Fingerprint fingerprint(const Case& c) {
    Fingerprint f{c.status, c.owner.id, c.matter, c.condition, c.priority, c.flags, {}};
    f.flags.supervised = false;
    for (const auto& k : c.clocks)
        if (k.stage != Stage::part && k.stage != Stage::supervision) f.dues.push_back(k.due);
    return f;
}

}  // namespace

void evolve(Case& c, const Event& e) {
    advance(c.clocks, e.at);
    const Fingerprint before = fingerprint(c);
    apply_type(c, e);
    if (e.supervise) c.flags.supervised = *e.supervise;
    for (const auto& effect : e.clocks) apply(c.clocks, effect, e.at, c.owner);
    count_thresholds(c, e);
    c.flags.provisional = std::any_of(c.clocks.begin(), c.clocks.end(), [](const Clock& k) {
        return k.provisional && !k.stopped && !k.cancelled;
    });
    c.last_at = e.at;
    ++c.seq;
    if (e.text) c.texts = std::max(c.texts, static_cast<int>(e.text->number));
    if (e.advice) c.texts = std::max(c.texts, static_cast<int>(e.advice->number));
    if (!(fingerprint(c) == before)) ++c.revision;
}

Case replay(int district, CaseId id, std::span<const Event> events) {
    Case c;
    c.district = district;
    c.id = id;
    for (const auto& e : events) evolve(c, e);
    return c;
}

}  // namespace mashang
