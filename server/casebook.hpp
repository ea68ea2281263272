// Every change of a case, inside a transaction: load, decide, append events, project, count the load.
//
// The one place where journal, case row, texts, workload and outbox are written together, so that they cannot
// come apart. Its functions run in the store's write closures: they may run twice, do no I/O beyond the Tx,
// and answer a failure before anything is written. The instant comes from the caller.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dispatch/version_move.hpp"
#include "schema/queries.hpp"
#include "schema/secrets.hpp"
#include "server/decision_data.hpp"

namespace mashang::server {

// 64-bit case ids: milliseconds since 2020 << 22 | node << 12 | counter. Never repeats while the machine's
// clock steps back: it goes on from the last instant, and after a restart from the store's last id. Any
// thread.
class CaseIds {
  public:
    explicit CaseIds(int node) : node_(node) {}
    CaseId next(Instant now);
    void go_on_after(CaseId last);  // before anybody asks for one

  private:
    const std::int64_t node_;
    std::atomic<std::int64_t> last_{0};  // milliseconds << 12 | counter
};

// What somebody typed, before it has a number and a salted hash.
using PlainText = std::optional<std::string>;

struct SubmitReport {
    int district = 0;
    CodeId code{};
    std::string matter;  // "" when not chosen
    std::string text;
    ReporterKind kind = ReporterKind::resident;
    std::string name, phone;
    bool anonymous = true;
    std::optional<Point> position;  // WGS-84
    std::string extra;              // JSON for the report row: answers, position as it came
    std::vector<std::string> media;
    std::optional<std::pair<std::int32_t, std::int32_t>> join;  // day and serial of the case
    std::string idem_scope, idem_key, body_hash;
};

// A change that was made (or, for a repeated key, had been made): the case as it was right after it.
struct Changed {
    Case c;
    std::vector<Event> events;  // the new ones; empty for a repeated request
    ReportId report{1};
    bool repeated = false;
};

// Due instants of one open case that a new year's calendar, or another version, moves.
struct CaseMoves {
    CaseId id{};
    std::int32_t day = 0, serial = 0;
    std::vector<DueMoved> dues;
};

// The same, written.
struct Extended {
    std::vector<Changed> changes;
    std::vector<CaseMoves> moves;
    void add(Extended more);
};

// Open cases to the version that is in force (T17): what they are counted by so far, and from now on.
struct VersionMove {
    enum class What { standards, calendar } what = What::standards;
    const DecisionData& was;
    const DecisionData& is;  // the version in force there is the one moved to
    Party by;
};

struct GiveCommand {
    int district = 0;
    Command command;  // text, advice and media are filled in here
    PlainText text, advice;
    std::optional<std::pair<std::int32_t, std::int32_t>> into;  // merge: day and serial of the other case
    std::string idem_scope, idem_key, body_hash;                // key "" when none was sent
    std::string uploader;  // whose media may be claimed: "staff:12"; "" is the case's own place
};

class Casebook {
  public:
    Casebook(CaseIds& ids, schema::SecretKey personal) : ids_(ids), personal_(personal) {}

    // Errors: not_found/gone for the code, conflict for a key used with another body, invalid with pointers.
    Result<Changed> submit(schema::Tx& tx, const DecisionData& data, const SubmitReport& report,
                           Instant now) const;
    // The case first, then the other one that a merge or split changes with it.
    Result<std::vector<Changed>> commands(schema::Tx& tx, const DecisionData& data, CaseId id,
                                          const GiveCommand& give, Instant now) const;
    // Thresholds and self-ending pauses that are due by `now`, oldest first, at most so many cases. A case
    // whose firing fails is set aside (its timer cleared) and listed in `poisoned`.
    std::vector<Changed> fire_due(schema::Tx& tx, const DecisionData& data, Instant now, std::size_t most,
                                  std::vector<CaseId>* poisoned) const;
    // The case whose timer is the oldest due is left out of firing until something else happens to it: for
    // one whose firing cannot even be written.
    std::optional<CaseId> set_aside_oldest(schema::Tx& tx, int district, Instant now) const;
    // Waiting cases for whom somebody is free now, most urgent first, at most so many.
    std::vector<Changed> drain(schema::Tx& tx, const DecisionData& data, Instant now, std::size_t most) const;

    // What the calendars of `is` move of the due instants that those of `was` could only guess (T8): without
    // writing, and written as calendar_extended events.
    std::vector<CaseMoves> calendar_moves(schema::Tx& tx, const DecisionData& was, const DecisionData& is,
                                          Instant now) const;
    Extended extend_calendars(schema::Tx& tx, const DecisionData& was, const DecisionData& is,
                              Instant now) const;

    // Of these cases those that are open and not under the version yet, with what moves of them: without
    // writing, and written as versions_moved events. A case without a due that moves is listed too.
    std::vector<CaseMoves> version_moves(schema::Tx& tx, const VersionMove& move, std::span<const CaseId> ids,
                                         Instant now) const;
    Extended move_to_version(schema::Tx& tx, const VersionMove& move, std::span<const CaseId> ids,
                             Instant now) const;

    // Name and phone of a reporter, unsealed: for whoever may see them.
    Result<std::string> person_of(const schema::ReportRow& report) const;

  private:
    struct Writing;
    struct Prepared;
    Result<Prepared> prepare(const Writing& w, CaseId id, const GiveCommand& give) const;
    Changed keep(const Writing& w, Prepared prepared) const;
    Result<std::vector<Changed>> change_all(const Writing& w, CaseId id, const GiveCommand& give) const;
    Result<std::vector<Changed>> merge(const Writing& w, CaseId id, const GiveCommand& give) const;
    Result<std::vector<Changed>> split(const Writing& w, CaseId id, const GiveCommand& give) const;
    Result<Changed> open_new(Writing& w, const SubmitReport& report, const schema::CodeRow& code) const;
    Result<Changed> join(Writing& w, const SubmitReport& report) const;
    schema::ReportRow report_row(const SubmitReport& report, const Case& c, ReportId id, int text_number,
                                 const std::string& salt, Instant now) const;

    CaseIds& ids_;
    const schema::SecretKey personal_;
};

// The case as its journal tells it, up to and including event `seq_max` (0: all).
Result<Case> replayed(schema::Tx& tx, int district, CaseId id, int seq_max = 0);
Result<std::vector<Event>> events_of(schema::Tx& tx, int district, CaseId id, int seq_max = 0);

// The day inside a case's number: yymmdd of the district's civil day.
std::int32_t day_number(const Calendar& calendar, Instant now);

// Loads as the ranking wants them, and the place's open case for continuity; reads through `tx`.
Workload workload_in(schema::Tx& tx, const DecisionData& data, CodeId place);

}  // namespace mashang::server
