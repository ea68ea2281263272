#include "server/api/codec/encode_metrics.hpp"

#include "server/api/codec/fragments.hpp"
#include "server/api/codec/instants.hpp"

namespace mashang::server {
namespace {

using schema::sentence;
using Row = std::vector<Cell>;

template <class... F>
struct Each : F... {
    using F::operator()...;
};
template <class... F>
Each(F...) -> Each<F...>;

// ---- what JSON and sheets share ------------------------------------------------------------------------

struct NamedShare {
    const char* name;
    Share Figures::*share;
    std::optional<int> target_permille;
};
constexpr NamedShare shares[] = {
    {"dispatched_within_1s", &Figures::dispatched_within_1s, {}},
    {"sign_off", &Figures::sign_off, default_targets.sign_off_permille},
    {"response", &Figures::response, default_targets.response_permille},
    {"closed", &Figures::closed, {}},
    {"closed_on_time", &Figures::closed_on_time, default_targets.closed_on_time_permille},
    {"satisfaction", &Figures::satisfaction, default_targets.satisfaction_permille},
    {"participation", &Figures::participation, {}},
    {"redo", &Figures::redo, {}}};

struct NamedCount {
    const char* name;
    std::int64_t Excluded::*count;
};
constexpr NamedCount exclusions[] = {{"withdrawn", &Excluded::withdrawn},
                                     {"rejected", &Excluded::rejected},
                                     {"merged", &Excluded::merged},
                                     {"not_yet_due", &Excluded::not_yet_due}};

struct NamedQuantiles {
    const char* name;
    Quantiles StageFigures::*quantiles;
};
constexpr NamedQuantiles durations_shown[] = {{"gross_ms", &StageFigures::gross},
                                              {"paused_ms", &StageFigures::paused},
                                              {"net_ms", &StageFigures::net},
                                              {"gross_working_ms", &StageFigures::gross_working},
                                              {"paused_working_ms", &StageFigures::paused_working},
                                              {"net_working_ms", &StageFigures::net_working}};

std::string division_name(const std::string& code, const View& view) {
    const Territory& map = *view.data.territory;
    if (const Division* d = map.division(code)) return d->name;
    if (const Grid* g = map.grid(code)) return g->name;
    return code;
}

std::string group_name(const GroupFigures& g, Grouping by, const View& view) {
    switch (by) {
        case Grouping::division:
            return division_name(g.key, view);
        case Grouping::matter:
            return matter_name(g.key, view);
        case Grouping::owner:
            return g.owner.name;
    }
    return g.key;
}

// ---- JSON ----------------------------------------------------------------------------------------------

Json json_of(const std::optional<double>& rate) {
    return rate ? Json(*rate) : Json(nullptr);
}

Json json_of(const std::optional<Millis>& length) {
    return length ? Json(length->count()) : Json(nullptr);
}

Json json_of(Share share) {
    return Json{{"n", share.n}, {"of", share.of}, {"rate", json_of(share.rate())}};
}

Json with_interval(Share share) {
    Json json = json_of(share);
    const auto interval = wilson_95(share);
    json["low"] = interval ? Json(interval->low) : Json(nullptr);
    json["high"] = interval ? Json(interval->high) : Json(nullptr);
    return json;
}

Json json_of(const Quantiles& q) {
    return Json{{"p50", json_of(q.p50)}, {"p90", json_of(q.p90)}};
}

// What is of now has no value a week ago: nobody keeps yesterday's open cases.
Json json_of(const Figures& f, const Standing* now) {
    Json json{{"reports", f.reports}, {"cases", f.cases}};
    for (const auto& s : shares) json[s.name] = json_of(f.*s.share);
    json["overdue_now"] = now ? Json(now->overdue) : Json(nullptr);
    json["open_now"] = now ? Json(now->open) : Json(nullptr);
    json["waiting_now"] = now ? Json(now->waiting) : Json(nullptr);
    Json excluded = Json::object();
    for (const auto& e : exclusions) excluded[e.name] = f.excluded.*e.count;
    json["excluded"] = std::move(excluded);
    return json;
}

Json json_of(const StageFigures& s) {
    Json json{{"stage", to_string(s.stage)}, {"n", s.n},
              {"running", s.running},        {"pending", s.pending},
              {"breached", s.breached},      {"on_time", json_of(s.on_time)}};
    for (const auto& d : durations_shown) json[d.name] = json_of(s.*d.quantiles);
    json["limit_ms_p50"] = json_of(s.limit_p50);
    return json;
}

Json json_of(const GroupFigures& g, Grouping by, const View& view) {
    Json json{{"key", g.key},
              {"name", group_name(g, by, view)},
              {"reports", g.reports},
              {"cases", g.cases},
              {"closed", g.closed.n},
              {"closed_of_due", json_of(g.closed)},
              {"on_time", with_interval(g.on_time)},
              {"satisfaction", with_interval(g.satisfaction)}};
    if (by == Grouping::owner) json["owner"] = person_json(g.owner, view);
    return json;
}

Json json_of(const DayFigures& d) {
    return Json{
        {"day", format_day(d.day)}, {"reports", d.reports}, {"closed", d.closed}, {"overdue", d.overdue}};
}

Json json_of(const GridFigures& g) {
    return Json{{"grid_code", g.grid_code},  {"open", g.now.open},   {"overdue", g.now.overdue},
                {"waiting", g.now.waiting},  {"reports", g.reports}, {"satisfied", g.satisfaction.n},
                {"rated", g.satisfaction.of}};
}

Json json_of(const TopicFigures& t, const View& view) {
    return Json{{"matter", matter_json(t.matter, view)},
                {"reports", t.reports},
                {"cases", t.cases},
                {"before", t.cases_before},
                {"change", t.cases - t.cases_before}};
}

template <class Rows, class Encode>
Json items(const Rows& rows, Encode encode) {
    Json list = Json::array();
    for (const auto& row : rows) list.push_back(encode(row));
    return list;
}

void put_summary(Json& json, const SummaryFigures& s) {
    json["figures"] = json_of(s.figures, &s.standing);
    json["last_week"] = json_of(s.last_week, nullptr);
    Json targets = Json::object();
    for (const auto& share : shares)
        if (share.target_permille) targets[share.name] = *share.target_permille / 1000.0;
    json["targets"] = std::move(targets);
}

// ---- sheets --------------------------------------------------------------------------------------------

class Layout {
  public:
    Layout(const MetricsAnswer& answer, const View& view) : answer_(answer), view_(view) {
        sheet_.title = said("title." + std::string(to_string(answer.query.report)));
    }
    Sheet made() {
        std::visit(*this, answer_.figures);
        return std::move(sheet_);
    }

