// Submission and dispatch in one decision: facts -> rule -> owner -> clocks -> one event.
#include <algorithm>

#include "dispatch/decisions.hpp"

namespace mashang {
namespace {

int days_since_monday(LocalDay day) {
    return static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
}

Facts facts_of(const Opening& o, Instant at, const Calendar& calendar) {
    Facts f;
    f.matter = o.matter;
    f.place_kind = o.place.kind;
    f.grid_code = o.place.grid_code;
    f.reporter = o.reporter;
    f.priority = o.priority;
    const LocalDay day = calendar.day_of(at);
    const auto local = at + calendar.offset_at(at);
    const auto midnight = Instant{std::chrono::duration_cast<Millis>(day.time_since_epoch())};
    f.local_minute = static_cast<int>(std::chrono::floor<std::chrono::minutes>(local - midnight).count());
    f.weekday = days_since_monday(day);
    f.working_time = o.working_time;
    f.words = o.words;
    if (o.distance_m >= 0) f.distance_m = o.distance_m;
    return f;
}

// FNV-1a, 64 bits: a fingerprint to compare two traces by, not a protection (the journal's chain is that).
struct Fingerprint {
    std::uint64_t value = 1469598103934665603ULL;
    void add(std::string_view s) {
        for (const char ch : s) value = (value ^ static_cast<unsigned char>(ch)) * 1099511628211ULL;
        value = (value ^ 0xffU) * 1099511628211ULL;  // a separator no UTF-8 text contains
    }
    void add(std::int64_t n) { add(std::to_string(n)); }
    std::string text() const {
        static constexpr char digits[] = "0123456789abcdef";
        std::string s(16, '0');
        for (std::size_t i = 0; i < 16; ++i) s[15 - i] = digits[(value >> (4 * i)) & 15U];
        return s;
    }
};

std::string hash_of(const Ruling& ruling, const Choice& choice, const Standard& standard) {
    Fingerprint print;
    for (const auto& t : ruling.tried) {
        print.add(t.rule->id);
        print.add(static_cast<std::int64_t>(t.verdict));
        print.add(t.leaf);
        print.add(t.found);
    }
    for (const auto& rung : choice.trace) {
        print.add(rung.rung);
        for (const auto& cand : rung.candidates) {
            print.add(raw(cand.person->party.id));
            print.add(std::int64_t{cand.open});
            print.add(std::int64_t{cand.weighted});
            print.add(static_cast<std::int64_t>(cand.why));
        }
    }
    print.add(raw(choice.owner.id));
    print.add(choice.clock_start.time_since_epoch().count());
    print.add(standard.id);
    return print.text();
}

struct Judged {
    Ruling ruling;
    Choice choice;
    const Standard* standard = nullptr;
    Priority priority = Priority::ordinary;
    std::string condition;
    Facts facts;
};

Result<Judged> judge(const Opening& opening, Instant at, const Policy& policy) {
    Judged j;
    j.facts = facts_of(opening, at, policy.calendar);
    j.ruling = policy.rulebook.judge(j.facts);
    const Action& action = j.ruling.rule->then;
    j.priority = action.priority.value_or(opening.priority);
    j.condition = action.condition.empty() ? opening.condition : action.condition;
    auto choice = choose_owner({opening.place.grid_code, opening.matter, j.priority, action, {}, at},
                               policy.roster, policy.workload);
    if (!choice) return choice.error();
    j.choice = std::move(*choice);
    j.standard = &policy.standards.find(opening.matter, j.condition, j.priority);
    return j;
}

DecisionRecord record_of(const Judged& j) {
    DecisionRecord r;
    r.rule = j.ruling.rule->id;
    for (const auto& rung : j.choice.trace)
        for (const auto& cand : rung.candidates)
            r.candidates.push_back({cand.person->party.id, cand.open, cand.weighted, cand.last_assigned});
    r.outcome = j.choice.rung;
    r.waiting = j.choice.waiting;
    r.continuity = j.choice.continuity;
    r.engine = engine_version;
    r.trace_hash = hash_of(j.ruling, j.choice, *j.standard);
    return r;
}

// Emergency and calendar limits start at dispatch always; the others when the owner's shift does.
Instant start_for(Limit limit, Instant dispatch, Instant clock_start) {
    switch (limit.unit) {
        case Unit::working_hours:
        case Unit::working_minutes:
        case Unit::working_days:
            return clock_start;
        case Unit::emergency_hours:
        case Unit::emergency_minutes:
        case Unit::calendar_days:
        case Unit::hours:
        case Unit::minutes:
            return dispatch;
    }
    return dispatch;
}

void start_clocks(const Judged& j, Instant at, const Policy& policy, Event& e) {
    const Standard& s = *j.standard;
    const std::string name = s.id;
    const auto start = [&](Stage stage, const std::string& step, Limit limit) {
        e.clocks.push_back(start_effect(stage, 1, step, start_for(limit, at, j.choice.clock_start), limit,
                                        policy.calendar, name));
    };
    start(Stage::sign_off, "", s.sign_off);
    for (const auto& step : s.closure) start(Stage::closure, step.id, step.limit);
    if (s.end_to_end) {
        // From acceptance, whenever the owner's shift begins: it measures the resident's waiting.
        e.clocks.push_back(start_effect(Stage::end_to_end, 1, "", at, *s.end_to_end, policy.calendar, name));
    } else {
        ClockEffect measure;
        measure.stage = Stage::end_to_end;
        measure.at = at;
        measure.standard = name;
        e.clocks.push_back(measure);
    }
}

void add_co_handlers(const Submission& sub, const Judged& j, Instant at, const Policy& policy,
                     std::vector<Event>& events) {
    Case opened;
    evolve(opened, events.front());
    int number = 0;
    for (const auto& kind : j.ruling.rule->then.co_handlers) {
        for (const Person* unit : policy.roster.covering(sub.place.grid_code, Role::unit)) {
            if (unit->unit_kind != kind) continue;
            events.push_back(co_handler_event(opened, unit->party, ++number, at, j.standard->part, policy,
                                              j.standard->id));
            break;
        }
    }
}

}  // namespace

Result<std::vector<Event>> submit(const Submission& sub, Instant now, const Policy& policy) {
    Opening o;
    o.day = sub.day;
    o.serial = sub.serial;
    o.place = sub.place;
    o.matter = sub.matter;
    o.condition = sub.condition;
    o.priority = sub.priority;
    o.reporter = sub.reporter;
    o.working_time = policy.calendar.is_working(now);
    o.distance_m = sub.distance_m.value_or(-1);
    o.words = sub.words;
    o.versions = policy.versions;
    auto judged = judge(o, now, policy);
    if (!judged) return judged.error();
    const Judged& j = *judged;

    Event e;
    e.type = EventType::submitted;
    e.at = now;
    e.actor = sub.actor.party;
    e.owner = j.choice.owner;
    e.clock_start = j.choice.clock_start;
    e.decision = record_of(j);
    e.report = ReportId{1};
    e.text = sub.text;
    e.media = sub.media;
    // The opening keeps the facts as the rules saw them; what a rule changed stands beside it.
    if (j.priority != o.priority) e.priority = j.priority;
    if (j.ruling.rule->then.supervise) e.supervise = true;
    if (j.condition != o.condition) e.condition = j.condition;
    e.opening = std::move(o);
    start_clocks(j, now, policy, e);
    std::vector<Event> events{std::move(e)};
    add_co_handlers(sub, j, now, policy, events);
    return events;
}

namespace {

// Whoever is among the candidates without a post here was there for his open case at this place.
std::optional<PersonId> had_open_case_here(const Opening& o, const DecisionRecord& record,
                                           const Roster& roster) {
    for (const auto& cand : record.candidates) {
        const Person* p = roster.find(cand.id);
        if (p && !covers(p->scope, o.place.grid_code) && !covers(p->backup, o.place.grid_code) &&
            p->party.role != Role::district)
            return cand.id;
    }
    return std::nullopt;
}

}  // namespace

Workload recorded_workload(const Event& submitted, const Roster& roster) {
    Workload work;
    const DecisionRecord& record = *submitted.decision;
    work.load = [&record](PersonId id) {
        for (const auto& cand : record.candidates)
            if (cand.id == id) return Load{cand.open, cand.weighted, cand.last_assigned};
        return Load{};
    };
    if (record.continuity && submitted.owner) {
        work.at_place = {submitted.owner->id, *record.continuity};
    } else if (const auto stranger = had_open_case_here(*submitted.opening, record, roster)) {
        work.at_place = {*stranger, CaseId{}};
    }
    return work;
}

Result<Trace> explain(const Event& submitted, const Policy& policy) {
    if (!submitted.opening || !submitted.decision) return make_error(Errc::internal, "error.internal");
    Policy then = policy;
    const bool unbounded = policy.workload.ignore_capacity;
    then.workload = recorded_workload(submitted, policy.roster);
    then.workload.ignore_capacity = unbounded;
    auto judged = judge(*submitted.opening, submitted.at, then);
    if (!judged) return judged.error();
    Trace trace;
    trace.hash = hash_of(judged->ruling, judged->choice, *judged->standard);
    trace.facts = std::move(judged->facts);
    trace.ruling = std::move(judged->ruling);
    trace.choice = std::move(judged->choice);
    trace.standard = judged->standard;
    return trace;
}

}  // namespace mashang
