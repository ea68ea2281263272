// Photos in and out: uploading needs a place token or a session, reading checks who may see the case.
#include "schema/codec/case_json.hpp"
#include "server/api/answer.hpp"
#include "server/api/media_access.hpp"
#include "server/api/routes.hpp"
#include "server/http/multipart.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t upload_bytes_max = 12 * 1024 * 1024 + 64 * 1024;  // the picture and its multipart frame

// "code:7" or "staff:12": only the same place or person may use the photo.
asio::awaitable<Result<std::string>> uploader_of(App& app, const http::Request& request) {
    if (const auto token = request.header("x-place-token")) {
        auto place = qr::verify_place_token(app.keys.tokens, app.district(), *token);
        if (!place) co_return place.error();
        co_return "code:" + std::to_string(place->code_id);
    }
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return who.error();
    co_return "staff:" + std::to_string(raw(who->actor.party.id));
}

Result<std::string_view> picture_in(const http::Request& request) {
    const auto type = request.header("content-type").value_or("");
    if (type.substr(0, 10) != "multipart/") return std::string_view(request.body);
    auto parts = http::parse_multipart(type, request.body, {});
    if (!parts) return parts.error();
    for (const auto& part : *parts)
        if (part.name == "file") return part.body;
    return invalid_field("/file", "error.required");
}

asio::awaitable<http::Response> post_media(App& app, const http::Request& request) {
    auto uploader = co_await uploader_of(app, request);
    if (!uploader) co_return problem(request, uploader.error());
    const auto wait = app.budgets.take("upload:" + request.remote_address, Budgets::uploads, app.time.now());
    if (wait) co_return problem(request, over_budget("error.budget", *wait));
    auto picture = picture_in(request);
    if (!picture) co_return problem(request, picture.error());
    auto photo = co_await on_pool<Result<Photo>>(app.pool, [&] { return reencode(*picture); });
    if (!photo) co_return problem(request, photo.error());
    // File and folder are on the disk before the row names them, and the row before the answer does.
    auto content = co_await on_pool<Result<std::string>>(app.pool, [&] { return app.media.put(*photo); });
    if (!content) co_return problem(request, content.error());
    schema::MediaRow row;
    row.district = app.district();
    row.id = random_token(16);
    row.content = *content;
    row.width = photo->width_px;
    row.height = photo->height_px;
    row.bytes = static_cast<std::int64_t>(photo->bytes.size());
    row.created_at = app.time.now();
    row.uploader = *uploader;
    auto kept = co_await write<bool>(*app.store, [&row](schema::Tx& tx) -> Result<bool> {
        schema::insert_media(tx, row);
        return true;
    });
    if (!kept) co_return problem(request, kept.error());
    co_return json(201, encode_media(row));
}

asio::awaitable<http::Response> get_media(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const std::string id(request.param("id"));
    auto row = co_await read<schema::MediaRow>(*app.store, [&](schema::Tx& tx) -> Result<schema::MediaRow> {
        const Error unknown = make_error(Errc::not_found, "error.not_found");
        auto found = schema::media_by_id(tx, app.district(), id);
        if (!found) return unknown;
        const bool own = found->uploader == "staff:" + std::to_string(raw(who->actor.party.id));
        if (!found->claimed_by) return own ? Result<schema::MediaRow>(*found) : unknown;
        const auto row_of_case = schema::case_by_id(tx, app.district(), *found->claimed_by);
        if (!row_of_case) return unknown;
        auto c = schema::decode_case(row_of_case->state);
        if (!c || !may_see(*c, who->actor)) return unknown;
        return *found;
    });
    if (!row) co_return problem(request, row.error());
    co_return co_await send_photo(app, request, row->content);
}

}  // namespace

asio::awaitable<http::Response> send_photo(App& app, const http::Request& request, std::string content) {
    const bool thumb = request.query_value("size").value_or("") == "thumb";
    const auto size = thumb ? MediaFiles::Size::thumb : MediaFiles::Size::full;
    auto bytes =
        co_await on_pool<Result<std::string>>(app.pool, [&] { return app.media.get(content, size); });
    if (!bytes) co_return problem(request, bytes.error());
    auto response = http::Response::of(200, "image/jpeg", std::move(*bytes));
    response.set("Cache-Control", "private, max-age=86400, immutable");
    co_return response;
}

Routes media_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::post, "/api/v1/media", post_media, upload_bytes_max},
        {http::Method::get, "/api/v1/media/{id}", get_media},
    };
    return routes;
}

}  // namespace mashang::server
