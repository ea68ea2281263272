// The pages: the resident's with its context inside, the staff's as built.
#include "server/api/answer.hpp"
#include "server/api/places.hpp"
#include "server/api/routes.hpp"
#include "server/api/tracking.hpp"
#include "server/passwords.hpp"

namespace mashang::server {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

http::Response resident_page(App& app, const http::Request& request, const PageContext& context) {
    const WebFile* page = app.pages.find("resident.html");
    if (!page) return problem(request, make_error(Errc::unavailable, "error.unavailable"));
    const schema::Language language = language_of(request);
    const std::string nonce = random_token(16);
    std::string html = *page->plain;
    replace_all(html, "__NONCE__", nonce);
    replace_all(html, "__LANG__", language == schema::Language::zh ? "zh-CN" : "en");
    const auto at = html.find("__CONTEXT__");
    if (at != std::string::npos)
        html.replace(at, std::string_view("__CONTEXT__").size(), encode_context(context, language));
    auto response = http::Response::of(context.status, "text/html; charset=utf-8", std::move(html));
    response.set("Cache-Control", "no-store");
    response.set(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce +
            "'; img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'");
    return response;
}

PageContext error_context(const App& app, const Error& error) {
    PageContext context;
    context.kind = "error";
    context.status = status_of(error.code);
    context.error_key = error.key;
    context.hotline = app.config.hotline;
    return context;
}

asio::awaitable<http::Response> get_place_page(App& app, const http::Request& request) {
    auto place = co_await place_behind(app, std::string(request.param("token")));
    if (!place) co_return resident_page(app, request, error_context(app, place.error()));
    PageContext context;
    context.kind = "code";
    const Asked a = asked(app, request);
    context.document = encode_code(*place, a.view(), MatterDetail::names_of_more);
    context.hotline = app.config.hotline;
    co_return resident_page(app, request, context);
}

asio::awaitable<http::Response> get_track_page(App& app, const http::Request& request) {
    auto found = co_await tracked(app, std::string(request.param("tracking")));
    if (!found) co_return resident_page(app, request, error_context(app, found.error()));
    PageContext context;
    context.kind = "track";
    const Asked a = asked(app, request);
    context.document = encode_track(found->file, found->report, a.view());
    context.hotline = app.config.hotline;
    co_return resident_page(app, request, context);
}

http::Response built(App& app, const http::Request& request, const std::string& path) {
    const WebFile* file = app.pages.find(path);
    if (!file) return problem(request, make_error(Errc::not_found, "error.not_found"));
    auto response = http::Response::of(200, file->type, "");
    const bool hashed = path.find("/assets/") != std::string::npos;
    response.set("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    response.set("Vary", "Accept-Encoding");
    const auto accepts = request.header("accept-encoding").value_or("");
    if (file->gzipped && accepts.find("gzip") != std::string_view::npos) {
        response.set("Content-Encoding", "gzip");
        response.shared_body = file->gzipped;
    } else {
        response.shared_body = file->plain;
        response.compressible = false;
    }
    return response;
}

// Element Plus and charts set styles on elements, hence 'unsafe-inline' for styles and for nothing else.
std::string staff_policy(const App& app) {
    std::string tiles;
    const auto& url = app.config.tile_url;
    if (const auto scheme = url.find("://"); scheme != std::string::npos) {
        std::string host = url.substr(0, url.find('/', scheme + 3));
        replace_all(host, "{s}", "*");
        tiles = " " + host;
    }
    return "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:" + tiles +
           "; connect-src 'self'; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";
}

asio::awaitable<http::Response> staff_page(App& app, const http::Request& request, const char* page) {
    auto response = built(app, request, std::string(page) + "/index.html");
    if (response.status == 200) response.set("Content-Security-Policy", staff_policy(app));
    co_return response;
}

asio::awaitable<http::Response> get_worker(App& app, const http::Request& request) {
    co_return co_await staff_page(app, request, "worker");
}

asio::awaitable<http::Response> get_office(App& app, const http::Request& request) {
    co_return co_await staff_page(app, request, "office");
}

asio::awaitable<http::Response> get_asset(App& app, const http::Request& request) {
    std::string path;
    for (const auto& segment : request.segments) path += (path.empty() ? "" : "/") + segment;
    co_return built(app, request, path);
}

asio::awaitable<http::Response> get_root(App&, const http::Request&) {
    http::Response response;
    response.status = 302;
    response.set("Location", "/office/");
    co_return response;
}

}  // namespace

Routes page_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/", get_root},
        {http::Method::get, "/c/{token}", get_place_page},
        {http::Method::get, "/C/{token}", get_place_page},
        {http::Method::get, "/t/{tracking}", get_track_page},
        {http::Method::get, "/worker", get_worker},
        {http::Method::get, "/worker/", get_worker},
        {http::Method::get, "/office", get_office},
        {http::Method::get, "/office/", get_office},
        {http::Method::get, "/office/review", get_office},
        {http::Method::get, "/office/team", get_office},
        {http::Method::get, "/worker/assets/{file}", get_asset},
        {http::Method::get, "/office/assets/{file}", get_asset},
        {http::Method::get, "/worker/{file}", get_asset},
        {http::Method::get, "/office/{file}", get_asset},
    };
    return routes;
}

}  // namespace mashang::server
