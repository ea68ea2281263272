// From the store to the figures: what a metrics call reads, and the measures made of it.
//
// Reading happens in a store's transaction; measures_of works on whatever thread may be busy for a while.
#pragma once

#include "schema/queries.hpp"
#include "server/api/metrics_query.hpp"

namespace mashang::server {

// What the answer is made of, read in one snapshot. Stages need every clock, and a ranking of owners their
// posts of then: folded cases; so does one person's own share. Everything else is counted beside them.
struct Material {
    std::vector<schema::CaseRow> rows;
    std::vector<Counted> counted;
    std::vector<GridStanding> standing;
};

Result<Material> read_material(schema::Tx& tx, int district, const MetricsQuery& query,
                               const Calendar& calendar, Instant now);
Result<Measures> measures_of(Material read, const MetricsQuery& query, Instant now);

}  // namespace mashang::server
