// What a metrics call asks for, decoded and cut to what the asker may see. Pure; any thread.
//
// Errors: forbidden "error.role_may_not"; invalid with pointers "/query/from" and so on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/measures.hpp"
#include "server/http/request.hpp"

namespace mashang::server {

enum class MetricsReport { summary, stages, ranking, trend, map, topics };
std::optional<MetricsReport> metrics_report(std::string_view word);
std::string_view to_string(MetricsReport report);

inline constexpr std::chrono::days metrics_days_max{366};

struct MetricsQuery {
    MetricsReport report = MetricsReport::summary;
    Period period;                      // today unless told (T44)
    std::vector<std::string> prefixes;  // the division asked for, cut to the asker's scope; none: no case
    std::string matter;                 // prefix
    Grouping by = Grouping::division;
    std::optional<PersonId> only_owner;  // a worker's own cases, whatever he asked to group by
    std::size_t division_digits = 9;     // of the groups: the level below what is asked for
};

Result<MetricsQuery> metrics_query(MetricsReport report, const http::Request& request, const Actor& actor,
                                   const Calendar& calendar, Instant now);

// The spans of acceptance that a report is made of: its own and what it is compared with, merged where they
// touch. A trend reads further back, for its closures: see `trend_lookback`.
std::vector<Period> periods_read(const MetricsQuery& query, const Calendar& calendar);
inline constexpr std::chrono::days trend_lookback{30};
inline constexpr int week_days = 7;

}  // namespace mashang::server
