// For operators: alive, ready, figures; the API's own description; the test clock.
#include "schema/codec/case_json.hpp"
#include "server/api/answer.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/routes.hpp"
#include "server/passwords.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

asio::awaitable<http::Response> get_health(App&, const http::Request&) {
    co_return json(200, "{\"status\":\"alive\"}");
}

asio::awaitable<http::Response> get_ready(App& app, const http::Request& request) {
    const auto health = app.store->health();
    if (!app.ready() || !health.writable)
        co_return problem(request, make_error(Errc::unavailable, "error.store_failed"));
    const Millis behind = app.time.behind();
    const Asked a = asked(app, request);
    co_return json(200, encode_ready(behind >= TimeSource::behind_alarmed ? behind : Millis{0}, a.view()));
}

// Open cases past due, by the stage they are in.
Result<std::map<std::string, std::int64_t>> overdue_by_stage(App& app, schema::Tx& tx) {
    std::map<std::string, std::int64_t> counts;
    const Instant now = app.time.now();
    const std::pair<const char*, std::vector<Status>> stages[] = {
        {"sign_off", {Status::waiting, Status::dispatched}},
        {"response", {Status::signed_off}},
        {"closure", {Status::responded}},
        {"review", {Status::in_review}}};
    for (const auto& [stage, statuses] : stages) {
        schema::CaseFilter f;
        f.scope = {std::to_string(app.district())};
        f.statuses = statuses;
        f.overdue_at = now;
        counts[stage] = schema::count_cases(tx, app.district(), f);
    }
    return counts;
}

asio::awaitable<http::Response> get_metrics(App& app, const http::Request& request) {
    Gauges::Now now;
    auto read_values = co_await read<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
        now.outbox_lag = schema::outbox_lag(tx, app.district(), app.time.now());
        auto overdue = overdue_by_stage(app, tx);
        if (!overdue) return overdue.error();
        now.overdue_by_stage = std::move(*overdue);
        return true;
    });
    if (!read_values) co_return problem(request, read_values.error());
    const auto health = app.store->health();
    now.queue_jobs = health.queue_jobs;
    now.commits = health.commits;
    now.jobs = health.jobs;
    now.ready = app.ready() && health.writable;
    now.connections = app.connections();
    now.live_subscribers = app.live.subscribers();
    now.clock_skew_ms = app.time.skew_max().count();
    now.clock_behind_ms = app.time.behind().count();
    co_return http::Response::of(200, "text/plain; version=0.0.4; charset=utf-8", app.gauges.text(now));
}

asio::awaitable<http::Response> get_openapi(App&, const http::Request&) {
    co_return json(200, std::string(schema::openapi_yaml()));
}

asio::awaitable<http::Response> get_docs(App&, const http::Request&) {
    std::string html(schema::docs_page());
    const std::string nonce = random_token(16), hole = "__NONCE__";
    for (auto at = html.find(hole); at != std::string::npos; at = html.find(hole))
        html.replace(at, hole.size(), nonce);
    auto response = http::Response::of(200, "text/html; charset=utf-8", std::move(html));
    response.set("Content-Security-Policy",
                 "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce +
                     "'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'");
    co_return response;
}

asio::awaitable<http::Response> post_clock(App& app, const http::Request& request) {
    if (!app.config.test_clock)
        co_return problem(request, make_error(Errc::not_found, "error.test_clock_off"));
    auto ms = decode_advance_ms(request.body);
    if (!ms) co_return problem(request, ms.error());
    auto fired = co_await app.timers.advance(app.time.now() + Millis{*ms});
    if (!fired) co_return problem(request, fired.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_clock(a.now, *fired, a.view()));
}

}  // namespace

Routes ops_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/healthz", get_health},
        {http::Method::get, "/readyz", get_ready},
        {http::Method::get, "/metrics", get_metrics},
        {http::Method::get, "/openapi.json", get_openapi},
        {http::Method::get, "/docs", get_docs},
        {http::Method::post, "/api/v1/test/clock", post_clock, small_body},
    };
    return routes;
}

}  // namespace mashang::server
