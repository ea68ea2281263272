#include "drawn_life.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <set>

namespace mashang::build {

using K = CommandKind;

int drawn(int from, int to) {
    return *rc::gen::resize(1000, rc::gen::inRange(from, to));
}

namespace {

// Events that lifecycle.md "Revision" leaves out: messages, warnings, notes, requests, parts and orders.
bool leaves_the_revision(EventType type) {
    static const std::set<EventType> quiet = {
        EventType::joined,
        EventType::supplemented,
        EventType::step_finished,
        EventType::rated,
        EventType::pause_asked,
        EventType::pause_refused,
        EventType::extension_asked,
        EventType::extension_refused,
        EventType::co_handler_added,
        EventType::part_finished,
        EventType::part_waived,
        EventType::merged_from,
        EventType::split_off,
        EventType::split_from,
        EventType::supervised,
        EventType::answered,
        EventType::noted,
        EventType::called_back,
        EventType::threshold_passed,
    };
    return quiet.contains(type);
}

const std::vector<PersonId>& everybody() {
    namespace s = staff;
    static const std::vector<PersonId> ids = {
        s::worker,        s::second_worker,   s::third_worker,    s::worker_elsewhere, s::leader,
        s::second_leader, s::community_desk,  s::street_officer,  s::district_desk,    s::district_officer,
        s::reviewer,      s::second_reviewer, s::property,        s::power_company,    s::agent,
        s::administrator, s::integrator,      s::leader_elsewhere};
    return ids;
}

}  // namespace

Actor any_actor(const World& w, const Case& c) {
    const int pick = drawn(0, 10);
    if (pick < 4) return w.owner(c);
    if (pick < 6) return World::resident(drawn(1, 4));
    if (pick == 6) return World::system();
    return w.as(*rc::gen::elementOf(everybody()));
}

namespace {

// Members that make a command go other ways than the builder's plain one.
void twist(Command& k, const World& w, const Case& c) {
    k.yes = drawn(0, 3) > 0;
    k.score = drawn(0, 7);
    k.media = {"photo"};
    if (drawn(0, 12) == 0) k.text.reset();
    if (drawn(0, 12) == 0) k.revision = c.revision - drawn(0, 2);
    if (k.to && drawn(0, 6) == 0) k.to = *rc::gen::elementOf(everybody());
    k.until = w.now + std::chrono::minutes{drawn(-10, 3000)};
    if (drawn(0, 2) == 0)
        k.limit = Limit{*rc::gen::element(Unit::working_hours, Unit::hours, Unit::working_days), drawn(1, 9)};
    k.step = *rc::gen::element<std::string>("fence", "mend", "restore", "");
    k.matter = *rc::gen::element(matter::ordinary, matter::slow, matter::quick, matter::stepped,
                                 matter::petition, matter::in_days, matter::whole_way);
    k.priority = *rc::gen::element(Priority::ordinary, Priority::urgent, Priority::emergency);
    if (drawn(0, 2) == 0) k.number = drawn(1, 4);
}

// Handling more often than the ends of a case, or few drawn lives would see a review.
K any_kind() {
    static const std::vector<K> likely = {K::sign_off,
                                          K::sign_off,
                                          K::respond,
                                          K::close,
                                          K::close,
                                          K::close,
                                          K::review,
                                          K::review,
                                          K::review,
                                          K::rate,
                                          K::rate,
                                          K::reopen,
                                          K::pause,
                                          K::decide_pause,
                                          K::resume,
                                          K::return_case,
                                          K::decide_return,
                                          K::transfer,
                                          K::transfer,
                                          K::adjudicate,
                                          K::finish_step,
                                          K::finish_step,
                                          K::finish_part,
                                          K::request_extension,
                                          K::decide_extension,
                                          K::decide_extension,
                                          K::reclassify,
                                          K::assign};
    if (drawn(0, 4) > 0) return *rc::gen::elementOf(likely);
    const auto kind = static_cast<K>(drawn(0, command_kinds));
    const bool ends = kind == K::reject || kind == K::withdraw || kind == K::merge;
    return ends && drawn(0, 4) > 0 ? K::note : kind;
}

// Everybody, with what he is offered now.
std::vector<std::pair<Actor, std::vector<K>>> offers(const World& w, const Case& c) {
    std::vector<std::pair<Actor, std::vector<K>>> all;
    const auto ask = [&](Actor actor) {
        auto offered = allowed(c, actor, w.now);
        all.emplace_back(std::move(actor), std::move(offered));
    };
    ask(w.owner(c));
    ask(World::resident(1));
    ask(World::resident(2));
    for (const PersonId id : everybody()) ask(w.as(id));
    return all;
}

// Mostly something that somebody may do now, and he does it.
Command any_command(const World& w, const Case& c) {
    K kind = any_kind();
    Actor actor = any_actor(w, c);
    if (drawn(0, 6) > 0) {
        const auto offered = offers(w, c);
        std::vector<Actor> able;
        for (int tries = 0; able.empty() && tries < 9; ++tries) {
            if (tries > 0) kind = any_kind();
            for (const auto& [who, kinds] : offered)
                if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) able.push_back(who);
        }
        if (!able.empty()) actor = able.at(static_cast<std::size_t>(drawn(0, static_cast<int>(able.size()))));
    }
    return w.command(c, kind, actor, [&](Command& k) { twist(k, w, c); });
}

std::chrono::milliseconds any_while() {
    const auto minutes = *rc::gen::element(0, 1, 5, 30, 90, 300, 1000, 4000);
    return std::chrono::minutes{minutes} + Millis{drawn(0, 2)};
}

void check_event(const Case& before, const Event& e, const Case& after) {
    RC_ASSERT(e.at >= before.last_at);
    RC_ASSERT(after.seq == before.seq + 1);
    RC_LOG() << to_string(e.type) << " by " << to_string(e.actor.role) << '\n';
    RC_ASSERT(after.revision - before.revision == (leaves_the_revision(e.type) ? 0 : 1));
    const bool judged_anew = e.type == EventType::reclassified || e.type == EventType::reprioritised;
    for (std::size_t i = 0; i < before.clocks.size(); ++i) {
        const Clock &was = before.clocks[i], &is = after.clocks[i];
        RC_ASSERT(is.start == was.start);  // no clock is ever restarted
        RC_ASSERT(is.fired >= was.fired);
        if (was.breached_at && !judged_anew) RC_ASSERT(is.breached_at == was.breached_at);
        RC_ASSERT(is.earlier_breaches.size() >= was.earlier_breaches.size());
    }
}

void check_case(const World& w, const Case& c) {
    RC_ASSERT(w.roster->find(c.owner.id) != nullptr);
    RC_ASSERT(c.first_owner == w.journal(c).front().owner);
    if (is_open(c.status)) return;
    RC_ASSERT(!next_timer(c, w.policy()));
    for (const auto& k : c.clocks) RC_ASSERT(k.stopped.has_value());
}

// Runs the events through the fold one by one, with what must hold of each.
Case checked(World& w, const Case& c, const std::vector<Event>& events) {
    Case after = c;
    for (const auto& e : events) {
        const Case before = after;
        after = w.keep(before, {e});
        check_event(before, e, after);
    }
    check_case(w, after);
    return after;
}

Case another_report(World& w, const Case& c) {
    if (!is_open(c.status)) return c;
    Event e;
    e.type = EventType::joined;
    e.at = std::max(w.now, c.last_at);
    e.report = ReportId{static_cast<std::int32_t>(c.reports.size()) + 1};
    e.text = TextRef{c.texts + 1, "hash of one more report"};
    return checked(w, c, {e});
}

}  // namespace

