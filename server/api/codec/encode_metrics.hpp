// The answers of the metrics calls: measured once, then written as JSON or laid out as a sheet (T43).
//
// Pure; any thread. Durations are in milliseconds, rates fractions of 1 with their whole numbers beside them
// and null where they are of nothing.
#pragma once

#include <variant>

#include "server/api/codec/encode.hpp"
#include "server/api/metrics_query.hpp"
#include "server/api/sheets.hpp"

namespace mashang::server {

struct SummaryFigures {
    Figures figures, last_week;
    Standing standing;
};
struct TopicRows {
    Period before;
    std::vector<TopicFigures> rows;
};
struct MetricsAnswer {
    MetricsQuery query;
    std::variant<SummaryFigures, std::vector<StageFigures>, std::vector<GroupFigures>,
                 std::vector<DayFigures>, std::vector<GridFigures>, TopicRows>
        figures;
};

MetricsAnswer measure(const MetricsQuery& query, const Measures& measures, const DecisionData& data);

std::string encode_metrics(const MetricsAnswer& answer, const View& view);
Sheet metrics_sheet(const MetricsAnswer& answer, const View& view);

}  // namespace mashang::server
