#include <algorithm>
#include <string>

#include "schema/pack.hpp"
#include "schema/queries.hpp"
#include "schema/queries/ahead.hpp"
#include "schema/queries/at_rest.hpp"
#include "schema/queries/case_filter.hpp"
#include "schema/queries/later.hpp"
#include "schema/queries/locking.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, CaseRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("case_id", row.id);
    v("day", row.day);
    v("serial", row.serial);
    v("status", row.status);
    v("flags", row.flags);
    v("priority", row.priority);
    v("code_id", row.code);
    v("grid_code", row.grid_code);
    v("matter", row.matter);
    v("owner_id", row.owner);
    v("revision", row.revision);
    v("reports", row.reports);
    v("accepted_at", row.accepted_at);
    v("dispatched_at", row.dispatched_at);
    v("signed_off_at", row.signed_off_at);
    v("responded_at", row.responded_at);
    v("submitted_at", row.submitted_at);
    v("closed_at", row.closed_at);
    v("next_due", row.next_due);
    v("next_timer", row.next_timer);
    v("late", row.late);
    v("redos", row.redos);
    v("score", row.score);
    v("state", row.state);
    v("counts", row.counts);
    v("late_at", row.late_at);
    v("counts_until", row.counts_until);
}

namespace {

const std::string select_cases =
    "select district, case_id, day, serial, status, flags, priority, code_id, grid_code, matter, owner_id, "
    "revision, reports, accepted_at, dispatched_at, signed_off_at, responded_at, submitted_at, closed_at, "
    "next_due, next_timer, late, redos, score, state, counts, late_at, counts_until from cases";

constexpr std::string_view insert_case_sql =
    "insert into cases (district, case_id, day, serial, is_open, status, flags, priority, code_id, "
    "grid_code, "
    "matter, owner_id, revision, reports, accepted_at, dispatched_at, signed_off_at, responded_at, "
    "submitted_at, closed_at, next_due, next_timer, late, redos, score, state, counts, late_at, "
    "counts_until) values (:district, :case_id, "
    ":day, :serial, :is_open, :status, :flags, :priority, :code_id, :grid_code, :matter, :owner_id, "
    ":revision, "
    ":reports, :accepted_at, :dispatched_at, :signed_off_at, :responded_at, :submitted_at, :closed_at, "
    ":next_due, :next_timer, :late, :redos, :score, :state, :counts, :late_at, :counts_until)";

constexpr std::string_view update_case_sql =
    "update cases set day = :day, serial = :serial, is_open = :is_open, status = :status, flags = :flags, "
    "priority = :priority, code_id = :code_id, grid_code = :grid_code, matter = :matter, owner_id = "
    ":owner_id, "
    "revision = :revision, reports = :reports, accepted_at = :accepted_at, dispatched_at = :dispatched_at, "
    "signed_off_at = :signed_off_at, responded_at = :responded_at, submitted_at = :submitted_at, "
    "closed_at = :closed_at, next_due = :next_due, next_timer = :next_timer, late = :late, redos = :redos, "
    "score = :score, state = :state, counts = :counts, late_at = :late_at, counts_until = :counts_until "
    "where district = :district and case_id = :case_id";

int is_open(Status status) {
    switch (status) {
        case Status::waiting:
        case Status::dispatched:
        case Status::signed_off:
        case Status::responded:
        case Status::in_review:
            return 1;
        case Status::closed:
        case Status::rejected:
        case Status::withdrawn:
        case Status::merged:
            return 0;
    }
    return 0;
}

std::optional<CaseRow> laid_open(Tx& tx, std::optional<CaseRow> row) {
    if (!row) return row;
    std::vector<CaseRow> one;
    one.push_back(std::move(*row));
    return std::move(laid_open(tx, std::move(one)).front());
}

}  // namespace

void insert_case(Tx& tx, const CaseRow& row) {
    if (auto* later = tx.session().later()) return later->cases.push_back(row);
    Query(tx, insert_case_sql).in_row(row).in("is_open", is_open(row.status)).run();
}

Together together(std::span<const CaseRow> rows) {
    const auto list = [](auto& visitor, const CaseRow& row) {
        columns(visitor, row);
        visitor("is_open", is_open(row.status));
    };
    return {insert_case_sql, RowArrays::of<CaseRow>(rows, list)};
}

void update_case(Tx& tx, const CaseRow& row) {
    Query(tx, update_case_sql).in_row(row).in("is_open", is_open(row.status)).run();
}

std::optional<CaseRow> case_by_id(Tx& tx, int district, CaseId id) {
    static const auto text = select_cases + " where district = :district and case_id = :case_id";
    return laid_open(tx, locked_one<CaseRow>(tx, text, [&](Query& q) -> Query& {
                         return q.in("district", district).in("case_id", id);
                     }));
}

std::optional<CaseId> last_case_id(Tx& tx, int district) {
    return Query(tx, "select max(case_id) from cases where district = :district")
        .in("district", district)
        .value<std::optional<CaseId>>();
}

