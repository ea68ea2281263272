#include "dispatch/version_move.hpp"

#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

constexpr Millis last_tick{1};  // a due at 24:00 closes the day before

// The hold that runs now, where its end will count the credit from the due before it.
const Hold* counting_hold(const Clock& k, Instant at) {
    const Hold* hold = open_hold(k, at);
    return hold && hold->due_before ? hold : nullptr;
}

// The due of a clock as if no hold ran now.
Instant due_unheld(const Clock& k, Instant at) {
    const Hold* hold = counting_hold(k, at);
    return hold ? *hold->due_before : *k.due;
}

// By the limit from the start, with every hold that has ended.
Calendar::Due counted_from_start(const Clock& k, const Calendar& calendar, Limit limit, Instant at) {
    const Hold* running_now = open_hold(k, at);
    auto due = calendar.add(k.start, limit);
    for (const Hold& h : k.holds) {
        if (&h == running_now || h.kind == HoldKind::closed || k.stage == Stage::end_to_end) continue;
        due = calendar.credit(due.at, limit.unit, h.from, h.to);
    }
    return due;
}

// `base` later by what [counted, due) was under the old calendar, in the measure of the clock's limit.
Calendar::Due with_grant(const Calendar& was, const Calendar& is, Calendar::Due base, Unit unit,
                         Instant counted, Instant due) {
    if (due <= counted) return base;
    switch (unit) {
        case Unit::working_hours:
        case Unit::working_minutes:
        case Unit::working_days:
            return is.after_working(base.at, was.working_between(counted, due));
        case Unit::calendar_days: {
            const auto days = was.day_of(due - last_tick) - was.day_of(counted - last_tick);
            if (days.count() > 0) return is.add(base.at, {Unit::calendar_days, days.count()});
            return {base.at + (due - counted), base.provisional};
        }
        case Unit::emergency_hours:
        case Unit::emergency_minutes:
        case Unit::hours:
        case Unit::minutes:
            return {base.at + (due - counted), base.provisional};
    }
    return base;
}

// A part is due at the earlier of its limit and closure's due: these two, before and after.
struct Bound {
    std::optional<Instant> was, is;
};

class Mover {
  public:
    Mover(const Case& c, Instant at, const CountedBy& was, const CountedBy& is, bool standards_move)
        : c_(c), at_(at), was_(was), is_(is) {
        if (!standards_move) return;
        given_by_ = &standard_of(c, was.standards);
        next_ = &standard_of(c, is.standards);
    }

    std::vector<ClockEffect> effects() {
        const Clock* closure = running(c_.clocks, Stage::closure);
        Bound bound;
        if (closure && closure->due && closure->limit) {
            bound.was = due_unheld(*closure, at_);
            bound.is = due_anew(*closure, {}).at;
        }
        for (const Clock& k : c_.clocks) {
            if (k.stopped || k.cancelled || !k.due || !k.limit) continue;
            move(k, due_anew(k, k.stage == Stage::part ? bound : Bound{}));
        }
        return std::move(effects_);
    }

  private:
    // Another limit for what has it from the standard; one that somebody gave stays.
    std::optional<Limit> next_limit(const Clock& k) const {
        if (!next_ || limit_under(k, *given_by_) != k.limit) return std::nullopt;
        return limit_under(k, *next_);
    }
    Limit limit_of(const Clock& k) const { return next_limit(k).value_or(*k.limit); }

    // The due, as if no hold ran now.
    Calendar::Due due_anew(const Clock& k, const Bound& bound) const {
        const Limit limit = limit_of(k);
        const Instant due = due_unheld(k, at_);
        const auto counted = counted_from_start(k, was_.calendar, *k.limit, at_);
        const auto base = counted_from_start(k, is_.calendar, limit, at_);
        if (counted == base && limit == *k.limit && bound.was == bound.is) return {due, k.provisional};
        const bool bounded = bound.was && due == *bound.was && due < counted.at;
        auto anew =
            bounded ? base : with_grant(was_.calendar, is_.calendar, base, k.limit->unit, counted.at, due);
        if (bound.is && *bound.is < anew.at) anew.at = *bound.is;
        return anew;
    }

    void move(const Clock& k, Calendar::Due due) {
        const Limit limit = limit_of(k);
        const std::string name = next_limit(k) ? next_->id : k.standard;
        const bool same = due.at == due_unheld(k, at_) && due.provisional == k.provisional &&
                          limit == *k.limit && name == k.standard;
        if (same) return;
        auto effect = effect_on(k, ClockAct::move);
        effect.due = due.at;
        effect.provisional = due.provisional;
        effect.limit = limit;
        effect.standard = name;
        effects_.push_back(std::move(effect));
        if (const Hold* hold = counting_hold(k, at_)) hold_again(k, *hold, due.at, limit.unit);
    }

    // The hold of now is given again, so that its end counts from the due that it stands on now.
    void hold_again(const Clock& k, const Hold& hold, Instant due, Unit unit) {
        auto again = effect_on(k, ClockAct::hold);
        again.hold = hold.kind;
        again.at = hold.from;
        if (hold.to < far_future) {
            again.until = hold.to;
            const auto credited = is_.calendar.credit(due, unit, hold.from, hold.to);
            again.due = credited.at;
            again.provisional = credited.provisional;
        }
        effects_.push_back(std::move(again));
    }

    const Case& c_;
    const Instant at_;
    const CountedBy& was_;
    const CountedBy& is_;
    const Standard *given_by_ = nullptr, *next_ = nullptr;  // where the standards move
    std::vector<ClockEffect> effects_;
};

}  // namespace

std::vector<Event> move_versions(const Case& c, const Party& by, Instant now, const CountedBy& was,
                                 const CountedBy& is, const Versions& to) {
    if (!is_open(c.status) || c.versions == to) return {};
    Event e;
    e.type = EventType::versions_moved;
    e.at = std::max(now, c.last_at);
    e.actor = by;
    e.versions = to;
    e.clocks = Mover(c, e.at, was, is, c.versions.standards != to.standards).effects();
    return {std::move(e)};
}

}  // namespace mashang
