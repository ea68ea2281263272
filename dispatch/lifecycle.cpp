#include "dispatch/lifecycle.hpp"

#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

using K = CommandKind;

const Edge* edge_of(CommandKind kind) {
    for (const auto& e : edges())
        if (e.command == kind) return &e;
    return nullptr;
}

bool rules_in_scope(const Case& c, const Actor& actor) {
    const int rank = rank_of(actor.party.role);
    return rank >= rank_of(Role::leader) && covers(actor.scope, c.place.grid_code);
}

// Above everybody who has had it, as the sign-off attempts remember their posts. Above the district there is
// nobody: there the district itself rules, or the case would be stuck for good.
bool adjudicates(const Case& c, const Actor& actor) {
    const int rank = rank_of(actor.party.role);
    if (rank < rank_of(Role::community) || !covers(actor.scope, c.place.grid_code)) return false;
    if (actor.party.role == Role::district) return true;
    int highest = rank_of(c.owner.role);
    for (const auto& k : c.clocks) {
        const bool had_it = std::find(c.had.begin(), c.had.end(), k.party.id) != c.had.end();
        if (k.stage == Stage::sign_off && had_it) highest = std::max(highest, rank_of(k.party.role));
    }
    return rank > highest;
}

bool has_part(const Case& c, const Actor& actor) {
    return std::any_of(c.parts.begin(), c.parts.end(),
                       [&](const Part& p) { return p.unit.id == actor.party.id; });
}

// The tracking link counts only where its report still is: a split takes it to another case.
bool holds_link(const Case& c, const Actor& actor) {
    return std::any_of(c.reports.begin(), c.reports.end(),
                       [&](const ReportRef& r) { return r.id == actor.report; });
}

bool staff(const Actor& actor) {
    switch (actor.party.role) {
        case Role::worker:
        case Role::leader:
        case Role::reviewer:
        case Role::unit:
        case Role::agent:
        case Role::community:
        case Role::street:
        case Role::district:
            return true;
        case Role::administrator:
        case Role::integrator:
        case Role::resident:
        case Role::system:
            return false;
    }
    return false;
}

bool in_groups(const Case& c, const Actor& actor, unsigned who) {
    const Role role = actor.party.role;
    const auto scoped = [&] { return covers(actor.scope, c.place.grid_code); };
    if ((who & by_system) && role == Role::system) return true;
    if ((who & by_resident) && role == Role::resident && holds_link(c, actor)) return true;
    if (!staff(actor)) return false;
    if ((who & by_owner) && actor.party.id == c.owner.id) return true;
    if ((who & by_leader_up) && rules_in_scope(c, actor)) return true;
    if ((who & by_adjudicator) && adjudicates(c, actor)) return true;
    if ((who & by_reviewer) && is_reviewer_of(c, actor)) return true;
    if ((who & by_unit) && (role == Role::unit || has_part(c, actor))) return true;
    if ((who & by_rung_above) && rank_of(role) > rank_of(c.owner.role) && scoped()) return true;
    if ((who & by_office) && (role == Role::street || role == Role::district) && scoped()) return true;
    if ((who & by_agent) && role == Role::agent && scoped()) return true;
    return (who & by_staff) != 0;
}

// Once a link, within the window; decide_rate says which of the two it was.
bool may_still_rate(const Case& c, const Actor& actor, Instant now) {
    if (c.closed_at && now > *c.closed_at + rating_window) return false;
    return std::any_of(c.reports.begin(), c.reports.end(),
                       [&](const ReportRef& r) { return r.id == actor.report && !r.score; });
}

bool flags_fit(const Flags& f, const Edge& e) {
    const auto& r = e.requires_;
    const auto& x = e.forbids;
    const bool lacks =
        (r.returning && !f.returning) || (r.adjudicating && !f.adjudicating) || (r.paused && !f.paused);
    const bool blocked =
        (x.returning && f.returning) || (x.adjudicating && f.adjudicating) || (x.paused && f.paused);
    return !lacks && !blocked;
}

