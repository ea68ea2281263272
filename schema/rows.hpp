// Rows as the queries give and take them: plain values, instants as Instant, ids strong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/measures.hpp"

namespace mashang::schema {

// A case as projected: columns that are searched or measured, and the whole folded Case as text (`state`).
// Every column but `state` is a function of the folded case (case_columns in codec/case_json.hpp).
struct CaseRow {
    int district = 0;
    CaseId id{};
    std::int32_t day = 0, serial = 0;
    Status status = Status::waiting;
    int flags = 0;  // bits: returning 1, adjudicating 2, paused 4, supervised 8, provisional 16
    Priority priority = Priority::ordinary;
    CodeId code{};
    std::string grid_code, matter;
    PersonId owner{};
    int revision = 0;
    int reports = 1;
    Instant accepted_at{}, dispatched_at{};
    std::optional<Instant> signed_off_at, responded_at, submitted_at, closed_at;
    std::optional<Instant> next_due;    // earliest due of a running stage clock
    std::optional<Instant> next_timer;  // earliest next threshold or self-ending pause; none when final
    int late = 0;                       // bit per Stage that has breached
    int redos = 0, score = 0;           // score: the first report's rating, 0 none
    std::string state;                  // JSON of Case, see codec/case_json.hpp
    // What measures count of it (dispatch/counted.hpp), so that they need not decode `state`: small numbers
    // packed (codec/case_columns.hpp), right until `counts_until`. None: too large for that, or of a time
    // before they were kept.
    std::optional<std::int64_t> counts;
    std::optional<Instant> late_at, counts_until;

    friend bool operator==(const CaseRow&, const CaseRow&) = default;
};

// What measures need of a case; not `complete`: the folded case must be asked.
struct CountedRow {
    Counted c;
    bool complete = false;
};

struct WaitingRow {
    CaseId id{};
    Priority priority = Priority::ordinary;
    std::string grid_code, matter;
};

struct ReportRow {
    int district = 0;
    CaseId case_id{};
    ReportId id{};
    int seq = 0;  // journal seq of the event that brought it: its answer is the fold up to there
    Instant accepted_at{};
    ReporterKind kind = ReporterKind::resident;
    bool anonymous = true;
    std::string text, salt;  // what was said; hash of both stands in the journal
    std::int32_t text_number = 1;
    std::string person;  // name and phone, encrypted, base64url; "" none
    std::string extra;   // JSON: position, answers, media ids
    std::string idem_scope, idem_key, body_hash;
};

// What says whether a case may be packed: the state's first character is 'z' where it has been.
struct RestRow {
    CaseId id{};
    int is_open = 0;
    std::string mark;
};

struct JournalRow {
    int district = 0;
    CaseId case_id{};
    int seq = 0;
    std::string type;
    int version = 1;
    Instant at{};
    std::string actor;    // "staff:12", "resident:1", "system"
    std::string payload;  // the bytes that are hashed
    std::string prev_hash, hash;
};

struct TextRow {
    int district = 0;
    CaseId case_id{};
    std::int32_t number = 0;
    std::string salt, body;
};

struct IdempotencyRow {
    int district = 0;
    std::string scope, key, body_hash;
    CaseId case_id{};
    int seq = 0;
    Instant at{};
};

struct OutboxRow {
    int district = 0;
    std::int64_t id = 0;
    Instant at{};
    std::string channel;  // "page": by itself; "bundle": with all others of that person and instant
    PersonId recipient{};
    CaseId case_id{};
    int seq = 0;
    std::string what;  // code of the sentence
    std::string args;  // JSON object
    std::optional<Instant> seen_at;
};

// All that is bundled for one person at one instant.
struct OutboxBundle {
    Instant at{};
    std::int64_t id = 0;  // of the newest of them, and whose case it tells of
    std::int64_t messages = 0;
    CaseId case_id{};
};

struct CodeRow {
    int district = 0;
    CodeId id{};
    int key_version = 1;
    std::string state;  // "active", "revoked"
    std::string kind, name, address, grid_code, serial;
    double lat = 0, lon = 0;
    Instant issued_at{};
    std::optional<Instant> revoked_at;
    std::string reason;
};

struct AccountRow {
    int district = 0;
    PersonId id{};
    std::string login, password_hash, name, role, unit, unit_kind, shift;
    bool desk = false, active = true;
    int capacity = 0;
    std::string scope, backup, skills;  // comma separated prefixes
    std::string leave;                  // "from-to" epoch milliseconds, comma separated
    int quiet_from = 0, quiet_to = 0;   // minutes of the day; equal: none
    int messages_an_hour = 0;           // 0: as usual
};

struct SessionRow {
    int district = 0;
    std::string token_hash;
    PersonId person{};
    Instant created_at{}, expires_at{};
};

struct MediaRow {
    int district = 0;
    std::string id;       // random, unguessable
    std::string content;  // sha-256 of the stored file
    int width = 0, height = 0;
    std::int64_t bytes = 0;
    Instant created_at{};
    std::string uploader;  // "code:123" or "staff:12"
    std::optional<CaseId> claimed_by;
};

struct DocumentRow {
    int district = 0;
    std::string kind;  // "catalogue", "standards", "rules", "calendar", "shifts", "territory"
    int version = 0;
    std::string body;  // as it was sent
    Instant created_at{};
    std::optional<Instant> activated_at;  // none: a draft
    PersonId author_id{};                 // who brought it; 0: the program's own
    std::string author, note;
};

// What somebody who configures did: kept, never changed.
struct AuditRow {
    int district = 0;
    std::int64_t id = 0;
    Instant at{};
    PersonId person{};    // 0: from a shell
    std::string name;     // his name then
    std::string what;     // "document_activated"
    std::string subject;  // "rulesets/3"
    std::string detail;
};

struct NoticeRow {
    int district = 0;
    std::int64_t id = 0;
    std::string prefix, title_zh, title_en, text_zh, text_en;
    Instant at{};
};

struct WorkloadRow {
    PersonId person{};
    int open = 0, weighted = 0;
    Instant last_assigned{};
};

// Around a point, on the ground.
struct Vicinity {
    double lat = 0, lon = 0;  // WGS-84 degrees
    int metres = 0;
};

// What the case lists filter by; empty members do not filter.
struct CaseFilter {
    std::vector<std::string> scope;  // grid prefixes, any of
    std::optional<PersonId> party;   // or cases he owns or co-handles, beside the scope
    std::string division;
    std::vector<Status> statuses;
    std::string matter;  // prefix
    std::optional<PersonId> owner;
    std::optional<Instant> overdue_at;  // next_due before this instant
    std::optional<Instant> from, to;    // accepted in [from, to)
    std::optional<CodeId> code;
    std::optional<Flags> flags;  // each of those that are set
    std::optional<Vicinity> near;
    std::string q;  // in the number, a report's text, the place's name, address or serial, the owner's name
    std::string cursor;
    std::size_t limit = 50;
    bool by_due = true;  // most urgent first; else newest first
};

}  // namespace mashang::schema
