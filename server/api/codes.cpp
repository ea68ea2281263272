// Codes: the landing document, the registry, images.
#include <charconv>

#include "qr/label.hpp"
#include "schema/codec/case_json.hpp"
#include "server/api/answer.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/places.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {

CodeDocument document_of(const App& app, schema::CodeRow row) {
    CodeDocument d;
    const qr::PlaceRef ref{row.district, static_cast<std::uint64_t>(raw(row.id)), row.key_version};
    if (auto token = qr::make_place_token(app.keys.tokens, ref)) d.token = *token;
    if (auto phrase = qr::check_phrase(app.keys.tokens, ref)) d.phrase = *phrase;
    d.row = std::move(row);
    return d;
}

asio::awaitable<Result<CodeDocument>> place_behind(App& app, std::string token) {
    auto place = qr::verify_place_token(app.keys.tokens, app.district(), token);
    if (!place) co_return place.error();
    const CodeId id{static_cast<std::int64_t>(place->code_id)};
    co_return co_await read<CodeDocument>(*app.store, [&app, id](schema::Tx& tx) -> Result<CodeDocument> {
        constexpr std::size_t notices_most = 5, open_most = 3;
        auto row = schema::code_by_id(tx, app.district(), id);
        if (!row) return make_error(Errc::not_found, "error.code_unknown");
        if (row->state != "active") return make_error(Errc::gone, "error.code_revoked");
        CodeDocument d = document_of(app, *row);
        d.notices = schema::notices_for(tx, app.district(), row->grid_code, notices_most);
        for (const auto& open : schema::open_cases_at(tx, app.district(), id, open_most))
            if (auto c = schema::decode_case(open.state)) d.open_cases.push_back(std::move(*c));
        return d;
    });
}

namespace {

// Who looks after the registry: offices and administrators.
bool keeps_codes(Role role) {
    return role == Role::administrator || role == Role::street || role == Role::district ||
           role == Role::community;
}

asio::awaitable<http::Response> get_code(App& app, const http::Request& request) {
    auto place = co_await place_behind(app, std::string(request.param("token")));
    if (!place) co_return problem(request, place.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_code(*place, a.view()));
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t n = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, n);
    if (parsed.ec != std::errc{} || parsed.ptr != end || n < 0) return std::nullopt;
    return n;
}

asio::awaitable<http::Response> list_codes(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    if (!keeps_codes(who->actor.party.role) && who->actor.party.role != Role::leader)
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto limit = page_limit(request);
    if (!limit) co_return problem(request, limit.error());
    const auto cursor = request.query_value("cursor");
    const auto after = cursor ? number(*cursor) : std::optional<std::int64_t>(0);
    if (!after) co_return problem(request, invalid_field("/query/cursor", "error.cursor"));
    using Rows = std::vector<schema::CodeRow>;
    auto rows = co_await read<Rows>(*app.store, [&](schema::Tx& tx) -> Result<Rows> {
        return schema::codes_after(tx, app.district(), CodeId{*after}, who->actor.scope, *limit);
    });
    if (!rows) co_return problem(request, rows.error());
    std::vector<CodeDocument> documents;
    for (auto& row : *rows) documents.push_back(document_of(app, std::move(row)));
    const bool full = documents.size() == *limit;
    const std::string next = full ? std::to_string(raw(documents.back().row.id)) : "";
    const Asked a = asked(app, request);
    co_return json(200, encode_code_list(documents, next, a.view()));
}

asio::awaitable<Result<schema::CodeRow>> code_in_scope(App& app, const Actor& actor, std::string_view id) {
    const auto n = number(id);
    if (!n) co_return make_error(Errc::not_found, "error.not_found");
    co_return co_await read<schema::CodeRow>(*app.store, [&, n](schema::Tx& tx) -> Result<schema::CodeRow> {
        auto row = schema::code_by_id(tx, app.district(), CodeId{*n});
        if (!row || !covers(actor.scope, row->grid_code))
            return make_error(Errc::not_found, "error.not_found");
        return *row;
    });
}

enum class Picture { svg, png };

