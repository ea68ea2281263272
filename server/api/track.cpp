// The tracking link: the truthful timeline, the rating, more to say, taking it back.
#include <algorithm>

#include "server/api/answer.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/report_media.hpp"
#include "server/api/media_access.hpp"
#include "server/api/routes.hpp"
#include "server/api/tracking.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

// Where a report that was merged or split off lives on.
struct Moved {
    CaseId to{};
    ReportId as{1};
};

Result<std::optional<Moved>> moved(schema::Tx& tx, int district, const CaseFile& file, ReportId report) {
    for (const auto& e : file.events)
        if (e.type == EventType::split_off && e.report == report && e.other)
            return std::optional(Moved{*e.other, ReportId{1}});
    if (file.c.status != Status::merged || !file.c.merged_into) return std::optional<Moved>();
    // By the record, not by the reports of now: it may have been split off again since.
    auto events = events_of(tx, district, *file.c.merged_into);
    if (!events) return events.error();
    for (const auto& e : *events)
        if (e.type == EventType::merged_from && e.other == file.c.id && e.number == raw(report) && e.report)
            return std::optional(Moved{*file.c.merged_into, *e.report});
    return make_error(Errc::not_found, "error.not_found");
}

// The link of such a report follows it: the resident keeps one link for good.
Result<Tracked> follow(schema::Tx& tx, int district, CaseId id, ReportId report) {
    constexpr int moves_max = 16;
    for (int hop = 0; hop < moves_max; ++hop) {
        auto file = load_file(tx, district, id);
        if (!file) return file.error();
        auto next = moved(tx, district, *file, report);
        if (!next) return next.error();
        if (!*next) return Tracked{std::move(*file), report};
        id = (*next)->to;
        report = (*next)->as;
    }
    return make_error(Errc::not_found, "error.not_found");
}

}  // namespace

asio::awaitable<Result<Tracked>> tracked(App& app, std::string token) {
    auto ref = qr::verify_tracking_token(app.keys.tokens, app.district(), token);
    if (!ref) co_return ref.error();
    co_return co_await read<Tracked>(*app.store, [&](schema::Tx& tx) -> Result<Tracked> {
        return follow(tx, app.district(), CaseId{ref->case_id}, ReportId{ref->report_id});
    });
}

namespace {

asio::awaitable<http::Response> get_track(App& app, const http::Request& request) {
    auto found = co_await tracked(app, std::string(request.param("tracking")));
    if (!found) co_return problem(request, found.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_track(found->file, found->report, a.view()));
}

asio::awaitable<http::Response> give(App& app, const http::Request& request, Result<CommandBody> body) {
    if (!body) co_return problem(request, body.error());
    auto key = idempotency_key(request, false);
    if (!key) co_return problem(request, key.error());
    auto found = co_await tracked(app, std::string(request.param("tracking")));
    if (!found) co_return problem(request, found.error());
    GiveCommand g;
    g.district = app.district();
    g.command = body->command;
    g.command.actor.party.role = Role::resident;
    g.command.actor.report = found->report;
    g.text = body->text;
    g.idem_key = *key;
    g.idem_scope = "track:" + std::to_string(raw(found->file.c.id)) + ":" +
                   std::to_string(raw(found->report)) + ":" + std::string(to_string(g.command.kind));
    g.body_hash = body_hash(request.body);
    const Asked a = asked(app, request);
    const CaseId id = found->file.c.id;
    auto changes = co_await write<std::vector<Changed>>(
        *app.store, [&](schema::Tx& tx) { return app.casebook.commands(tx, *a.data, id, g, a.now); });
    if (!changes) co_return problem(request, changes.error());
    if (!changes->front().repeated) app.announce(changes->front());
    co_return co_await get_track(app, request);
}

asio::awaitable<http::Response> post_rating(App& app, const http::Request& request) {
    co_return co_await give(app, request, decode_rating(request.body));
}

asio::awaitable<http::Response> post_supplement(App& app, const http::Request& request) {
    co_return co_await give(app, request, decode_supplement(request.body));
}

asio::awaitable<http::Response> post_withdrawal(App& app, const http::Request& request) {
    co_return co_await give(app, request, decode_withdrawal(request.body));
}

// Photos of the result, and the reporter's own; nobody else's.
bool shown(const Tracked& t, const std::string& media) {
    const auto names = [&](const std::vector<std::string>& ids) {
        return std::find(ids.begin(), ids.end(), media) != ids.end();
    };
    for (const auto& e : t.file.events) {
        const bool result = e.type == EventType::close_submitted || e.type == EventType::step_finished;
        if (result && names(e.media)) return true;
    }
    return names(own_media(t.file, t.report));
}

asio::awaitable<http::Response> get_track_media(App& app, const http::Request& request) {
    auto found = co_await tracked(app, std::string(request.param("tracking")));
    if (!found) co_return problem(request, found.error());
    const std::string id(request.param("id"));
    if (!shown(*found, id)) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    auto row = co_await read<schema::MediaRow>(*app.store, [&](schema::Tx& tx) -> Result<schema::MediaRow> {
        auto media = schema::media_by_id(tx, app.district(), id);
        if (!media) return make_error(Errc::not_found, "error.not_found");
        return *media;
    });
    if (!row) co_return problem(request, row.error());
    co_return co_await send_photo(app, request, row->content);
}

}  // namespace

Routes track_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/api/v1/track/{tracking}", get_track},
        {http::Method::post, "/api/v1/track/{tracking}/rating", post_rating, small_body},
        {http::Method::post, "/api/v1/track/{tracking}/supplement", post_supplement, small_body},
        {http::Method::post, "/api/v1/track/{tracking}/withdraw", post_withdrawal, small_body},
        {http::Method::get, "/api/v1/track/{tracking}/media/{id}", get_track_media},
    };
    return routes;
}

}  // namespace mashang::server