// What the table's flags cannot say: asks that wait for a ruling, binding rulings, one's own request.
bool circumstances_fit(const Case& c, CommandKind kind, const Actor& actor) {
    switch (kind) {
        case K::return_case:
            return !c.binding;
        case K::transfer:
            return !c.binding;
        case K::decide_pause:
            return c.pause_ask && c.pause_ask->by.id != actor.party.id;
        case K::pause:
            return !c.pause_ask || actor.party.id != c.owner.id;
        case K::request_extension:
            return !c.extension_ask;
        case K::decide_extension:
            return c.extension_ask && c.extension_ask->by.id != actor.party.id;
        case K::decide_return:
            return c.return_ask && c.return_ask->by.id != actor.party.id;
        case K::assign:
            return actor.party.role != Role::system || c.status == Status::waiting;
        case K::finish_part:
            return std::any_of(c.parts.begin(), c.parts.end(), [&](const Part& p) {
                return p.state == Part::State::open && p.unit.id == actor.party.id;
            });
        case K::waive_part:
            return std::any_of(c.parts.begin(), c.parts.end(),
                               [](const Part& p) { return p.state == Part::State::open; });
        case K::answer:
            return std::any_of(c.orders.begin(), c.orders.end(),
                               [](const Order& o) { return !o.answered.has_value(); });
        case K::withdraw:
            return c.reports.size() == 1;
        case K::split:
            return c.reports.size() > 1;
        case K::finish_step: {
            const auto open_steps = std::count_if(c.clocks.begin(), c.clocks.end(), [](const Clock& k) {
                return k.stage == Stage::closure && !k.stopped && !k.cancelled;
            });
            return open_steps > 1;
        }
        case K::rate:
        case K::sign_off:
        case K::adjudicate:
        case K::respond:
        case K::close:
        case K::review:
        case K::reopen:
        case K::resume:
        case K::add_co_handler:
        case K::reclassify:
        case K::reprioritise:
        case K::reject:
        case K::merge:
        case K::supervise:
        case K::note:
        case K::call_back:
        case K::supplement:
            return true;
    }
    return false;
}

// Nobody rules on what he himself asked for.
bool own_request(const Case& c, const Command& command) {
    const auto mine = [&](const std::optional<Ask>& ask) {
        return ask && ask->by.id == command.actor.party.id;
    };
    return (command.kind == K::decide_return && mine(c.return_ask)) ||
           (command.kind == K::decide_pause && mine(c.pause_ask)) ||
           (command.kind == K::decide_extension && mine(c.extension_ask));
}

Decided dispatch_to(const Deciding& d) {
    switch (d.command.kind) {
        case K::assign:
            return decide_assign(d);
        case K::sign_off:
            return decide_sign_off(d);
        case K::return_case:
            return decide_return(d);
        case K::decide_return:
            return decide_return_ruling(d);
        case K::transfer:
            return decide_transfer(d);
        case K::adjudicate:
            return decide_adjudicate(d);
        case K::respond:
            return decide_respond(d);
        case K::finish_step:
            return decide_finish_step(d);
        case K::close:
            return decide_close(d);
        case K::review:
            return decide_review(d);
        case K::rate:
            return decide_rate(d);
        case K::reopen:
            return decide_reopen(d);
        case K::pause:
            return decide_pause(d);
        case K::decide_pause:
            return decide_pause_ruling(d);
        case K::resume:
            return decide_resume(d);
        case K::request_extension:
            return decide_request_extension(d);
        case K::decide_extension:
            return decide_extension_ruling(d);
        case K::add_co_handler:
            return decide_add_co_handler(d);
        case K::finish_part:
            return decide_finish_part(d);
        case K::waive_part:
            return decide_waive_part(d);
        case K::reclassify:
        case K::reprioritise:
            return decide_reclassify(d);
        case K::reject:
            return decide_reject(d);
        case K::withdraw:
            return decide_withdraw(d);
        case K::merge:
            return decide_merge(d);
        case K::split:
            return decide_split(d);
        case K::supervise:
            return decide_supervise(d);
        case K::answer:
            return decide_answer(d);
        case K::note:
        case K::call_back:
        case K::supplement:
            return decide_remark(d);
    }
    return make_error(Errc::internal, "error.internal");
}

}  // namespace

int rank_of(Role role) {
    switch (role) {
        case Role::unit:
            return 0;
        case Role::worker:
            return 1;
        case Role::leader:
            return 2;
        case Role::community:
            return 3;
        case Role::street:
            return 4;
        case Role::district:
            return 5;
        case Role::reviewer:
        case Role::agent:
        case Role::administrator:
        case Role::integrator:
        case Role::resident:
        case Role::system:
            return -1;
    }
    return -1;
}

bool is_reviewer_of(const Case& c, const Actor& actor) {
    const PersonId me = actor.party.id;
    if (me == c.owner.id) return false;
    if (has_part(c, actor)) return false;
    const Clock* review = running(c.clocks, Stage::review);
    if (review && review->party.id == me) return true;  // where there is no reviewer the desk named is one
    if (actor.party.role != Role::reviewer || !covers(actor.scope, c.place.grid_code)) return false;
    // A dissatisfied resident's case is looked at by another reviewer than before.
    const bool again = std::find(c.reviewers.begin(), c.reviewers.end(), me) != c.reviewers.end();
    return !(c.status == Status::in_review && c.review_of == ReviewOf::dissatisfaction && again);
}