Case one_step(World& w, const Case& c) {
    w.now += any_while();
    const int what = drawn(0, 12);
    if (what == 0) return checked(w, c, fire(c, w.now, w.policy()));
    if (what == 1) return another_report(w, c);
    if (what == 2) return checked(w, c, drain(c, w.now, w.policy()).value());
    const Command command = any_command(w, c);
    const Case before = c;
    const auto events = w.tried(c, command);
    RC_ASSERT(c == before);  // deciding changes nothing
    if (!events) {
        RC_ASSERT(events.error().code != Errc::internal);
        return c;
    }
    RC_ASSERT(!events->empty());
    return checked(w, c, *events);
}

Case any_report(World& w) {
    w.now = at(drawn(20, 30), drawn(0, 24), drawn(0, 60));
    if (drawn(0, 5) == 0) w.burden_everybody_below_the_desks();
    Submission s = w.report();
    s.matter = *rc::gen::element(matter::ordinary, matter::quick, matter::stepped, matter::in_days,
                                 matter::petition, matter::whole_way);
    if (drawn(0, 4) == 0) s.words = {*rc::gen::element<std::string>("爆管", "占道")};
    const Case c = w.submitted(s);
    for (const auto& p : w.roster->people()) w.burden(p.party.id, drawn(0, 21));
    return c;
}

}  // namespace mashang::build
