// The measures of T41-T44 over what the asker may see: JSON, CSV and .xlsx of the same figures.
#include "server/api/answer.hpp"
#include "server/api/codec/encode_metrics.hpp"
#include "server/api/codec/instants.hpp"
#include "server/api/metrics_material.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

enum class Format { json, csv, xlsx };

struct File {
    std::string_view type, suffix;
};
File file_of(Format format) {
    switch (format) {
        case Format::json:
            return {"application/json", ".json"};
        case Format::csv:
            return {"text/csv; charset=utf-8", ".csv"};
        case Format::xlsx:
            return {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"};
    }
    return {};
}

Result<std::string> body_of(Material read, const MetricsQuery& query, const View& view, Format format) {
    const auto measures = measures_of(std::move(read), query, view.now);
    if (!measures) return measures.error();
    const auto answer = measure(query, *measures, view.data);
    switch (format) {
        case Format::json:
            return encode_metrics(answer, view);
        case Format::csv:
            return to_csv(metrics_sheet(answer, view));
        case Format::xlsx:
            return to_xlsx(metrics_sheet(answer, view));
    }
    return make_error(Errc::internal, "error.internal");
}

http::Response file_response(const MetricsQuery& query, const Calendar& calendar, Format format,
                             std::string body) {
    const File file = file_of(format);
    auto response = http::Response::of(200, file.type, std::move(body));
    response.set("Cache-Control", "no-store");
    if (format == Format::json) return response;
    const auto day = [&](Instant t) { return format_day(calendar.day_of(t)); };
    response.set("Content-Disposition", "attachment; filename=\"mashang-" +
                                            std::string(to_string(query.report)) + "-" +
                                            day(query.period.from) + "-" + day(query.period.to - Millis{1}) +
                                            std::string(file.suffix) + "\"");
    return response;
}

asio::awaitable<http::Response> answer_in(App& app, const http::Request& request, Format format) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const auto report = metrics_report(request.param("report"));
    if (!report) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    const auto given = asked(app, request);
    const Calendar& calendar = given.data->calendars.now();
    const auto query = metrics_query(*report, request, who->actor, calendar, given.now);
    if (!query) co_return problem(request, query.error());
    auto material = co_await read<Material>(*app.store, [&](schema::Tx& tx) {
        return read_material(tx, app.district(), *query, calendar, given.now);
    });
    if (!material) co_return problem(request, material.error());
    const View view = given.view(&who->actor);
    auto body = co_await on_pool<Result<std::string>>(
        app.pool, [&] { return body_of(std::move(*material), *query, view, format); });
    if (!body) co_return problem(request, body.error());
    co_return file_response(*query, calendar, format, std::move(*body));
}

asio::awaitable<http::Response> get_json(App& app, const http::Request& request) {
    return answer_in(app, request, Format::json);
}

asio::awaitable<http::Response> get_csv(App& app, const http::Request& request) {
    return answer_in(app, request, Format::csv);
}

asio::awaitable<http::Response> get_xlsx(App& app, const http::Request& request) {
    return answer_in(app, request, Format::xlsx);
}

}  // namespace

Routes metrics_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/api/v1/metrics/{report}", get_json},
        {http::Method::get, "/api/v1/metrics/{report}.csv", get_csv},
        {http::Method::get, "/api/v1/metrics/{report}.xlsx", get_xlsx},
    };
    return routes;
}

}  // namespace mashang::server
