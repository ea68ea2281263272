#include "server/api/metrics_query.hpp"

#include <algorithm>

#include "server/api/codec/instants.hpp"

namespace mashang::server {
namespace {

constexpr MetricsReport reports[] = {MetricsReport::summary, MetricsReport::stages, MetricsReport::ranking,
                                     MetricsReport::trend,   MetricsReport::map,    MetricsReport::topics};

// Who leads asks about his scope; a worker only how he stands himself.
bool may_ask(Role role, MetricsReport report) {
    switch (role) {
        case Role::leader:
        case Role::reviewer:
        case Role::community:
        case Role::street:
        case Role::district:
            return true;
        case Role::worker:
            return report == MetricsReport::ranking;
        case Role::unit:
        case Role::agent:
        case Role::administrator:
        case Role::integrator:
        case Role::resident:
        case Role::system:
            return false;
    }
    return false;
}

// An instant, or a civil day, which means its first instant.
Result<std::optional<Instant>> instant_of(const http::Request& request, const Calendar& calendar,
                                          const char* name) {
    const auto given = request.query_value(name);
    if (!given || given->empty()) return std::optional<Instant>();
    if (const auto day = parse_day(*given)) return std::optional(calendar.start_of(*day));
    std::string text(*given);
    // In a query an unescaped '+' means a blank; here it can only have been the offset's sign.
    constexpr std::size_t offset_size = 6;
    if (text.size() > offset_size && text[text.size() - offset_size] == ' ')
        text[text.size() - offset_size] = '+';
    if (const auto at = parse_instant(text)) return std::optional(*at);
    return invalid_field(std::string("/query/") + name, "error.not_an_instant");
}

Result<Period> period_of(const http::Request& request, const Calendar& calendar, Instant now) {
    const auto from = instant_of(request, calendar, "from");
    if (!from) return from.error();
    const auto to = instant_of(request, calendar, "to");
    if (!to) return to.error();
    Period period = civil_day(calendar, now);
    if (*from) period.from = **from;
    if (*to) period.to = **to;
    // One end alone: from then to the end of today, or the civil day that ends then.
    if (*to && !*from) period.from = civil_day(calendar, period.to - Millis{1}).from;
    if (period.from >= period.to || period.to - period.from > metrics_days_max) {
        const auto shown = [&](Instant t) { return format_instant(t, calendar.offset_at(t)); };
        return invalid_field("/query/to", "error.out_of_range",
                             {{"min", shown(period.from)}, {"max", shown(period.from + metrics_days_max)}});
    }
    return period;
}

// "330106009000", padded to a community's length, means the street.
std::string unpadded(std::string division) {
    constexpr std::size_t community = 12, level = 3, district = 6;
    if (division.size() != community && division.size() != community - level) return division;
    while (division.size() > district && division.ends_with("000")) division.resize(division.size() - level);
    return division;
}

std::vector<std::string> cut_to_scope(const std::string& division, const std::vector<std::string>& scope) {
    std::vector<std::string> cut;
    for (const auto& prefix : scope) {
        if (prefix.empty()) continue;
        if (division.starts_with(prefix)) {
            cut.push_back(division);
        } else if (prefix.starts_with(division)) {
            cut.push_back(prefix);
        }
    }
    // The shorter ones first, so that what lies inside another is left out.
    std::sort(cut.begin(), cut.end(),
              [](auto& a, auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
    std::vector<std::string> apart;
    for (const auto& prefix : cut)
        if (std::none_of(apart.begin(), apart.end(), [&](auto& wider) { return prefix.starts_with(wider); }))
            apart.push_back(prefix);
    return apart;
}

std::size_t level_below(const std::vector<std::string>& prefixes) {
    constexpr std::size_t street = 9, community = 12, grid = 15;
    const std::size_t size = prefixes.empty() ? 0 : prefixes.front().size();
    if (size < street) return street;
    return size < community ? community : grid;
}

}  // namespace

std::optional<MetricsReport> metrics_report(std::string_view word) {
    for (const auto report : reports)
        if (word == to_string(report)) return report;
    return std::nullopt;
}

std::string_view to_string(MetricsReport report) {
    switch (report) {
        case MetricsReport::summary:
            return "summary";
        case MetricsReport::stages:
            return "stages";
        case MetricsReport::ranking:
            return "ranking";
        case MetricsReport::trend:
            return "trend";
        case MetricsReport::map:
            return "map";
        case MetricsReport::topics:
            return "topics";
    }
    return {};
}

Result<MetricsQuery> metrics_query(MetricsReport report, const http::Request& request, const Actor& actor,
                                   const Calendar& calendar, Instant now) {
    if (!may_ask(actor.party.role, report)) return make_error(Errc::forbidden, "error.role_may_not");
    MetricsQuery query;
    query.report = report;
    auto period = period_of(request, calendar, now);
    if (!period) return period.error();
    query.period = *period;
    std::string division(request.query_value("division").value_or(""));
    if (division.find_first_not_of("0123456789") != std::string::npos || division.size() > 15)
        return invalid_field("/query/division", "error.wrong_type", {{"expected", "digits"}});
    query.prefixes = cut_to_scope(unpadded(std::move(division)), actor.scope);
    query.division_digits = level_below(query.prefixes);
    query.matter = request.query_value("matter").value_or("");
    const auto by = request.query_value("group_by").value_or("division");
    if (by == "matter") {
        query.by = Grouping::matter;
    } else if (by == "owner") {
        query.by = Grouping::owner;
    } else if (by != "division") {
        return invalid_field("/query/group_by", "error.not_one_of", {{"allowed", "division, matter, owner"}});
    }
    if (actor.party.role == Role::worker) {
        query.by = Grouping::owner;
        query.only_owner = actor.party.id;
    }
    return query;
}

std::vector<Period> periods_read(const MetricsQuery& query, const Calendar& calendar) {
    const Period own = query.period;
    Period other = own;
    switch (query.report) {
        case MetricsReport::summary:
            other = days_earlier(calendar, own, week_days);
            break;
        case MetricsReport::topics:
            other = period_before(calendar, own);
            break;
        case MetricsReport::trend:
            other.from -= trend_lookback;
            break;
        case MetricsReport::stages:
        case MetricsReport::ranking:
        case MetricsReport::map:
            break;
    }
    if (other.to < own.from) return {other, own};
    return {{std::min(own.from, other.from), std::max(own.to, other.to)}};
}

}  // namespace mashang::server
