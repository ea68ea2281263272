// Every question that is put to the database, by table; the SQL texts stand in queries/*.cpp, once each.
//
// All functions run inside the caller's Tx. A row that is not there is nullopt, not an error; a broken
// database throws inside schema and is turned into a failure by the store.
#pragma once

#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

// cases
void insert_case(Tx&, const CaseRow&);
void update_case(Tx&, const CaseRow&);
std::optional<CaseRow> case_by_id(Tx&, int district, CaseId);
std::optional<CaseId> last_case_id(Tx&, int district);
std::optional<CaseRow> case_by_number(Tx&, int district, std::int32_t day, std::int32_t serial);
std::vector<CaseRow> cases_where(Tx&, int district, const CaseFilter&, std::string* next_cursor);
bool valid_cursor(const CaseFilter&);  // of a filter with another cursor than ours cases_where gives nothing
std::int64_t count_cases(Tx&, int district, const CaseFilter&);
// Counted no further than `most`, and whether there are more.
struct AtLeast {
    std::int64_t n = 0;
    bool more = false;
};
AtLeast count_cases(Tx&, int district, const CaseFilter&, std::int64_t most);
std::vector<CaseRow> open_cases_at(Tx&, int district, CodeId, std::size_t most);  // newest first
// Whose the newest of them is.
std::optional<std::pair<PersonId, CaseId>> newest_open_at(Tx&, int district, CodeId);
std::vector<CaseRow> cases_with_timer_due(Tx&, int district, Instant now, std::size_t most);  // oldest first
std::optional<Instant> next_timer(Tx&, int district);
// Open ones with a due instant beyond the calendar's horizon, in the order of their ids.
std::vector<CaseRow> provisional_cases(Tx&, int district, CaseId after, std::size_t most);
// Of cases that a desk holds, what says for whose hands they wait; most urgent first, then oldest.
std::vector<WaitingRow> waiting_cases(Tx&, int district, std::size_t most);
// Accepted in [from, to), or still open: what measures are made of. Newest last.
std::vector<CaseRow> cases_measured(Tx&, int district, Instant from, Instant to, const std::string& division,
                                    const std::string& matter);
// The next cases accepted before `before`, by id, for those who pack the ones at rest (schema/pack.hpp).
std::vector<RestRow> cases_at_rest(Tx&, int district, CaseId after, Instant before, std::size_t most);
void pack_case(Tx&, const CaseRow&);  // the row, its state left to the journal
// The same without the folded cases: those accepted in [from, to), and with `older` all open ones as well.
std::vector<CountedRow> cases_counted(Tx&, int district, Instant from, Instant to,
                                      const std::string& division, const std::string& matter, bool older,
                                      Instant now);
// How the open cases of each grid stand at `now`, in the order of the grids' codes.
std::vector<GridStanding> standing_by_grid(Tx&, int district, const std::string& division,
                                           const std::string& matter, Instant now);
std::vector<CaseId> open_cases_accepted_before(Tx&, int district, Instant before);
// Who may see the case besides its owner and its grid's scope; replaces those there were.
void set_co_handlers(Tx&, int district, CaseId, const std::vector<PersonId>&);

// reports
void insert_report(Tx&, const ReportRow&);
std::vector<ReportRow> reports_of(Tx&, int district, CaseId);
std::int64_t count_reports(Tx&, int district);
std::optional<ReportRow> report(Tx&, int district, CaseId, ReportId);
// What was said in the first report of each case from `first` to `last`; "" where it was erased.
std::vector<std::pair<CaseId, std::string>> first_texts(Tx&, int district, CaseId first, CaseId last);
std::optional<ReportRow> report_by_key(Tx&, int district, const std::string& scope, const std::string& key);
// Erasure: the row stays as a place in the case, what was said and by whom goes; the chain still verifies.
void erase_report(Tx&, int district, CaseId, ReportId);

// journal
void append_journal(Tx&, const std::vector<JournalRow>&);
// In the order of seq; a packed journal comes as the rows that it stands for (schema/pack.hpp).
std::vector<JournalRow> journal_of(Tx&, int district, CaseId, int seq_max);
void pack_journal_of(Tx&, int district, CaseId);  // its texts too
// Whole journals of the next cases, by id and seq: those accepted in [from, to) with ids after `after`, at
// most so many cases. Nothing when there are no more.
std::vector<JournalRow> journals_accepted(Tx&, int district, Instant from, Instant to, CaseId after,
                                          std::size_t cases_max);
std::string last_hash(Tx&, int district, CaseId, int seq);
std::vector<CaseId> case_ids_after(Tx&, int district, CaseId after, std::size_t most);
// Heads (case, hash) of chains that changed in journal order of `at` in (from, to].
std::vector<std::pair<CaseId, std::string>> heads_between(Tx&, int district, Instant from, Instant to);
void insert_seal(Tx&, int district, Instant at, const std::string& root, const std::string& prev, int heads);
std::optional<std::pair<Instant, std::string>> last_seal(Tx&, int district);