bool may_see(const Case& c, const Actor& actor) {
    if (actor.party.role == Role::system) return true;
    if (actor.party.role == Role::resident) return actor.report.has_value();
    if (!staff(actor)) return false;  // administrators configure and see no case
    if (covers(actor.scope, c.place.grid_code) && actor.party.role != Role::unit) return true;
    return actor.party.id == c.owner.id || has_part(c, actor);
}

std::vector<CommandKind> allowed(const Case& c, const Actor& actor, Instant now) {
    std::vector<CommandKind> list;
    Flags flags = c.flags;
    if (const auto end = pause_end(c); end && *end <= now) flags.paused = false;
    for (const auto& e : edges()) {
        if (!(e.from & bit(c.status)) || !flags_fit(flags, e) || !in_groups(c, actor, e.who)) continue;
        if (!circumstances_fit(c, e.command, actor)) continue;
        if (e.command == K::rate && !may_still_rate(c, actor, now)) continue;
        list.push_back(e.command);
    }
    return list;
}

Error Deciding::refused() const {
    Error e = make_error(Errc::refused, "error.not_in_this_status");
    e.args.emplace_back("command", std::string(to_string(command.kind)));
    e.args.emplace_back("status", std::string(to_string(c.status)));
    std::string names;
    for (const auto kind : mashang::allowed(c, command.actor, at))
        names += (names.empty() ? "" : ",") + std::string(to_string(kind));
    e.args.emplace_back("allowed", names);
    return e;
}

Event Deciding::event(EventType type) const {
    Event e;
    e.type = type;
    e.at = at;
    e.actor = command.actor.party;
    e.text = command.text;
    e.media = command.media;
    return e;
}

Decided decide(const Case& stored, const Command& command, Instant now, const Policy& policy) {
    Case c = stored;
    const Instant at = std::max(now, c.last_at);
    advance(c.clocks, at);
    // A pause ends by itself, whether or not a timer has said so yet (T13): nobody is refused for that.
    std::vector<Event> events;
    if (const auto end = pause_end(c); end && *end <= at) {
        events.push_back(pause_ended(c, at, policy));
        evolve(c, events.front());
    }
    const Deciding d{c, command, at, policy, standard_of(c, policy.standards)};
    const Edge* edge = edge_of(command.kind);
    if (!edge) return d.refused();
    if (!in_groups(c, command.actor, edge->who) || own_request(c, command))
        return make_error(Errc::forbidden, "error.role_may_not",
                          {{"command", std::string(to_string(command.kind))}});
    if (command.revision && *command.revision != stored.revision) {
        return make_error(Errc::conflict, "error.revision", {{"revision", std::to_string(stored.revision)}});
    }
    if (!(edge->from & bit(c.status)) || !flags_fit(c.flags, *edge)) return d.refused();
    if (!circumstances_fit(c, command.kind, command.actor)) return d.refused();
    auto decided = dispatch_to(d);
    if (!decided) return decided.error();
    events.insert(events.end(), decided->begin(), decided->end());
    return events;
}

const Standard& standard_of(const Case& c, const TimeStandards& standards) {
    return standards.find(c.matter, c.condition, c.priority);
}

int weight_of(Priority p) {
    switch (p) {
        case Priority::ordinary:
            return 1;
        case Priority::urgent:
            return 2;
        case Priority::emergency:
            return 4;
    }
    return 1;
}

LoadShare load_share(Status status, PersonId owner, Priority priority) {
    switch (status) {
        case Status::dispatched:
        case Status::signed_off:
        case Status::responded:
            return {owner, weight_of(priority)};
        case Status::waiting:
        case Status::in_review:
        case Status::closed:
        case Status::rejected:
        case Status::withdrawn:
        case Status::merged:
            return {};
    }
    return {};
}

Stage stage_of(const Case& c) {
    switch (c.status) {
        case Status::waiting:
        case Status::dispatched:
            return Stage::sign_off;
        case Status::signed_off:
            return Stage::response;
        case Status::responded:
            return Stage::closure;
        case Status::in_review:
            return Stage::review;
        case Status::closed:
        case Status::rejected:
        case Status::withdrawn:
        case Status::merged:
            return Stage::end_to_end;
    }
    return Stage::end_to_end;
}

std::optional<Instant> next_due(const Case& c) {
    std::optional<Instant> earliest;
    for (const Stage s : {Stage::sign_off, Stage::response, Stage::closure, Stage::review})
        if (const Clock* k = running(c.clocks, s); k && k->due && !open_hold(*k, c.last_at))
            if (!earliest || *k->due < *earliest) earliest = k->due;
    return earliest;
}

}  // namespace mashang
