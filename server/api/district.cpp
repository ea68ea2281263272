// What pages need of the district itself: the map, the matters, the live stream, one's messages.
#include "server/api/answer.hpp"
#include "server/api/codec/map.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

Error unknown_level() {
    return invalid_field("/query/level", "error.not_one_of", {{"allowed", "street, community, grid"}});
}

asio::awaitable<http::Response> get_territory(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const auto data = app.data();
    const std::string level(request.query_value("level").value_or("grid"));
    const auto kind = map_level(level);
    if (!kind) co_return problem(request, unknown_level());
    auto response = json(200, encode_map(*data->territory, who->actor.scope, *kind));
    response.set("Content-Type", "application/geo+json");
    co_return response;
}

asio::awaitable<http::Response> get_matters(App& app, const http::Request& request) {
    const Asked a = asked(app, request);
    co_return json(200, encode_matters(a.view()));
}

asio::awaitable<http::Response> get_live(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    http::Response response;
    response.set("Content-Type", "text/event-stream");
    response.set("Cache-Control", "no-store");
    response.stream = app.live.subscribe(who->actor, request.header("last-event-id").value_or(""));
    co_return response;
}

// The newest that came alone and, between them, the bundles (T29).
std::vector<Message> messages_of(schema::Tx& tx, int district, PersonId person, Instant now) {
    constexpr std::size_t most = 100;
    std::vector<Message> messages;
    for (auto& row : schema::outbox_for(tx, district, person, now, most)) {
        Message m;
        m.row = std::move(row);
        messages.push_back(std::move(m));
    }
    const Instant oldest = messages.size() == most ? messages.back().row.at : Instant{};
    for (const auto& bundle : schema::bundles_for(tx, district, person, oldest, now, most)) {
        Message m;
        m.row.id = bundle.id;
        m.row.at = bundle.at;
        m.row.case_id = bundle.case_id;
        m.row.what = "told.more";
        m.row.args = "{}";
        m.count = bundle.messages;
        messages.push_back(std::move(m));
    }
    std::sort(messages.begin(), messages.end(),
              [](const Message& a, const Message& b) { return a.row.id > b.row.id; });
    if (messages.size() > most) messages.resize(most);
    return messages;
}

asio::awaitable<http::Response> get_messages(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    using List = std::vector<Message>;
    const Instant now = app.time.now();
    auto list = co_await read<List>(*app.store, [&](schema::Tx& tx) -> Result<List> {
        List messages = messages_of(tx, app.district(), who->actor.party.id, now);
        for (auto& m : messages) {
            const auto c = schema::case_by_id(tx, app.district(), m.row.case_id);
            if (!c) continue;
            m.day = c->day;
            m.serial = c->serial;
        }
        return messages;
    });
    if (!list) co_return problem(request, list.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_messages(*list, a.view(&who->actor)));
}

// What the page has shown is delivered: the newest id it has seen.
asio::awaitable<http::Response> post_seen(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const std::string id(request.param("id"));
    if (id.empty() || id.size() > 18 || id.find_first_not_of("0123456789") != std::string::npos)
        co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    const std::int64_t up_to = std::stoll(id);
    const Instant now = app.time.now();
    auto done = co_await write<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
        schema::mark_outbox_seen(tx, app.district(), who->actor.party.id, up_to, now);
        return true;
    });
    if (!done) co_return problem(request, done.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

constexpr http::Route<App> district_table[] = {
    {http::Method::get, "/api/v1/territory", get_territory},
    {http::Method::get, "/api/v1/matters", get_matters},
    {http::Method::get, "/api/v1/messages", get_messages},
    {http::Method::post, "/api/v1/messages/{id}/seen", post_seen, small_body},
};

constexpr http::Route<App> live_table[] = {
    {http::Method::get, "/api/v1/live", get_live},
};

}  // namespace

Routes district_routes() {
    return district_table;
}
Routes live_routes() {
    return live_table;
}

}  // namespace mashang::server
