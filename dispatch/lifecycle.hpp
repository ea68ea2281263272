// The lifecycle: one table of edges, a pure decision for each command, and the fold that remembers.
//
// decide() never changes anything: it answers the events that the command makes of a case, or why it may not
// be. evolve() applies an event and needs neither calendar nor roster, so that a replay gives the same case.
// Refusals come in this order: 404 outside scope (may_see, asked by the caller), 403 role, 409 revision,
// 422 table. Pure; any thread.
#pragma once

#include <span>

#include "dispatch/assign.hpp"
#include "dispatch/calendar.hpp"
#include "dispatch/case.hpp"
#include "dispatch/rulebook.hpp"
#include "dispatch/time_standard.hpp"

namespace mashang {

inline constexpr int engine_version = 1;
inline constexpr int hops_max = 3;  // accepted returns and transfers together; past it: adjudication
inline constexpr std::chrono::hours rating_window{24 * 15};

// Everything a decision may look at. References live as long as the call.
struct Policy {
    const Calendar& calendar;
    const TimeStandards& standards;
    const Rulebook& rulebook;
    const Roster& roster;
    Workload workload;
    Versions versions;  // of the documents above, frozen into a submitted case
};

// Groups of persons a row of the table names; a command is allowed to whoever is in one of its groups.
enum Who : unsigned {
    by_owner = 1,
    by_leader_up = 2,     // leader, community, street, district in scope
    by_adjudicator = 4,   // a desk or office above all who had it
    by_reviewer = 8,      // reviewer in scope, never owner or co-handler; or the one the review names
    by_unit = 16,         // the co-handler of the part
    by_resident = 32,     // the report's own tracking link
    by_system = 64,       // draining, timers
    by_staff = 128,       // anybody of the staff in scope
    by_rung_above = 256,  // at least one rung above the owner
    by_office = 512,      // street, district
    by_agent = 1024
};

struct FlagMask {
    bool returning = false, adjudicating = false, paused = false;
};

struct Edge {
    CommandKind command;
    unsigned from;       // bit per Status
    unsigned who;        // bits of Who
    FlagMask requires_;  // must be up
    FlagMask forbids;    // must be down
};
std::span<const Edge> edges();

constexpr unsigned bit(Status s) {
    return 1U << static_cast<unsigned>(s);
}
inline constexpr unsigned open_statuses = bit(Status::waiting) | bit(Status::dispatched) |
                                          bit(Status::signed_off) | bit(Status::responded) |
                                          bit(Status::in_review);
constexpr bool is_open(Status s) {
    return (open_statuses & bit(s)) != 0;
}

// What a resident (or agent, integrator) sent, with the facts that the rules look at.
struct Submission {
    int district = 0;
    CaseId id{};
    std::int32_t day = 0, serial = 0;
    Actor actor;
    Place place;
    std::string matter;
    Priority priority = Priority::ordinary;  // the matter's own
    std::string condition = "default";
    ReporterKind reporter = ReporterKind::resident;
    std::optional<int> distance_m;
    std::vector<std::string> words;  // rulebook.words_in(text)
    TextRef text;
    std::vector<std::string> media;
};

// The first event (submission and dispatch together), and one for each co-handler a rule brings in.
Result<std::vector<Event>> submit(const Submission& submission, Instant now, const Policy& policy);

// The whole trace of a submission's decision, regenerated from its record by the engine that decided (T38).
struct Trace {
    Facts facts;
    Ruling ruling;
    Choice choice;
    const Standard* standard = nullptr;
    std::string hash;
};
Result<Trace> explain(const Event& submitted, const Policy& policy);
// Loads and continuity as the record of a submission has them; nothing to do for whoever was no candidate.
Workload recorded_workload(const Event& submitted, const Roster& roster);

Result<std::vector<Event>> decide(const Case& c, const Command& command, Instant now, const Policy& policy);

// What time alone has brought by `now`: thresholds passed with who is told, a pause that ended by itself,
// a supervision order on reaching the street. Empty when nothing is due.
std::vector<Event> fire(const Case& c, Instant now, const Policy& policy);
// The earliest instant at which fire() would answer something.
std::optional<Instant> next_timer(const Case& c, const Policy& policy);

// A waiting case goes to the right person if one is free now; empty otherwise (T36).
Result<std::vector<Event>> drain(const Case& c, Instant now, const Policy& policy);

// The other half of a merge: what the receiving case keeps of each report that moves into it. Both cases
// change in one transaction; a report that has been rated keeps its rating.
Result<std::vector<Event>> receive_merge(const Case& target, const Case& source, const Actor& actor,
                                         Instant now);

void evolve(Case& c, const Event& event);
Case replay(int district, CaseId id, std::span<const Event> events);

// Scope: prefixes, own cases and own parts; residents see the case of their link.
bool may_see(const Case& c, const Actor& actor);
// What this actor may do with the case now, in the table's order.
std::vector<CommandKind> allowed(const Case& c, const Actor& actor, Instant now);

// The statuses a stage stands for in lists: where the case is now.
Stage stage_of(const Case& c);
// The case's earliest due of a running clock of sign_off, response, closure or review.
std::optional<Instant> next_due(const Case& c);

const Standard& standard_of(const Case& c, const TimeStandards& standards);
int weight_of(Priority p);  // of an open case in its owner's load: 1, 2, 4

// Whose load a case counts in, and how much: who has it in hand, not the desk that only holds it or the
// reviewer who looks at it.
struct LoadShare {
    std::optional<PersonId> who;
    int weighted = 0;
    friend bool operator==(const LoadShare&, const LoadShare&) = default;
};
LoadShare load_share(Status status, PersonId owner, Priority priority);

}  // namespace mashang