    void operator()(const SummaryFigures& s) {
        head({"figure", "n", "of", "rate", "last_week_n", "last_week_of", "last_week_rate", "target"});
        const auto count = [&](const char* name, std::int64_t n, Cell last_week) {
            add({said(std::string("figure.") + name), n, {}, {}, std::move(last_week), {}, {}, {}});
        };
        count("reports", s.figures.reports, s.last_week.reports);
        count("cases", s.figures.cases, s.last_week.cases);
        for (const auto& named : shares) {
            const Share now = s.figures.*named.share, before = s.last_week.*named.share;
            Cell target;
            if (named.target_permille) target = Percent{{*named.target_permille, 1000}};
            add({said(std::string("figure.") + named.name), now.n, now.of, Percent{now}, before.n, before.of,
                 Percent{before}, std::move(target)});
        }
        count("overdue_now", s.standing.overdue, {});
        count("open_now", s.standing.open, {});
        count("waiting_now", s.standing.waiting, {});
        for (const auto& e : exclusions)
            count((std::string("excluded_") + e.name).c_str(), s.figures.excluded.*e.count,
                  s.last_week.excluded.*e.count);
    }
    void operator()(const std::vector<StageFigures>& rows) {
        head({"stage", "finished", "running", "pending", "breached", "on_time_n", "on_time_of", "on_time"});
        for (const auto& d : durations_shown)
            for (const char* p : {"p50", "p90"})
                sheet_.header.push_back(said(std::string("column.") + d.name) + " " + p);
        sheet_.header.push_back(said("column.limit_ms_p50"));
        for (const auto& s : rows) {
            Row row{word(view_, "stage", to_string(s.stage)),
                    s.n,
                    s.running,
                    s.pending,
                    s.breached,
                    s.on_time.n,
                    s.on_time.of,
                    Percent{s.on_time}};
            for (const auto& d : durations_shown) {
                row.emplace_back(Span{(s.*d.quantiles).p50});
                row.emplace_back(Span{(s.*d.quantiles).p90});
            }
            row.emplace_back(Span{s.limit_p50});
            add(std::move(row));
        }
    }
    void operator()(const std::vector<GroupFigures>& rows) {
        head({"key", "name", "reports", "cases", "closed", "on_time_n", "on_time_of", "on_time", "low",
              "high", "satisfied", "rated", "satisfaction"});
        for (const auto& g : rows) {
            const auto interval = wilson_95(g.on_time);
            const auto edge = [&](double ConfidenceInterval::*side) {
                return interval ? Cell((*interval).*side) : Cell();
            };
            add({g.key, group_name(g, answer_.query.by, view_), g.reports, g.cases, g.closed.n, g.on_time.n,
                 g.on_time.of, Percent{g.on_time}, edge(&ConfidenceInterval::low),
                 edge(&ConfidenceInterval::high), g.satisfaction.n, g.satisfaction.of,
                 Percent{g.satisfaction}});
        }
    }
    void operator()(const std::vector<DayFigures>& rows) {
        head({"day", "reports", "closed", "overdue"});
        for (const auto& d : rows) add({format_day(d.day), d.reports, d.closed, d.overdue});
    }
    void operator()(const std::vector<GridFigures>& rows) {
        head({"key", "name", "open_now", "overdue_now", "waiting_now", "reports", "satisfied", "rated",
              "satisfaction"});
        for (const auto& g : rows)
            add({g.grid_code, division_name(g.grid_code, view_), g.now.open, g.now.overdue, g.now.waiting,
                 g.reports, g.satisfaction.n, g.satisfaction.of, Percent{g.satisfaction}});
    }
    void operator()(const TopicRows& topics) {
        head({"key", "name", "reports", "cases", "before", "change"});
        for (const auto& t : topics.rows)
            add({t.matter, matter_name(t.matter, view_), t.reports, t.cases, t.cases_before,
                 t.cases - t.cases_before});
    }

