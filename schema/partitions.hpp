// The journal's months on PostgreSQL (migrations/0003_months.sql).
#pragma once

#include <cstdint>
#include <limits>

namespace mashang::schema {

class Session;

// Makes those that are missing, from last month, or that of the oldest case, to two months ahead by the
// database's clock. A month of which rows were kept before it had a partition stays where they are. Throws
// StoreFault.
void make_months(Session& session, std::int64_t oldest_case = std::numeric_limits<std::int64_t>::max());

}  // namespace mashang::schema
