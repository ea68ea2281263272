// What-if: past reports judged again under a draft rulebook, standards, calendar or roster (T40).
//
// Hides the second life of a case: each report goes through the engine itself (submit, the deciding
// functions, the fold of clocks) with a workload of its own that grows and shrinks as cases opened and closed
// in truth. What comes out never happened, and says so. Pure and deterministic: the same past and draft give
// the same answer whatever the order of `past`. Called by the command line, the API and tests; any thread.
//
// What is assumed, because nobody can know it: who really got a case does with it what he did, at the same
// instants; another owner keeps the case (later transfers fall away) and takes for each stage as long as was
// really taken, in the stage's own measure of time, from when he could begin. A case counts in its owner's
// load until it really ended. What the draft does not allow (pausing under a statutory limit) is left out and
// counted in `refused`.
#pragma once

#include <array>
#include <functional>
#include <span>

#include "dispatch/lifecycle.hpp"

namespace mashang {

// Something that was done with a past case, without names and words: enough to do it again.
struct Deed {
    EventType type = EventType::noted;
    Instant at{};
    PersonId owner{};                    // of a handover: to whom
    std::optional<Instant> clock_start;  // of a handover
    std::optional<Instant> until;        // of a pause
    std::optional<Limit> limit;          // of an extension
    std::optional<Priority> priority;
    std::string matter, step;
};

// Who had the case from an instant on, and where it stood: what loads are made of.
struct Turn {
    Instant at{};
    PersonId owner{};
    Status status = Status::dispatched;
    Priority priority = Priority::ordinary;
    friend bool operator==(const Turn&, const Turn&) = default;
};

// Stages whose breaches are counted; a case is late in one when any of its clocks of that stage was missed.
struct LateStages {
    bool sign_off = false, response = false, closure = false;
    friend bool operator==(const LateStages&, const LateStages&) = default;
};

// How a report was, or would have been, dispatched.
struct Dispatched {
    Party owner;
    bool waiting = false;  // a desk held it until somebody was free
    Priority priority = Priority::ordinary;
    std::string rule;                                  // id
    Instant clock_start{};                             // when the owner could begin
    std::optional<Instant> sign_off_due, closure_due;  // as promised at dispatch; closure's last step
    LateStages late;
    friend bool operator==(const Dispatched&, const Dispatched&) = default;
};

// A past report with the facts of then, and what really became of it.
struct PastCase {
    Instant at{};
    Submission report;
    Dispatched was;
    std::vector<Deed> deeds;  // in order
    std::vector<Turn> turns;  // in order; the first is the dispatch itself
};

// A case's journal up to `as_of`, reduced. Errors: invalid "error.not_a_submission" when it does not begin
// with one that carries its facts and its decision.
Result<PastCase> past_of(int district, CaseId id, std::span<const Event> events, Instant as_of);

struct WhatIf {
    Instant from{}, to{};  // reports accepted in [from, to) are judged anew; the others only load people
    Instant as_of{};       // up to when breaches are looked for; deeds later than this never happened yet
    std::size_t samples_max = 20;
    // Called now and then with reports done and in all; false stops the work (error conflict
    // "error.stopped").
    std::function<bool(std::size_t done, std::size_t of)> progress;
};

// One report whose dispatch would have been another.
struct Moved {
    CaseId id{};
    std::int32_t day = 0, serial = 0;
    Instant at{};
    std::string matter, grid_code;
    Dispatched was, would;
    friend bool operator==(const Moved&, const Moved&) = default;
};

struct OwnerMove {
    PersonId from{}, to{};
    std::size_t cases = 0;
    friend bool operator==(const OwnerMove&, const OwnerMove&) = default;
};

struct LoadOf {
    PersonId person{};
    std::size_t assigned_was = 0, assigned_would = 0;  // reports of the span given to him at dispatch
    int peak_was = 0, peak_would = 0;                  // most open cases at once within [from, as_of)
    friend bool operator==(const LoadOf&, const LoadOf&) = default;
};

struct RuleUse {
    std::string rule;
    std::size_t was = 0, would = 0;
    friend bool operator==(const RuleUse&, const RuleUse&) = default;
};

struct Breaches {
    Stage stage = Stage::sign_off;
    std::size_t was = 0, would = 0;  // cases late in that stage
    std::size_t newly = 0, no_longer = 0;
    friend bool operator==(const Breaches&, const Breaches&) = default;
};

// Counterfactual by its nature: whatever shows it says so.
struct Simulation {
    Instant from{}, to{}, as_of{};
    std::size_t reports = 0;  // judged anew
    std::size_t owner_moved = 0, priority_moved = 0, rule_moved = 0, due_moved = 0;
    std::size_t waiting_was = 0, waiting_would = 0;
    std::size_t nobody = 0;            // the draft's roster has nobody at all for them
    std::size_t refused = 0;           // deeds that the draft does not allow, left out
    std::vector<OwnerMove> moves;      // most cases first, then by ids
    std::vector<LoadOf> loads;         // everybody with a case then or now, by id
    std::vector<RuleUse> rules;        // by id
    std::array<Breaches, 3> breaches;  // sign_off, response, closure
    std::vector<Moved> samples;        // the first of those whose owner, priority, waiting or due changes
    friend bool operator==(const Simulation&, const Simulation&) = default;
};

// `draft` is the world to judge by; its workload is left aside but for ignore_capacity. A turn and a report
// of the same instant: the turn comes first.
Result<Simulation> simulate(std::span<const PastCase> past, const Policy& draft, const WhatIf& what);

}  // namespace mashang
