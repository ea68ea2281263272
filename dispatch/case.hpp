// The nouns of the house: a case, its clocks, the commands given to it and the events it keeps.
//
// Plain values without behaviour; every other header of dispatch speaks in these. Persons are named by id and
// a snapshot of name and post, because posts change and the record may not. Free text never appears here: it
// is kept apart (lifecycle.md "Journal") and events name it by id and salted hash.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/time.hpp"

namespace mashang {

enum class CaseId : std::int64_t {};    // milliseconds since 2020 << 22 | node << 12 | counter
enum class ReportId : std::int32_t {};  // counts from 1 within its case
enum class PersonId : std::int64_t {};  // a staff account; a desk is one too
enum class CodeId : std::int64_t {};    // a site code, 35 bits

template <class E>
requires std::is_enum_v<E>
constexpr auto raw(E id) {
    return static_cast<std::underlying_type_t<E>>(id);
}

enum class Status {
    waiting,
    dispatched,
    signed_off,
    responded,
    in_review,
    closed,
    rejected,
    withdrawn,
    merged
};
enum class Stage { sign_off, response, closure, review, end_to_end, part, supervision };
enum class Priority { ordinary, urgent, emergency };
enum class ReporterKind { resident, enterprise, staff, agent };
enum class Role {
    worker,
    leader,
    reviewer,
    unit,
    agent,
    community,
    street,
    district,
    administrator,
    integrator,
    resident,  // through a place code or a tracking link
    system     // timers and draining
};

// Who did it or answers for it, as he was at the time.
struct Party {
    PersonId id{};
    std::string name;
    Role role = Role::worker;
    std::string unit;
    bool desk = false;
    friend bool operator==(const Party&, const Party&) = default;
};

// A text kept apart: number within its case, and BLAKE2b of salt and text.
struct TextRef {
    std::int32_t number = 0;
    std::string hash;
    friend bool operator==(const TextRef&, const TextRef&) = default;
};

// ---- clocks ---------------------------------------------------------------------------------------------

enum class ClockState { pending, running, held, met, breached, cancelled };
// closed: the gap between an approval and a reopening, left out of net time (T19). On end_to_end, which
// nothing holds up, pauses stand for the same purpose only.
enum class HoldKind { pause, review, closed };

struct Hold {
    HoldKind kind = HoldKind::pause;
    Instant from{};
    Instant to = far_future;            // a pause's is its approved maximum until it is resumed
    std::optional<Instant> due_before;  // the due when the hold began: a release counts its credit from there
    friend bool operator==(const Hold&, const Hold&) = default;
};

struct Clock {
    Stage stage = Stage::sign_off;
    int attempt = 1;
    std::string step;  // closure steps ("fence"); the part's or order's number for these; else ""
    Party party;       // who answers for it
    Instant start{};
    std::optional<Instant> due;  // none: it measures only (end_to_end without a limit)
    std::optional<Instant> original_due;
    std::optional<Limit> limit;
    std::string standard;  // id of the standard that gave the limit, with its version
    bool provisional = false;
    std::vector<Hold> holds;
    std::optional<Instant> stopped;
    bool cancelled = false;
    std::optional<Instant> breached_at;  // first instant at which the due then in force passed while running
    std::vector<Instant> earlier_breaches;  // under standards that a reclassification replaced
    int fired = 0;                          // thresholds already recorded, in their order
    friend bool operator==(const Clock&, const Clock&) = default;
};

// What an event does to a clock; decided with the calendar, applied without it.
// move keeps a breach that happened (T14), also where it brings another limit (T17); restandard judges anew
// under the new due (T16) and keeps the old breach on record; resume lets a stopped clock run on after a gap;
// redirect changes only who answers. A hold from the same instant as the last one replaces it, its credit
// counted from the due that a move or restandard in the same event has set.
enum class ClockAct { start, stop, hold, release, move, restandard, resume, cancel, redirect };
struct ClockEffect {
    ClockAct act = ClockAct::start;
    Stage stage = Stage::sign_off;
    int attempt = 1;
    std::string step;
    std::optional<Instant> at;   // start: its start; stop, hold, release, resume: if not the event's instant
    std::optional<Instant> due;  // start, hold, release, move, restandard: the due from now on
    std::optional<Instant> until;  // hold: its end unless released before
    std::optional<Limit> limit;
    std::string standard;
    bool provisional = false;
    HoldKind hold = HoldKind::pause;
    std::optional<Party> party;  // start, redirect
    friend bool operator==(const ClockEffect&, const ClockEffect&) = default;
};

// ---- events ---------------------------------------------------------------------------------------------

enum class EventType {
    submitted,
    joined,
    supplemented,
    assigned,
    signed_off,
    return_asked,
    return_accepted,
    return_refused,
    transferred,
    adjudication_opened,
    adjudicated,
    responded,
    step_finished,
    close_submitted,
    approved,
    redone,
    rated,
    dissatisfied,
    upheld,
    reopened,
    pause_asked,
    paused,
    pause_refused,
    resumed,
    extension_asked,
    extended,
    extension_refused,
    co_handler_added,
    part_finished,
    part_waived,
    reclassified,
    reprioritised,
    rejected,
    withdrawn,
    merged_into,
    merged_from,
    split_off,
    split_from,
    supervised,
    answered,
    noted,
    called_back,
    threshold_passed,
    calendar_extended,
    versions_moved
};

struct Versions {
    int rulebook = 0, standards = 0, calendar = 0, catalogue = 0, territory = 0, roster = 0;
    friend bool operator==(const Versions&, const Versions&) = default;
};

struct Place {
    CodeId code{};
    std::string grid_code;  // 15 digits; its first 12 are the division code
    std::string kind;       // "bicycle_stand"
    std::string name;
    std::string address;
    double lat = 0, lon = 0;  // WGS-84
    friend bool operator==(const Place&, const Place&) = default;
};

struct CandidateLoad {
    PersonId id{};
    int open = 0, weighted = 0;
    Instant last_assigned{};
    friend bool operator==(const CandidateLoad&, const CandidateLoad&) = default;
};

// The small record of a decision, from which the same engine regenerates the whole trace (T38).
struct DecisionRecord {
    std::string rule;  // id of the rule that matched
    std::vector<CandidateLoad> candidates;
    std::string outcome;               // "worker", "backup", "leader", "community", "street", "district"
    bool waiting = false;              // a desk holds it until the right person is free
    std::optional<CaseId> continuity;  // the open case at this place that decided it
    int engine = 0;
    std::string trace_hash;
    friend bool operator==(const DecisionRecord&, const DecisionRecord&) = default;
};

struct Opening {
    std::int32_t day = 0;  // yymmdd of the number
    std::int32_t serial = 0;
    Place place;
    std::string matter;  // "S33010609011"
    std::string condition = "default";
    Priority priority = Priority::ordinary;
    ReporterKind reporter = ReporterKind::resident;
    bool working_time = false;
    std::int32_t distance_m = -1;    // between phone and place, -1 unknown; evidence only
    std::vector<std::string> words;  // the rulebook's words that were found in the text
    Versions versions;
    friend bool operator==(const Opening&, const Opening&) = default;
};

enum class Threshold { half, most, due, repeat };

struct Passed {
    Stage stage = Stage::sign_off;
    int attempt = 1;
    std::string step;
    Threshold threshold = Threshold::half;
    int repeat = 0;             // of Threshold::repeat, from 1
    std::vector<Party> told;    // who is to hear of it, in the order of the ladder
    std::vector<Role> skipped;  // rungs where nobody was found
    bool operator==(const Passed&) const = default;
};

struct Event {
    EventType type = EventType::noted;
    int version = 1;
    Instant at{};
    Party actor;
    std::optional<Opening> opening;
    std::optional<Party> owner;  // the new owner or, for parts, the unit
    std::optional<Instant> clock_start;
    std::optional<DecisionRecord> decision;
    std::optional<ReportId> report;
    std::optional<TextRef> text;    // reason, result, note, comment: whatever was said
    std::optional<TextRef> advice;  // where to go instead
    std::vector<std::string> media;
    std::optional<int> number;  // of a part or a supervision order
    std::optional<int> score;
    std::optional<Instant> until;
    std::optional<Limit> limit;
    std::optional<std::string> matter;
    std::optional<Priority> priority;
    std::optional<std::string> condition;  // filing condition, where a rule changed it
    std::optional<CaseId> other;           // merge and split
    std::optional<Passed> passed;
    std::optional<bool> supervise;  // with the event a supervision begins
    std::vector<ClockEffect> clocks;
    std::optional<Versions> versions;  // by which the case is judged from now on
    friend bool operator==(const Event&, const Event&) = default;
};

// ---- the case -------------------------------------------------------------------------------------------

struct Flags {
    bool returning = false, adjudicating = false, paused = false, supervised = false, provisional = false;
    friend bool operator==(const Flags&, const Flags&) = default;
};

struct Part {
    int number = 0;
    Party unit;
    TextRef text;
    std::optional<Limit> limit;
    enum class State { open, finished, waived } state = State::open;
    std::optional<Instant> ended;
    std::vector<std::string> media;
    friend bool operator==(const Part&, const Part&) = default;
};

struct Order {
    int number = 0;
    Party by;
    TextRef question;
    std::optional<TextRef> answer;
    std::optional<Instant> answered;
    friend bool operator==(const Order&, const Order&) = default;
};

struct ReportRef {
    ReportId id{};
    TextRef text;
    std::optional<CaseId> from;  // moved here by a merge: the case and number its tracking link names
    std::optional<ReportId> was;
    std::optional<int> score;
    std::optional<Instant> rated;
    friend bool operator==(const ReportRef&, const ReportRef&) = default;
};

// Something asked for and not yet ruled on.
struct Ask {
    Party by;
    Instant at{};
    TextRef reason;
    std::optional<Instant> until;  // pause
    std::optional<Limit> limit;    // extension
    friend bool operator==(const Ask&, const Ask&) = default;
};

enum class ReviewOf { closure, dissatisfaction };

struct Case {
    int district = 0;
    CaseId id{};
    std::int32_t day = 0, serial = 0;
    Status status = Status::waiting;
    Flags flags;
    int revision = 0;
    int seq = 0;    // events so far
    int texts = 0;  // texts so far
    Instant last_at{};
    Place place;
    std::string matter, condition = "default";
    Priority priority = Priority::ordinary;
    Versions versions;
    Party owner, first_owner;
    std::vector<PersonId> had;  // owners so far, in order; a return leaves them out
    int hops = 0;               // accepted returns and transfers together
    bool binding = false;       // adjudicated or refused: may not be returned or transferred again
    std::vector<Part> parts;
    std::vector<Order> orders;
    std::vector<ReportRef> reports;
    std::vector<Clock> clocks;
    std::optional<Ask> return_ask, pause_ask, extension_ask;
    int extensions = 0, redos = 0, reopenings = 0;
    ReviewOf review_of = ReviewOf::closure;
    std::vector<PersonId> reviewers;  // who has reviewed so far
    bool dissatisfied_before = false;
    std::optional<CaseId> merged_into;
    Instant accepted_at{}, dispatched_at{};
    std::optional<Instant> signed_off_at, responded_at, submitted_at, closed_at;
    std::optional<TextRef> result;
    std::vector<std::string> result_media;
    friend bool operator==(const Case&, const Case&) = default;
};

// ---- commands -------------------------------------------------------------------------------------------

enum class CommandKind {
    assign,
    sign_off,
    return_case,
    decide_return,
    transfer,
    adjudicate,
    respond,
    finish_step,
    close,
    review,
    rate,
    reopen,
    pause,
    decide_pause,
    resume,
    request_extension,
    decide_extension,
    add_co_handler,
    finish_part,
    waive_part,
    reclassify,
    reprioritise,
    reject,
    withdraw,
    merge,
    split,
    supervise,
    answer,
    note,
    call_back,
    supplement
};
inline constexpr int command_kinds = 31;

// Who gives a command: his post as it is now and what he may see (division or grid prefixes).
struct Actor {
    Party party;
    std::vector<std::string> scope;
    std::optional<ReportId> report;  // residents: the report whose tracking link was used
};

// One command; which members matter is said by the lifecycle table's `needs`.
struct Command {
    CommandKind kind = CommandKind::note;
    Actor actor;
    std::optional<int> revision;    // compare-and-set; none: whatever it is now
    std::optional<TextRef> text;    // reason, result, note, comment, question, answer
    std::optional<TextRef> advice;  // reject: where to go instead
    std::vector<std::string> media;
    std::optional<PersonId> to;  // assign, transfer, adjudicate, add-co-handler
    bool yes = false;            // accept, approve
    std::optional<int> number;   // part, order
    std::optional<std::string> step;
    std::optional<int> score;
    std::optional<Instant> until;
    std::optional<Limit> limit;
    std::optional<std::string> matter;
    std::optional<Priority> priority;
    std::optional<CaseId> other;
    std::optional<ReportId> report;  // split
};

// Words of the documents and the API for each enumerator (snake_case; commands with hyphens), and back.
std::string_view to_string(Status v);
std::string_view to_string(Stage v);
std::string_view to_string(Priority v);
std::string_view to_string(Role v);
std::string_view to_string(ClockState v);
std::string_view to_string(EventType v);
std::string_view to_string(ReporterKind v);
std::string_view to_string(Threshold v);
std::string_view to_string(CommandKind v);
template <class E>
std::optional<E> parse_word(std::string_view text);
// All of them, in the order of the enumerators.
template <class E>
std::vector<std::string> words_of();

}  // namespace mashang
