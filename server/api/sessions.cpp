// Logging in and out, and what I wish for myself.
#include "server/api/answer.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

http::Response session_document(App& app, const http::Request& request, const SignedIn& who) {
    const Asked a = asked(app, request);
    auto response =
        json(200, encode_session(who, app.config.tile_url, app.config.tile_attribution, a.view(&who.actor)));
    response.compressible = false;  // it holds a secret
    return response;
}

std::string cookie(const App& app, const std::string& value, std::int64_t age_s) {
    std::string text = std::string(Accounts::cookie_name) + "=" + value +
                       "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(age_s);
    if (app.config.url().substr(0, 8) == "https://") text += "; Secure";
    return text;
}

asio::awaitable<http::Response> post_session(App& app, const http::Request& request) {
    auto body = decode_login(request.body);
    if (!body) co_return problem(request, body.error());
    auto who = co_await app.accounts.log_in(app, body->login, body->password, request.remote_address);
    if (!who) co_return problem(request, who.error());
    auto response = session_document(app, request, *who);
    response.add("Set-Cookie", cookie(app, who->token, std::chrono::seconds(Accounts::session_life).count()));
    co_return response;
}

asio::awaitable<http::Response> get_session(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    co_return session_document(app, request, *who);
}

asio::awaitable<http::Response> delete_session(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto done = co_await app.accounts.log_out(app, *who);
    if (!done) co_return problem(request, done.error());
    http::Response response;
    response.status = 204;
    response.add("Set-Cookie", cookie(app, "", 0));
    co_return response;
}

// What I wish of my messages (T29): hours of quiet, and how many an hour.
asio::awaitable<http::Response> get_settings(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const auto data = app.data();
    const Person* me = data->roster->find(who->actor.party.id);
    if (!me) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    co_return json(200, encode_settings(*me));
}

asio::awaitable<http::Response> post_settings(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto body = decode_settings(request.body);
    if (!body) co_return problem(request, body.error());
    auto kept = co_await write<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
        auto account = schema::account_by_id(tx, app.district(), who->actor.party.id);
        if (!account) return make_error(Errc::not_found, "error.not_found");
        account->quiet_from = body->quiet.from;
        account->quiet_to = body->quiet.to;
        account->messages_an_hour = body->messages_an_hour;
        schema::update_account(tx, *account);
        return true;
    });
    if (!kept) co_return problem(request, kept.error());
    auto swapped = co_await on_pool<Result<void>>(app.pool, [&] { return app.reload_data(); });
    if (!swapped) co_return problem(request, swapped.error());
    co_return co_await get_settings(app, request);
}

}  // namespace

Routes session_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::post, "/api/v1/session", post_session, small_body},
        {http::Method::get, "/api/v1/session", get_session},
        {http::Method::del, "/api/v1/session", delete_session},
        {http::Method::get, "/api/v1/settings", get_settings},
        {http::Method::post, "/api/v1/settings", post_settings, small_body},
    };
    return routes;
}

}  // namespace mashang::server