  private:
    std::string said(const std::string& key) const { return sentence(view_.language, "metrics." + key); }
    void head(std::initializer_list<const char*> columns) {
        for (const char* c : columns) sheet_.header.push_back(said(std::string("column.") + c));
    }
    void add(Row row) { sheet_.rows.push_back(std::move(row)); }

    const MetricsAnswer& answer_;
    const View& view_;
    Sheet sheet_;
};

}  // namespace

MetricsAnswer measure(const MetricsQuery& query, const Measures& measures, const DecisionData& data) {
    const Calendar& calendar = data.calendars.now();
    const auto frozen = [&](const Case& c) -> const Calendar& { return data.calendar_for(c.versions); };
    MetricsAnswer answer{query, {}};
    switch (query.report) {
        case MetricsReport::summary:
            answer.figures = SummaryFigures{measures.figures(query.period),
                                            measures.figures(days_earlier(calendar, query.period, week_days)),
                                            measures.standing()};
            break;
        case MetricsReport::stages:
            answer.figures = measures.stages(query.period, frozen);
            break;
        case MetricsReport::ranking:
            answer.figures = measures.ranking(query.period, query.by, query.division_digits);
            break;
        case MetricsReport::trend:
            answer.figures = measures.trend(query.period, calendar);
            break;
        case MetricsReport::map:
            answer.figures = measures.map(query.period);
            break;
        case MetricsReport::topics: {
            const Period before = period_before(calendar, query.period);
            answer.figures = TopicRows{before, measures.topics(query.period, before)};
            break;
        }
    }
    return answer;
}

std::string encode_metrics(const MetricsAnswer& answer, const View& view) {
    Json json{{"from", instant_json(answer.query.period.from, view)},
              {"to", instant_json(answer.query.period.to, view)},
              {"as_of", instant_json(view.now, view)}};
    const Grouping by = answer.query.by;
    const auto plain = [](const auto& row) { return json_of(row); };
    std::visit(Each{[&](const SummaryFigures& s) { put_summary(json, s); },
                    [&](const std::vector<GroupFigures>& rows) {
                        json["items"] = items(rows, [&](const auto& g) { return json_of(g, by, view); });
                    },
                    [&](const TopicRows& topics) {
                        json["before"] = Json{{"from", instant_json(topics.before.from, view)},
                                              {"to", instant_json(topics.before.to, view)}};
                        json["items"] = items(topics.rows, [&](const auto& t) { return json_of(t, view); });
                    },
                    [&](const std::vector<StageFigures>& rows) { json["items"] = items(rows, plain); },
                    [&](const std::vector<DayFigures>& rows) { json["items"] = items(rows, plain); },
                    [&](const std::vector<GridFigures>& rows) { json["items"] = items(rows, plain); }},
               answer.figures);
    return json.dump();
}

Sheet metrics_sheet(const MetricsAnswer& answer, const View& view) {
    return Layout(answer, view).made();
}

}  // namespace mashang::server
