#include "server/api/metrics_material.hpp"

#include <unordered_set>

#include "dispatch/clock.hpp"
#include "schema/codec/case_json.hpp"

namespace mashang::server {
namespace {

using Rows = std::vector<schema::CaseRow>;

bool needs_whole_cases(const MetricsQuery& query) {
    return query.report == MetricsReport::stages || query.only_owner ||
           (query.report == MetricsReport::ranking && query.by == Grouping::owner);
}

// Open cases belong to every span: each is kept once.
Rows rows_of(schema::Tx& tx, int district, const MetricsQuery& query, const Calendar& calendar) {
    Rows all;
    std::unordered_set<std::int64_t> seen;
    for (const auto& period : periods_read(query, calendar))
        for (const auto& prefix : query.prefixes)
            for (auto& row :
                 schema::cases_measured(tx, district, period.from, period.to, prefix, query.matter))
                if (seen.insert(raw(row.id)).second) all.push_back(std::move(row));
    return all;
}

// What its row does not tell, the folded case does.
Result<Counted> counted_whole(schema::Tx& tx, int district, CaseId id, Instant now) {
    const auto row = schema::case_by_id(tx, district, id);
    if (!row) return make_error(Errc::internal, "error.internal");
    auto c = schema::decode_case(row->state);
    if (!c) return c.error();
    advance(c->clocks, now);
    return count_of(*c, now);
}

Result<Material> counted_of(schema::Tx& tx, int district, const MetricsQuery& query, const Calendar& calendar,
                            Instant now) {
    Material read;
    std::unordered_set<std::int64_t> seen;
    // Closures and lapses of a day are also those of cases that came long before.
    const bool older = query.report == MetricsReport::trend;
    for (const auto& prefix : query.prefixes) {
        for (auto& grid : schema::standing_by_grid(tx, district, prefix, query.matter, now))
            read.standing.push_back(std::move(grid));
        for (const auto& period : periods_read(query, calendar))
            for (auto& row : schema::cases_counted(tx, district, period.from, period.to, prefix, query.matter,
                                                   older, now)) {
                if (!seen.insert(raw(row.c.id)).second) continue;
                if (!row.complete) {
                    auto whole = counted_whole(tx, district, row.c.id, now);
                    if (!whole) return whole.error();
                    row.c = std::move(*whole);
                }
                read.counted.push_back(std::move(row.c));
            }
    }
    return read;
}

}  // namespace

Result<Material> read_material(schema::Tx& tx, int district, const MetricsQuery& query,
                               const Calendar& calendar, Instant now) {
    if (!needs_whole_cases(query)) return counted_of(tx, district, query, calendar, now);
    Material read;
    read.rows = rows_of(tx, district, query, calendar);
    return read;
}

Result<Measures> measures_of(Material read, const MetricsQuery& query, Instant now) {
    if (!needs_whole_cases(query)) return Measures(std::move(read.counted), std::move(read.standing), now);
    std::vector<Case> cases;
    cases.reserve(read.rows.size());
    for (const auto& row : read.rows) {
        auto c = schema::decode_case(row.state);
        if (!c) return c.error();
        if (query.only_owner && c->owner.id != *query.only_owner) continue;
        cases.push_back(std::move(*c));
    }
    return Measures(std::move(cases), now);
}

}  // namespace mashang::server
