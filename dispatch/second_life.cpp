#include "dispatch/second_life.hpp"

#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

using E = EventType;
using K = CommandKind;

// The command that makes an event of this kind; nothing for what is not done again: words, warnings, parts,
// orders and requests move no clock of the three stages.
std::optional<K> command_behind(E type) {
    switch (type) {
        case E::signed_off:
            return K::sign_off;
        case E::responded:
            return K::respond;
        case E::step_finished:
            return K::finish_step;
        case E::close_submitted:
            return K::close;
        case E::approved:
        case E::redone:
        case E::upheld:
            return K::review;
        case E::dissatisfied:
            return K::rate;
        case E::reopened:
            return K::reopen;
        case E::paused:
            return K::decide_pause;
        case E::resumed:
            return K::resume;
        case E::extended:
            return K::decide_extension;
        case E::reclassified:
            return K::reclassify;
        case E::reprioritised:
            return K::reprioritise;
        case E::rejected:
            return K::reject;
        case E::withdrawn:
            return K::withdraw;
        case E::merged_into:
            return K::merge;
        case E::assigned:
            return K::assign;
        case E::return_accepted:
            return K::decide_return;
        case E::transferred:
            return K::transfer;
        case E::adjudicated:
            return K::adjudicate;
        case E::submitted:
        case E::joined:
        case E::supplemented:
        case E::return_asked:
        case E::return_refused:
        case E::adjudication_opened:
        case E::rated:
        case E::pause_asked:
        case E::pause_refused:
        case E::extension_asked:
        case E::extension_refused:
        case E::co_handler_added:
        case E::part_finished:
        case E::part_waived:
        case E::merged_from:
        case E::split_off:
        case E::split_from:
        case E::supervised:
        case E::answered:
        case E::noted:
        case E::called_back:
        case E::threshold_passed:
        case E::calendar_extended:
        case E::versions_moved:
            return std::nullopt;
    }
    return std::nullopt;
}

bool is_handover(E type) {
    return type == E::assigned || type == E::return_accepted || type == E::transferred ||
           type == E::adjudicated;
}

std::optional<Deed> deed_of(const Event& e) {
    if (!command_behind(e.type) || (is_handover(e.type) && !e.owner)) return std::nullopt;
    Deed deed;
    deed.type = e.type;
    deed.at = e.at;
    if (e.owner) deed.owner = e.owner->id;
    deed.clock_start = e.clock_start;
    deed.until = e.until;
    deed.limit = e.limit;
    deed.priority = e.priority;
    deed.matter = e.matter.value_or("");
    if (e.type == E::step_finished)
        for (const auto& effect : e.clocks)
            if (effect.stage == Stage::closure) deed.step = effect.step;
    return deed;
}

Submission report_of(int district, CaseId id, const Event& first) {
    const Opening& o = *first.opening;
    Submission s;
    s.district = district;
    s.id = id;
    s.day = o.day;
    s.serial = o.serial;
    s.actor.party.role = first.actor.role;
    s.place.code = o.place.code;
    s.place.grid_code = o.place.grid_code;
    s.place.kind = o.place.kind;
    s.matter = o.matter;
    s.priority = o.priority;
    s.condition = o.condition;
    s.reporter = o.reporter;
    if (o.distance_m >= 0) s.distance_m = o.distance_m;
    s.words = o.words;
    return s;
}

LateStages late_in(const Case& c) {
    LateStages late;
    for (const Clock& k : c.clocks) {
        if (!k.breached_at) continue;
        late.sign_off = late.sign_off || k.stage == Stage::sign_off;
        late.response = late.response || k.stage == Stage::response;
        late.closure = late.closure || k.stage == Stage::closure;
    }
    return late;
}

// Where somebody who began at `from_again` is after what took somebody else from `from` to `to`, in the
// limit's own measure; working time counts up to the next whole minute, as the limits do.
Instant carried(Instant from_again, Instant from, Instant to, Unit unit, const Calendar& calendar) {
    if (from_again == from) return to;
    if (to <= from) return from_again;
    const Millis used = calendar.used_between(from, to, unit);
    const bool working =
        unit == Unit::working_hours || unit == Unit::working_minutes || unit == Unit::working_days;
    if (!working) return from_again + (to - from);
    const std::int64_t minutes = std::chrono::ceil<std::chrono::minutes>(used).count();
    return minutes <= 0 ? from_again : calendar.add(from_again, {Unit::working_minutes, minutes}).at;
}