std::optional<CaseRow> case_by_number(Tx& tx, int district, std::int32_t day, std::int32_t serial) {
    static const auto text = select_cases + " where district = :district and day = :day and serial = :serial";
    return laid_open(tx, locked_one<CaseRow>(tx, text, [&](Query& q) -> Query& {
                         return q.in("district", district).in("day", day).in("serial", serial);
                     }));
}

namespace {

constexpr std::string_view by_urgency =
    " order by coalesce(next_due, 9223372036854775807), case_id limit :most";

// The most urgent are found by their ids alone, which an index of the open cases answers; rows are long.
std::vector<CaseRow> most_urgent(Tx& tx, const CaseWhere& where, std::size_t most) {
    const auto place = where.text.substr(0, where.text.find(" and "));
    Query query(tx, select_cases + place + " and case_id in (select case_id from cases" + where.text +
                        std::string(by_urgency) + ")" + std::string(by_urgency));
    where.bind(query);
    query.in("most", most);
    return laid_open(tx, query.all<CaseRow>());
}

std::vector<CaseRow> by_key(Tx& tx, const CaseWhere& where, std::string_view order, std::size_t most) {
    Query query(tx, select_cases + where.text + std::string(order) + " limit :most");
    where.bind(query);
    query.in("most", most);
    return laid_open(tx, query.all<CaseRow>());
}

bool more_urgent(const CaseRow& a, const CaseRow& b) {
    if (a.next_due != b.next_due) return a.next_due && (!b.next_due || *a.next_due < *b.next_due);
    return a.id < b.id;
}

}  // namespace

std::vector<CaseRow> cases_where(Tx& tx, int district, const CaseFilter& filter, std::string* next_cursor) {
    if (next_cursor) next_cursor->clear();
    using Among = CaseWhere::Among;
    CaseWhere where(district, filter, filter.by_due ? Among::open : Among::all);
    if (!where.start_after(filter)) return {};
    const std::size_t most = filter.limit + 1;  // one more says whether there is a next page
    auto rows =
        filter.by_due ? most_urgent(tx, where, most) : by_key(tx, where, " order by case_id desc", most);
    if (filter.by_due && !only_open(filter)) {
        // What is closed has no due instant, so among itself it is in the order of the ids: the key's.
        CaseWhere finished(district, filter, Among::closed);
        finished.start_after(filter);
        auto closed = by_key(tx, finished, " order by case_id", most);
        rows.insert(rows.end(), std::make_move_iterator(closed.begin()),
                    std::make_move_iterator(closed.end()));
        std::sort(rows.begin(), rows.end(), more_urgent);
    }
    if (rows.size() > filter.limit) {
        const bool more = next_cursor && filter.limit > 0;
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(filter.limit), rows.end());
        if (more) *next_cursor = cursor_after(filter, rows.back());
    }
    return rows;
}

std::int64_t count_cases(Tx& tx, int district, const CaseFilter& filter) {
    const CaseWhere where(district, filter);
    Query query(tx, "select count(*) from cases" + where.text);
    where.bind(query);
    return query.value<std::int64_t>();
}

AtLeast count_cases(Tx& tx, int district, const CaseFilter& filter, std::int64_t most) {
    const CaseWhere where(district, filter);
    // Open ones are counted in their index; others by the key, which SQLite would not choose by itself.
    const std::string order = only_open(filter) ? "" : " order by case_id desc";
    Query query(tx, "select count(*) from (select 1 from cases" + where.text + order + " limit :most) page");
    where.bind(query);
    query.in("most", most + 1);
    const auto counted = query.value<std::int64_t>();
    return {std::min(counted, most), counted > most};
}

std::vector<CaseRow> open_cases_at(Tx& tx, int district, CodeId code, std::size_t most) {
    static const auto text = select_cases +
                             " where district = :district and code_id = :code_id and is_open = 1"
                             " order by case_id desc limit :most";
    return Query(tx, text).in("district", district).in("code_id", code).in("most", most).all<CaseRow>();
}

std::optional<std::pair<PersonId, CaseId>> newest_open_at(Tx& tx, int district, CodeId code) {
    std::optional<std::pair<PersonId, CaseId>> newest;
    const auto* ahead = tx.session().ahead();
    const auto known = ahead ? ahead->places.find({district, code}) : decltype(ahead->places.end()){};
    if (ahead && known != ahead->places.end()) {
        newest = known->second.newest_open;
    } else {
        const auto row = Query(tx,
                               "select owner_id, case_id from cases where district = :district and"
                               " code_id = :code_id and is_open = 1 order by case_id desc limit 1",
                               Query::Unsent::stays)
                             .in("district", district)
                             .in("code_id", code)
                             .one<std::tuple<PersonId, CaseId>>();
        if (row) newest = {std::get<0>(*row), std::get<1>(*row)};
    }
    const auto* later = tx.session().unsent();
    if (!later) return newest;
    for (const auto& row : later->cases)
        if (row.district == district && row.code == code && is_open(row.status) != 0 &&
            (!newest || row.id > newest->second))
            newest = {row.owner, row.id};
    return newest;
}

