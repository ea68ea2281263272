// A few weeks of made-up reports and what becomes of each, as a plan to be played through the real write
// path.
//
// Nothing here writes: the caller drives the clock, submits each report at its instant and gives the steps as
// commands, so that the journal, clocks and measures of the demo are made by the engine itself. Steps say who
// and how long after, not which account: that is the case's owner and his chain at that moment. Whatever
// falls after the demo's present is left out by the caller, which leaves the last cases open. About 60 of 100
// closed reports are rated, 96 of 100 ratings are 3 to 5.
// The plan knows neither rules nor roster. So the caller also: assigns a case that a desk holds waiting
// before its sign-off; lets a unit finish the parts that a rule has added before the owner closes; supplies a
// picture where the standard asks for evidence; and drops the rest of a plan once the table refuses a step.
// Pure and deterministic; any thread; no errors.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/case.hpp"
#include "server/demo/district.hpp"

namespace mashang::demo {

enum class Script {
    plain,                // signed off, responded, closed, approved, mostly in good time
    late,                 // the same with sign-off or closure far beyond any limit
    co_handled,           // a unit is brought in and finishes its part
    paused,               // held for a while with the leader's approval
    returned,             // the leader accepts the first owner's return
    return_refused,       // the leader refuses it
    extended,             // an extension is asked for and granted
    redone,               // the reviewer sends it back once
    dissatisfied_upheld,  // rated 1 or 2; another reviewer upholds the closure in writing
    dissatisfied_redone,  // rated 1 or 2; sent to redo, closed again
    reopened,             // the street opens it again after closing
    withdrawn,            // the reporter takes it back
    rejected,             // the leader finds it not the district's business
    left_open             // the steps end early: this one is waiting for somebody
};

// Who gives the command. leader: the grid's leader, or whoever stands next above when he is the owner
// himself. reviewer, other_reviewer: the street's first and second, or the other one when the first owned the
// case.
enum class Doer { owner, leader, unit, reviewer, other_reviewer, street, reporter };

// How the minutes before a step are counted: inside the district's default working calendar, or as they pass.
enum class Pace { working, elapsed };

struct Step {
    CommandKind kind = CommandKind::sign_off;
    Doer by = Doer::owner;
    int after_minutes = 0;  // since the step before it; of the first since dispatch
    Pace pace = Pace::working;
    bool yes = false;            // review: approve; decide_*: accept
    int score = 0;               // rate
    std::string text;            // note, result, reason or comment, in Chinese; may be empty for notes
    std::string advice;          // reject: where to go instead
    std::string unit_kind;       // add_co_handler: kind of the unit to bring in
    int until_minutes = 0;       // pause: asked until so many elapsed minutes after this step
    std::optional<Limit> limit;  // request_extension
    friend bool operator==(const Step&, const Step&) = default;
};

struct HistoryItem {
    Instant at{};
    std::size_t code = 0;  // index in District::codes
    std::string matter;    // "S33010609011"
    std::string text;
    ReporterKind reporter = ReporterKind::resident;
    bool anonymous = false;
    std::string name, phone;      // made up; both "" when anonymous, either may be ""
    bool made_up_contact = true;  // never call or write to it
    Script script = Script::plain;
    std::vector<Step> steps;
    friend bool operator==(const HistoryItem&, const HistoryItem&) = default;
};

inline constexpr std::size_t history_reports = 900;

// The reports of the civil days first_day to last_day (both included) at UTC+8, the district's zone, which
// has no daylight saving since 1991; in the order of their instants. Needs first_day <= last_day.
std::vector<HistoryItem> make_history(const District& district, std::chrono::local_days first_day,
                                      std::chrono::local_days last_day);

}  // namespace mashang::demo