class Living {
  public:
    Living(const PastCase& past, LifeBegins life, const Policy& draft, Instant as_of)
        : past_(past),
          c_(std::move(life.c)),
          same_hands_(life.same_hands),
          from_(past.was.clock_start),
          from_again_(life.begins),
          last_again_(life.begins),
          draft_(draft),
          as_of_(as_of) {}

    SecondLife live() {
        for (const Deed& deed : past_.deeds) {
            if (is_handover(deed.type) && !same_hands_) {
                // It stays where it is, and the way to the next owner's desk takes no time.
                from_ = deed.clock_start.value_or(deed.at);
                from_again_ = last_again_;
                continue;
            }
            const Instant at = instant_of(deed);
            if (at > as_of_) break;
            advance(c_.clocks, at);
            // A pause ends by itself, whoever notices (T13).
            if (const auto end = pause_end(c_); end && *end <= at) evolve(c_, pause_ended(c_, at, draft_));
            if (is_handover(deed.type)) {
                hand_over(deed, at);
            } else {
                repeat(deed, at);
            }
        }
        advance(c_.clocks, as_of_);
        return {late_in(c_), refused_};
    }

  private:
    const Standard& standard() const { return standard_of(c_, draft_.standards); }

    Unit measure_of(E type) const {
        if (type == E::signed_off) return standard().sign_off.unit;
        if (type == E::responded) return standard().response.unit;
        return standard().closure.back().limit.unit;
    }

    Instant instant_of(const Deed& deed) const {
        return std::max(carried(from_again_, from_, deed.at, measure_of(deed.type), draft_.calendar),
                        c_.last_at);
    }

    // Those who had it in truth get it again.
    void hand_over(const Deed& deed, Instant at) {
        const Instant start = deed.clock_start.value_or(deed.at);
        from_ = start;
        from_again_ = at == deed.at ? start : std::max(start, at);
        Command command;
        command.actor.party.role = Role::system;
        const Deciding d{c_, command, at, draft_, standard()};
        Event e = d.event(deed.type);
        const Person* person = draft_.roster.find(deed.owner);
        e.owner = person ? person->party : Party{deed.owner, "", Role::worker, "", false};
        e.clock_start = from_again_;
        start_sign_off(d, *e.owner, from_again_, e);
        if (c_.flags.paused && deed.type != E::return_accepted) release_pause(d, e);
        evolve(c_, e);
        last_again_ = from_again_;
    }

    bool fits(K kind) const {
        const auto table = edges();
        return std::any_of(table.begin(), table.end(), [&](const Edge& edge) {
            return edge.command == kind && (edge.from & bit(c_.status)) != 0;
        });
    }

    bool says_nothing_new(const Deed& deed) const {
        return (deed.type == E::reclassified && deed.matter == c_.matter) ||
               (deed.type == E::reprioritised && deed.priority == c_.priority) ||
               (deed.type == E::resumed && !c_.flags.paused);
    }

    void repeat(const Deed& deed, Instant at) {
        const auto kind = command_behind(deed.type);
        if (!kind || !fits(*kind) || says_nothing_new(deed)) return;
        Command command;
        command.kind = *kind;
        command.actor.party = c_.owner;
        command.actor.report = c_.reports.empty() ? ReportId{1} : c_.reports.front().id;
        command.text = command.advice = TextRef{};
        command.media = {"as sent then"};
        command.yes = deed.type != E::redone;
        command.score = 1;
        command.step = deed.step;
        command.priority = deed.priority;
        command.limit = deed.limit;
        if (!deed.matter.empty()) command.matter = deed.matter;
        prepare(deed, at);
        const auto events = decide_again({c_, command, at, draft_, standard()}, deed.type);
        if (!events) {
            ++refused_;
            return;
        }
        for (const Event& e : *events) evolve(c_, e);
        last_again_ = at;
    }