std::vector<CaseRow> cases_with_timer_due(Tx& tx, int district, Instant now, std::size_t most) {
    static const auto text = select_cases +
                             " where district = :district and next_timer is not null and next_timer <= :now"
                             " order by next_timer, case_id limit :most";
    return Query(tx, locked_free(tx, text))
        .in("district", district)
        .in("now", now)
        .in("most", most)
        .all<CaseRow>();
}

std::optional<Instant> next_timer(Tx& tx, int district) {
    return Query(tx,
                 "select min(next_timer) from cases where district = :district and next_timer is not null")
        .in("district", district)
        .value<std::optional<Instant>>();
}

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, WaitingRow>
void columns(V& v, R& row) {
    v("case_id", row.id);
    v("priority", row.priority);
    v("grid_code", row.grid_code);
    v("matter", row.matter);
}

std::vector<WaitingRow> waiting_cases(Tx& tx, int district, std::size_t most) {
    return Query(tx,
                 "select case_id, priority, grid_code, matter from cases"
                 " where district = :district and status = 'waiting'"
                 " order by case priority when 'emergency' then 0 when 'urgent' then 1 else 2 end,"
                 " case_id limit :most")
        .in("district", district)
        .in("most", most)
        .all<WaitingRow>();
}

std::vector<CaseRow> provisional_cases(Tx& tx, int district, CaseId after, std::size_t most) {
    static const auto text = select_cases +
                             " where district = :district and is_open = 1 and flags >= 16"
                             " and case_id > :after order by case_id limit :most";
    return Query(tx, text).in("district", district).in("after", after).in("most", most).all<CaseRow>();
}

std::vector<CaseRow> cases_measured(Tx& tx, int district, Instant from, Instant to,
                                    const std::string& division, const std::string& matter) {
    // Three texts instead of one `or`: older and still open, accepted in the span, newer and open; together
    // they are in the order of acceptance. The open ones are sought in the partial index of open cases, and
    // `case_id + 0` keeps SQLite from walking the whole history by its key instead.
    static const std::string filter =
        " and grid_code >= :division and (:division = '' or grid_code < :division_end)"
        " and (:matter = '' or (matter >= :matter and matter < :matter_end))";
    static const std::string parts[] = {
        select_cases + " where district = :district and is_open = 1 and case_id + 0 < :first" + filter +
            " order by case_id + 0",
        select_cases + " where district = :district and case_id >= :first and case_id < :last" + filter +
            " order by case_id",
        select_cases + " where district = :district and is_open = 1 and case_id + 0 >= :last" + filter +
            " order by case_id + 0"};
    const auto first = first_id_at(from), last = first_id_at(to);
    std::vector<CaseRow> all;
    for (std::size_t part = 0; part < 3; ++part) {
        Query query(tx, parts[part]);
        query.in("district", district);
        if (part < 2) query.in("first", first);
        if (part > 0) query.in("last", last);
        query.in("division", division).in("division_end", after_prefix(division));
        query.in("matter", matter).in("matter_end", after_prefix(matter));
        auto rows = laid_open(tx, query.all<CaseRow>());
        all.insert(all.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
    return all;
}

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, RestRow>
void columns(V& v, R& row) {
    v("case_id", row.id);
    v("is_open", row.is_open);
    v("mark", row.mark);
}

std::vector<RestRow> cases_at_rest(Tx& tx, int district, CaseId after, Instant before, std::size_t most) {
    return Query(tx,
                 "select case_id, is_open, substr(state, 1, 2) as mark from cases"
                 " where district = :district and case_id > :after and case_id < :before"
                 " order by case_id limit :most")
        .in("district", district)
        .in("after", after)
        .in("before", first_id_at(before))
        .in("most", most)
        .all<RestRow>();
}

// Taken out and put in again: on SQLite it then lies close to the other packed ones, and the pages that it
// leaves are free for new cases. Made smaller in its place it would leave holes that nothing fills.
void pack_case(Tx& tx, const CaseRow& row) {
    Query(tx, "delete from cases where district = :district and case_id = :case_id")
        .in("district", row.district)
        .in("case_id", row.id)
        .run();
    auto small = row;
    small.state = state_in_journal;
    insert_case(tx, small);
}

std::vector<CaseId> open_cases_accepted_before(Tx& tx, int district, Instant before) {
    Query query(tx,
                "select case_id from cases where district = :district and is_open = 1"
                " and case_id + 0 < :before order by case_id + 0");
    query.in("district", district).in("before", first_id_at(before));
    std::vector<CaseId> ids;
    for (const auto& [id] : query.all<std::tuple<CaseId>>()) ids.push_back(id);
    return ids;
}

void set_co_handlers(Tx& tx, int district, CaseId id, const std::vector<PersonId>& people) {
    Query(tx, "delete from case_parties where district = :district and case_id = :case_id")
        .in("district", district)
        .in("case_id", id)
        .run();
    for (const auto person : people) {
        Query(
            tx,
            "insert into case_parties (district, person_id, case_id) values (:district, :person_id, :case_id)"
            " on conflict do nothing")
            .in("district", district)
            .in("person_id", person)
            .in("case_id", id)
            .run();
    }
}

}  // namespace mashang::schema
