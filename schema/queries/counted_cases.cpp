// What measures are made of: cases as they count, without the folded case.
#include <algorithm>

#include "schema/codec/case_columns.hpp"
#include "schema/queries.hpp"
#include "schema/queries/case_filter.hpp"
#include "schema/session.hpp"

namespace mashang::schema {
namespace {

using Moment = std::optional<Instant>;
using CountedColumns = std::tuple<CaseId, Status, std::string, std::string, Instant, Instant, Moment, Moment,
                                  int, int, Moment, std::optional<std::int64_t>, Moment>;

const std::string select_counted =
    "select case_id, status, grid_code, matter, accepted_at, dispatched_at, submitted_at, closed_at, reports,"
    " redos, late_at, counts, counts_until from cases";

const std::string in_place =
    " and grid_code >= :division and (:division = '' or grid_code < :division_end)"
    " and (:matter = '' or (matter >= :matter and matter < :matter_end))";

void bind_place(Query& query, const std::string& division, const std::string& matter) {
    query.in("division", division).in("division_end", after_prefix(division));
    query.in("matter", matter).in("matter_end", after_prefix(matter));
}

CountedRow counted_row(CountedColumns&& columns, Instant now) {
    CountedRow row;
    Counted& c = row.c;
    std::optional<std::int64_t> packed;
    Moment until;
    std::tie(c.id, c.status, c.grid_code, c.matter, c.accepted_at, c.dispatched_at, c.submitted_at,
             c.closed_at, c.reports, c.redos, c.late_at, packed, until) = std::move(columns);
    row.complete = packed && (!until || now <= *until);
    if (packed) unpack_counts(*packed, c);
    return row;
}

}  // namespace

std::vector<CountedRow> cases_counted(Tx& tx, int district, Instant from, Instant to,
                                      const std::string& division, const std::string& matter, bool older,
                                      Instant now) {
    // As in cases_measured: the span by the key, what is open by the index of open cases.
    static const std::string spans[] = {
        select_counted + " where district = :district and case_id >= :first and case_id < :last" + in_place,
        select_counted + " where district = :district and is_open = 1 and case_id + 0 < :first" + in_place,
        select_counted + " where district = :district and is_open = 1 and case_id + 0 >= :last" + in_place};
    const auto first = first_id_at(from), last = first_id_at(to);
    std::vector<CountedRow> all;
    for (std::size_t part = 0; part < (older ? 3 : 1); ++part) {
        Query query(tx, spans[part]);
        query.in("district", district);
        if (part < 2) query.in("first", first);
        if (part != 1) query.in("last", last);
        bind_place(query, division, matter);
        for (auto& columns : query.all<CountedColumns>()) all.push_back(counted_row(std::move(columns), now));
    }
    return all;
}

std::vector<GridStanding> standing_by_grid(Tx& tx, int district, const std::string& division,
                                           const std::string& matter, Instant now) {
    Query query(tx,
                "select grid_code, count(*), coalesce(sum(case when next_due < :now then 1 else 0 end), 0),"
                " coalesce(sum(case when status = 'waiting' then 1 else 0 end), 0) from cases"
                " where district = :district and is_open = 1 and grid_code >= :division"
                " and (:division = '' or grid_code < :division_end)"
                " and (:matter = '' or (matter >= :matter and matter < :matter_end))"
                " group by grid_code order by grid_code");
    query.in("now", now).in("district", district);
    bind_place(query, division, matter);
    std::vector<GridStanding> all;
    using Standings = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t>;
    for (auto& [grid, open, overdue, waiting] : query.all<Standings>())
        all.push_back({std::move(grid), {open, overdue, waiting}});
    return all;
}

}  // namespace mashang::schema