// texts
void insert_text(Tx&, const TextRow&);
std::vector<TextRow> texts_of(Tx&, int district, CaseId);
void erase_text(Tx&, int district, CaseId, std::int32_t number);

// idempotency of commands
std::optional<IdempotencyRow> idempotent(Tx&, int district, const std::string& scope, const std::string& key);
void insert_idempotent(Tx&, const IdempotencyRow&);
void forget_idempotent_before(Tx&, int district, Instant before);  // reports' keys too

// outbox
void insert_outbox(Tx&, const OutboxRow&);  // id 0: given by the store
// The first of so many consecutive ids.
std::int64_t lease_outbox_ids(Tx&, int district, std::int64_t size);
// Messages are given at their `at`: one that is held until then (quiet hours) is not there yet.
// Those that came alone, newest first, seen or not.
std::vector<OutboxRow> outbox_for(Tx&, int district, PersonId, Instant now, std::size_t most);
// The bundles of (after, now], newest first.
std::vector<OutboxBundle> bundles_for(Tx&, int district, PersonId, Instant after, Instant now,
                                      std::size_t most);
// How many come alone in [from, to), given or held.
int messages_alone(Tx&, int district, PersonId, Instant from, Instant to);
// Held back and about the same case: what the next message to him makes old news.
void drop_held_messages(Tx&, int district, PersonId, CaseId, Instant now);
void mark_outbox_seen(Tx&, int district, PersonId, std::int64_t up_to, Instant at);
// Those given before `before` about cases that are not open, to whomever: at most so many at once; how many.
std::size_t forget_messages(Tx&, int district, Instant before, std::size_t most);
std::int64_t outbox_lag(Tx&, int district, Instant now);  // given and not seen

// codes
void insert_code(Tx&, const CodeRow&);
std::optional<CodeRow> code_by_id(Tx&, int district, CodeId);
std::vector<CodeRow> codes_after(Tx&, int district, CodeId after, const std::vector<std::string>& scope,
                                 std::size_t most);
void revoke_code(Tx&, int district, CodeId, Instant at, const std::string& reason);
CodeId next_code_id(Tx&, int district);

// accounts and sessions
void insert_account(Tx&, const AccountRow&);
void update_account(Tx&, const AccountRow&);
std::optional<AccountRow> account_by_login(Tx&, int district, const std::string& login);
std::optional<AccountRow> account_by_id(Tx&, int district, PersonId);
std::vector<AccountRow> all_accounts(Tx&, int district);
void insert_session(Tx&, const SessionRow&);
std::optional<SessionRow> session_by_hash(Tx&, int district, const std::string& token_hash);
void delete_session(Tx&, int district, const std::string& token_hash);
void delete_sessions_before(Tx&, int district, Instant expired_before);

// media
void insert_media(Tx&, const MediaRow&);
std::optional<MediaRow> media_by_id(Tx&, int district, const std::string& id);
void claim_media(Tx&, int district, const std::string& id, CaseId by);
std::vector<MediaRow> unclaimed_media_before(Tx&, int district, Instant before, std::size_t most);
void delete_media(Tx&, int district, const std::string& id);
int media_with_content(Tx&, int district, const std::string& content);
std::vector<MediaRow> media_after(Tx&, int district, const std::string& after, std::size_t most);  // by id

// documents and notices
void insert_document(Tx&, const DocumentRow&);
std::vector<DocumentRow> all_documents(Tx&, int district, const std::string& kind);
std::optional<DocumentRow> active_document(Tx&, int district, const std::string& kind);
// The one that was activated last is in force; activating an older version again brings it back.
void activate_document(Tx&, int district, const std::string& kind, int version, Instant at);
std::optional<DocumentRow> document(Tx&, int district, const std::string& kind, int version);
int next_document_version(Tx&, int district, const std::string& kind);
// Newest first, below a version, without their bodies.
std::vector<DocumentRow> documents_before(Tx&, int district, const std::string& kind, int version,
                                          std::size_t most);
void insert_notice(Tx&, const NoticeRow&);  // id 0: given by the store
std::vector<NoticeRow> notices_for(Tx&, int district, const std::string& grid_code, std::size_t most);

// workload and numbers
WorkloadRow workload_of(Tx&, int district, PersonId);
void add_workload(Tx&, int district, PersonId, int open, int weighted, std::optional<Instant> assigned);
std::vector<WorkloadRow> all_workloads(Tx&, int district);
// A block of serials of a day leased to this node: the first of `size` consecutive ones, from 1.
std::int32_t lease_serials(Tx&, int district, std::int32_t day, std::int32_t size);

// audit
void insert_audit(Tx&, const AuditRow&);  // id 0: given by the store
std::vector<AuditRow> audit_before(Tx&, int district, std::int64_t id, std::size_t most);  // newest first

// meta: small named values of a district ("name", "demo", "config_version")
std::optional<std::string> meta(Tx&, int district, const std::string& key);
void set_meta(Tx&, int district, const std::string& key, const std::string& value);
std::optional<int> first_district(Tx&);

}  // namespace mashang::schema
