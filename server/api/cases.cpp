// Cases: lists, the document, the explanation, the commands.
#include "server/api/answer.hpp"
#include "server/api/case_lists.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::int64_t counted_max = 10'000;  // of a list: more need not be counted to be paged through
constexpr std::size_t command_body_bytes_max = 32 * 1024;

Error unknown() {
    return make_error(Errc::not_found, "error.not_found");
}

bool sees_cases(Role role) {
    return role != Role::administrator && role != Role::integrator;
}

Result<CaseId> id_in(schema::Tx& tx, int district, std::string_view number) {
    const auto parsed = parse_number(number);
    if (!parsed || parsed->district != district) return unknown();
    const auto row = schema::case_by_number(tx, district, parsed->day, parsed->serial);
    if (!row) return unknown();
    return row->id;
}

// Reporters' names and phones, for the encoder to mask.
void unseal_people(const App& app, CaseFile& file) {
    for (std::size_t i = 0; i < file.reports.size(); ++i)
        if (auto person = app.casebook.person_of(file.reports[i]))
            file.people[raw(file.shown_as[i])] = *person;
}

// The file, if this actor may see the case.
Result<CaseFile> file_for(App& app, schema::Tx& tx, std::string_view number, const Actor& actor) {
    auto id = id_in(tx, app.district(), number);
    if (!id) return id.error();
    auto file = load_file(tx, app.district(), *id);
    if (!file) return file.error();
    if (!may_see(file->c, actor)) return unknown();
    unseal_people(app, *file);
    return file;
}

asio::awaitable<http::Response> list_cases(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    if (!sees_cases(who->actor.party.role))
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto filter = filter_of(app, request, *who);
    if (!filter) co_return problem(request, filter.error());
    auto list = co_await read<TaskList>(*app.store, [&](schema::Tx& tx) -> Result<TaskList> {
        TaskList l;
        const auto rows = schema::cases_where(tx, app.district(), *filter, &l.next_cursor);
        auto tasks = tasks_of(tx, app.district(), rows);
        if (!tasks) return tasks.error();
        l.tasks = std::move(*tasks);
        if (filter->cursor.empty()) l.total = schema::count_cases(tx, app.district(), *filter, counted_max);
        return l;
    });
    if (!list) co_return problem(request, list.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_tasks(*list, a.view(&who->actor)));
}

asio::awaitable<http::Response> get_case(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto file = co_await read<CaseFile>(
        *app.store, [&](schema::Tx& tx) { return file_for(app, tx, request.param("number"), who->actor); });
    if (!file) co_return problem(request, file.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_case(*file, a.view(&who->actor)));
}

asio::awaitable<http::Response> get_decision(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto file = co_await read<CaseFile>(
        *app.store, [&](schema::Tx& tx) { return file_for(app, tx, request.param("number"), who->actor); });
    if (!file) co_return problem(request, file.error());
    const Asked a = asked(app, request);
    const auto policy = a.data->policy(file->c.versions, Workload{});
    auto trace = explain(file->events.front(), policy);
    if (!trace) co_return problem(request, trace.error());
    // What would have made it another is asked of the engine hundreds of times.
    auto body = co_await on_pool<std::string>(
        app.pool, [&] { return encode_decision(*file, *trace, a.view(&who->actor)); });
    co_return json(200, std::move(body));
}

asio::awaitable<http::Response> get_people(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    std::map<std::int64_t, schema::WorkloadRow> loads;
    auto file = co_await read<CaseFile>(*app.store, [&](schema::Tx& tx) -> Result<CaseFile> {
        for (const auto& row : schema::all_workloads(tx, app.district())) loads[raw(row.person)] = row;
        return file_for(app, tx, request.param("number"), who->actor);
    });
    if (!file) co_return problem(request, file.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_people(file->c, loads, a.view(&who->actor)));
}

// Somebody is named by id or by login.
std::optional<PersonId> person_named(const DecisionData& data, const std::string& text) {
    if (const auto it = data.logins.find(text); it != data.logins.end()) return it->second;
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return PersonId{std::stoll(text)};
}

Result<GiveCommand> command_from(App& app, const http::Request& request, CommandKind kind,
                                 const SignedIn& who, const DecisionData& data) {
    auto key = idempotency_key(request, false);
    if (!key) return key.error();
    auto body = decode_command(kind, request.body);
    if (!body) return body.error();
    GiveCommand give;
    give.district = app.district();
    give.command = std::move(body->command);
    give.command.actor = who.actor;
    if (!body->to.empty()) {
        give.command.to = person_named(data, body->to);
        const char* place = kind == CommandKind::add_co_handler ? "/unit" : "/to";
        if (!give.command.to) return invalid_field(place, "error.person_unknown");
    }
    give.text = std::move(body->text);
    give.advice = std::move(body->advice);
    if (body->other) give.into = {body->other->day, body->other->serial};
    const std::string me = "staff:" + std::to_string(raw(who.actor.party.id));
    give.idem_key = *key;
    give.idem_scope = me + ":" + std::string(to_string(kind)) + ":" + std::string(request.param("number"));
    give.body_hash = body_hash(request.body);
    give.uploader = me;
    return give;
}

// What a command form may be: those of the table that staff give.
std::optional<CommandKind> staff_command(std::string_view word) {
    const auto kind = parse_word<CommandKind>(word);
    if (!kind || *kind == CommandKind::rate || *kind == CommandKind::withdraw ||
        *kind == CommandKind::supplement)
        return std::nullopt;
    return kind;
}

struct Answered {
    CaseFile file;
    bool repeated = false;
};

asio::awaitable<http::Response> post_command(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const auto kind = staff_command(request.param("command"));
    if (!kind) co_return problem(request, unknown());
    const Asked a = asked(app, request);
    auto give = command_from(app, request, *kind, *who, *a.data);
    if (!give) {
        // Who may not even see the case learns nothing of what he sent.
        auto seen = co_await read<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
            auto file = file_for(app, tx, request.param("number"), who->actor);
            if (!file) return file.error();
            return true;
        });
        co_return problem(request, seen ? give.error() : seen.error());
    }
    const std::string number(request.param("number"));
    auto changes =
        co_await write<std::vector<Changed>>(*app.store, [&](schema::Tx& tx) -> Result<std::vector<Changed>> {
            auto id = id_in(tx, app.district(), number);
            if (!id) return id.error();
            return app.casebook.commands(tx, *a.data, *id, *give, a.now);
        });
    if (!changes) co_return problem(request, changes.error());
    const bool repeated = changes->front().repeated;
    if (!repeated)
        for (const auto& change : *changes) app.announce(change);
    const Case& c = changes->front().c;
    auto file = co_await read<CaseFile>(*app.store, [&](schema::Tx& tx) -> Result<CaseFile> {
        auto f = load_file(tx, app.district(), c.id, c.seq);
        if (!f) return f.error();
        unseal_people(app, *f);
        return f;
    });
    if (!file) co_return problem(request, file.error());
    auto response = json(200, encode_case(*file, a.view(&who->actor)));
    if (repeated) response.set("Idempotent-Replayed", "true");
    co_return response;
}

}  // namespace

Routes case_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/api/v1/cases", list_cases},
        {http::Method::get, "/api/v1/cases/{number}", get_case},
        {http::Method::get, "/api/v1/cases/{number}/decision", get_decision},
        {http::Method::get, "/api/v1/cases/{number}/people", get_people},
        {http::Method::post, "/api/v1/cases/{number}/{command}", post_command, command_body_bytes_max},
    };
    return routes;
}

}  // namespace mashang::server