    // What the deciding functions look for in the case: the request that was ruled on, parts that are done.
    void prepare(const Deed& deed, Instant at) {
        Ask ask;
        ask.by = c_.owner;
        ask.at = at;
        ask.limit = deed.limit;
        if (deed.until)
            ask.until =
                carried(at, deed.at, *deed.until, standard().closure.back().limit.unit, draft_.calendar);
        if (deed.type == E::paused) c_.pause_ask = ask;
        if (deed.type == E::extended) c_.extension_ask = ask;
        if (deed.type != E::close_submitted) return;
        for (Part& part : c_.parts) part.state = Part::State::finished;
    }

    static Decided decide_again(const Deciding& d, E type) {
        if (type == E::signed_off) return decide_sign_off(d);
        if (type == E::responded) return decide_respond(d);
        if (type == E::step_finished) return decide_finish_step(d);
        if (type == E::close_submitted) return decide_close(d);
        if (type == E::approved || type == E::redone || type == E::upheld) return decide_review(d);
        if (type == E::dissatisfied) return decide_rate(d);
        if (type == E::reopened) return decide_reopen(d);
        if (type == E::paused) return decide_pause_ruling(d);
        if (type == E::resumed) return decide_resume(d);
        if (type == E::extended) return decide_extension_ruling(d);
        if (type == E::reclassified || type == E::reprioritised) return decide_reclassify(d);
        return decide_withdraw(d);  // rejected, withdrawn, merged: the clocks are cancelled
    }

    const PastCase& past_;
    Case c_;
    const bool same_hands_;
    Instant from_, from_again_;  // the same moment in truth and in this life
    Instant last_again_;         // when something was last done in this life
    const Policy& draft_;
    const Instant as_of_;
    std::size_t refused_ = 0;
};

}  // namespace

Dispatched dispatched_by(const Event& e) {
    Dispatched d;
    if (e.owner) d.owner = *e.owner;
    if (e.decision) {
        d.waiting = e.decision->waiting;
        d.rule = e.decision->rule;
    }
    if (e.opening) d.priority = e.priority.value_or(e.opening->priority);
    d.clock_start = e.clock_start.value_or(e.at);
    for (const auto& effect : e.clocks) {
        if (effect.stage == Stage::sign_off) d.sign_off_due = effect.due;
        if (effect.stage == Stage::closure) d.closure_due = effect.due;
    }
    return d;
}

namespace {

// A due that was moved for every case alike is what was promised from then on: a draft that gives the same
// moves nothing. Where holds are counted in already, the first promise stands.
void promise_anew(Dispatched& was, const Case& before, const Event& e) {
    if (e.type != E::calendar_extended && e.type != E::versions_moved) return;
    for (const auto& effect : e.clocks) {
        const Clock* k = find_clock(before.clocks, effect.stage, effect.attempt, effect.step);
        if (!k || !k->holds.empty() || effect.act != ClockAct::move || effect.attempt != 1) continue;
        if (effect.stage == Stage::sign_off && was.sign_off_due == k->due) was.sign_off_due = effect.due;
        if (effect.stage == Stage::closure && was.closure_due == k->due) was.closure_due = effect.due;
    }
}

}  // namespace

Result<PastCase> past_of(int district, CaseId id, std::span<const Event> events, Instant as_of) {
    const bool told = !events.empty() && events.front().type == E::submitted && events.front().opening &&
                      events.front().decision && events.front().owner;
    if (!told) return make_error(Errc::invalid, "error.not_a_submission");
    const Event& first = events.front();
    PastCase past;
    past.at = first.at;
    past.report = report_of(district, id, first);
    past.was = dispatched_by(first);
    Case c;
    c.district = district;
    c.id = id;
    for (const Event& e : events) {
        if (e.at > as_of && &e != &first) break;
        promise_anew(past.was, c, e);
        evolve(c, e);
        if (auto deed = deed_of(e)) past.deeds.push_back(std::move(*deed));
        const Turn turn{e.at, c.owner.id, c.status, c.priority};
        const bool same = !past.turns.empty() && past.turns.back().owner == turn.owner &&
                          past.turns.back().status == turn.status &&
                          past.turns.back().priority == turn.priority;
        if (!same) past.turns.push_back(turn);
    }
    advance(c.clocks, as_of);
    past.was.late = late_in(c);
    return past;
}

SecondLife live_again(const PastCase& past, LifeBegins life, const Policy& draft, Instant as_of) {
    return Living(past, std::move(life), draft, as_of).live();
}

}  // namespace mashang