asio::awaitable<http::Response> picture(App& app, const http::Request& request, Picture kind) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto row = co_await code_in_scope(app, who->actor, request.param("id"));
    if (!row) co_return problem(request, row.error());
    const CodeDocument d = document_of(app, *row);
    auto symbol = qr::draw_symbol(qr::place_url(app.config.url(), d.token));
    if (!symbol) co_return problem(request, symbol.error());
    const schema::Language language = language_of(request);
    const qr::LabelText label{schema::sentence(language, "phrase." + std::to_string(d.phrase)),
                              "No. " + d.row.serial};
    if (kind == Picture::svg) co_return http::Response::of(200, "image/svg+xml", qr::svg(*symbol, label));
    auto bytes = co_await on_pool<Result<std::string>>(app.pool, [&] { return qr::png(*symbol, label); });
    if (!bytes) co_return problem(request, bytes.error());
    co_return http::Response::of(200, "image/png", *bytes);
}

asio::awaitable<http::Response> get_svg(App& app, const http::Request& request) {
    co_return co_await picture(app, request, Picture::svg);
}

asio::awaitable<http::Response> get_png(App& app, const http::Request& request) {
    co_return co_await picture(app, request, Picture::png);
}

// The grid named, or the one the position lies in; both must be the asker's.
Result<std::string> grid_for(const DecisionData& data, const Actor& actor, const CodeBody& body) {
    const Grid* grid =
        body.grid_code.empty() ? data.territory->at(body.at) : data.territory->grid(body.grid_code);
    if (!grid)
        return invalid_field(body.grid_code.empty() ? "/place/lat" : "/place/grid_code",
                             "error.place_outside");
    const bool configures = actor.party.role == Role::administrator;
    if (!configures && !covers(actor.scope, grid->code))
        return make_error(Errc::not_found, "error.not_found");
    return grid->code;
}

asio::awaitable<http::Response> issue_code(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    if (!keeps_codes(who->actor.party.role))
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto body = decode_code(request.body);
    if (!body) co_return problem(request, body.error());
    const Asked a = asked(app, request);
    auto grid = grid_for(*a.data, who->actor, *body);
    if (!grid) co_return problem(request, grid.error());
    schema::CodeRow row;
    row.district = app.district();
    row.key_version = app.keys.tokens.current_version();
    row.state = "active";
    row.kind = body->kind;
    row.name = body->name;
    row.address = body->address;
    row.grid_code = *grid;
    row.lat = body->at.lat;
    row.lon = body->at.lon;
    row.issued_at = a.now;
    auto kept =
        co_await write<schema::CodeRow>(*app.store, [&row](schema::Tx& tx) -> Result<schema::CodeRow> {
            schema::CodeRow fresh = row;
            fresh.id = schema::next_code_id(tx, fresh.district);
            char serial[40];
            std::snprintf(serial, sizeof serial, "%06d-%04lld", fresh.district,
                          static_cast<long long>(raw(fresh.id)));
            fresh.serial = serial;
            schema::insert_code(tx, fresh);
            return fresh;
        });
    if (!kept) co_return problem(request, kept.error());
    co_return json(201, encode_code_item(document_of(app, *kept), a.view()));
}

asio::awaitable<http::Response> revoke_code(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    if (!keeps_codes(who->actor.party.role))
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto reason = decode_reason(request.body);
    if (!reason) co_return problem(request, reason.error());
    auto row = co_await code_in_scope(app, who->actor, request.param("id"));
    if (!row) co_return problem(request, row.error());
    const Asked a = asked(app, request);
    auto done = co_await write<schema::CodeRow>(*app.store, [&](schema::Tx& tx) -> Result<schema::CodeRow> {
        schema::revoke_code(tx, app.district(), row->id, a.now, *reason);
        return *schema::code_by_id(tx, app.district(), row->id);
    });
    if (!done) co_return problem(request, done.error());
    co_return json(200, encode_code_item(document_of(app, *done), a.view()));
}

}  // namespace

Routes code_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/api/v1/codes/{token}", get_code},
        {http::Method::get, "/api/v1/codes", list_codes},
        {http::Method::get, "/api/v1/codes/{id}.svg", get_svg},
        {http::Method::get, "/api/v1/codes/{id}.png", get_png},
        {http::Method::post, "/api/v1/codes", issue_code, small_body},
        {http::Method::post, "/api/v1/codes/{id}/revoke", revoke_code, small_body},
    };
    return routes;
}

}  // namespace mashang::server
