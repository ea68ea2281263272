// POST /api/v1/reports: what a resident sends, durably assigned before it is answered.
#include "server/api/answer.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/places.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t report_body_bytes_max = 64 * 1024;

SubmitReport submission_of(const ReportBody& body, int district, CodeId code, std::string key,
                           std::string hash) {
    SubmitReport r;
    r.district = district;
    r.code = code;
    r.matter = body.matter;
    r.text = body.text;
    r.kind = body.kind;
    r.name = body.name;
    r.phone = body.phone;
    r.anonymous = body.anonymous;
    r.position = body.position;
    r.extra = body.extra;
    r.media = body.media;
    if (body.join) r.join = {body.join->day, body.join->serial};
    r.idem_scope = "code:" + std::to_string(raw(code)) + ":reports";
    r.idem_key = std::move(key);
    r.body_hash = std::move(hash);
    return r;
}

// Those of the place's grid; whom the judgement looks at beyond them is asked for then.
schema::Foreseen foreseen_of(const SubmitReport& report, std::shared_ptr<const DecisionData> data) {
    schema::Foreseen f;
    f.district = report.district;
    f.place = report.code;
    f.scope = report.idem_scope;
    f.key = report.idem_key;
    f.people = [data = std::move(data)](const schema::CodeRow& code) {
        std::vector<PersonId> ids;
        for (const auto* person : data->roster->posted(code.grid_code, Role::worker))
            ids.push_back(person->party.id);
        return ids;
    };
    return f;
}

asio::awaitable<http::Response> post_report(App& app, const http::Request& request) {
    auto key = idempotency_key(request, true);
    if (!key) co_return problem(request, key.error());
    auto body = decode_report(request.body);
    if (!body) co_return problem(request, body.error());
    auto place = qr::verify_place_token(app.keys.tokens, app.district(), body->token);
    if (!place) co_return problem(request, place.error());
    const auto wait = app.budgets.take("report:" + request.remote_address, Budgets::reports, app.time.now());
    if (wait) co_return problem(request, over_budget("error.budget", *wait));

    const SubmitReport report =
        submission_of(*body, app.district(), CodeId{static_cast<std::int64_t>(place->code_id)}, *key,
                      body_hash(request.body));
    const Asked a = asked(app, request);
    const schema::Foreseen foreseen = foreseen_of(report, a.data);
    auto changed = co_await write<Changed>(*app.store, foreseen, [&](schema::Tx& tx) -> Result<Changed> {
        return app.casebook.submit(tx, *a.data, report, a.now);
    });
    if (!changed) co_return problem(request, changed.error());
    if (!changed->repeated)
        app.gauges.report_dispatched(std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - request.received));
    const auto tracking =
        qr::make_tracking_token(app.keys.tokens, app.district(), raw(changed->c.id), raw(changed->report));
    const std::string url = app.config.url() + "/t/" + tracking;
    auto response = json(201, encode_report_answer(*changed, tracking, url, a.view()));
    response.set("Location", url);
    if (changed->repeated) {
        response.set("Idempotent-Replayed", "true");
    } else {
        app.announce(std::move(*changed));
    }
    co_return response;
}

}  // namespace

Routes report_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::post, "/api/v1/reports", post_report, report_body_bytes_max},
    };
    return routes;
}

}  // namespace mashang::server
