// GET /api/v1/tasks: what is mine to do, most urgent first.
#include "server/api/answer.hpp"
#include "server/api/case_lists.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

// Mine: what I own, what I assist in; a reviewer's are those in review in his scope.
schema::CaseFilter mine(const SignedIn& who, std::size_t limit) {
    schema::CaseFilter f;
    f.limit = limit;
    if (who.actor.party.role == Role::reviewer) {
        f.scope = who.actor.scope;
        f.statuses = {Status::in_review};
    } else {
        f.party = who.actor.party.id;
        f.statuses = {Status::waiting, Status::dispatched, Status::signed_off, Status::responded};
    }
    return f;
}

bool open_part(const Case& c, PersonId me) {
    for (const auto& p : c.parts)
        if (p.unit.id == me && p.state == Part::State::open) return true;
    return false;
}

Result<TaskList> tasks_for(App& app, schema::Tx& tx, const SignedIn& who, schema::CaseFilter filter,
                           Instant now, Instant today) {
    TaskList list;
    const int district = app.district();
    const PersonId me = who.actor.party.id;
    auto tasks = tasks_of(tx, district, schema::cases_where(tx, district, filter, &list.next_cursor));
    if (!tasks) return tasks.error();
    // A part that is finished leaves its unit's list though the case goes on.
    std::erase_if(*tasks, [&](const Task& t) {
        return who.actor.party.role != Role::reviewer && t.c.owner.id != me && !open_part(t.c, me);
    });
    list.tasks = std::move(*tasks);
    const auto count = [&](std::vector<Status> statuses, bool overdue) {
        schema::CaseFilter f = filter;
        f.cursor.clear();
        f.statuses = std::move(statuses);
        if (overdue) f.overdue_at = now;
        return schema::count_cases(tx, district, f);
    };
    list.counts["open"] = count(filter.statuses, false);
    list.counts["overdue"] = count(filter.statuses, true);
    list.counts["dispatched"] = count({Status::dispatched}, false);
    list.counts["signed_off"] = count({Status::signed_off}, false);
    list.counts["responded"] = count({Status::responded}, false);
    std::int64_t parts = 0;
    for (const auto& t : list.tasks) parts += open_part(t.c, me) ? 1 : 0;
    list.counts["parts"] = parts;
    schema::CaseFilter done;
    done.owner = me;
    done.statuses = {Status::closed, Status::in_review};
    done.from = today;
    list.done_today = schema::count_cases(tx, district, done);
    return list;
}

asio::awaitable<http::Response> get_tasks(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const Role role = who->actor.party.role;
    if (role == Role::administrator || role == Role::integrator)
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto limit = page_limit(request);
    if (!limit) co_return problem(request, limit.error());
    schema::CaseFilter filter = mine(*who, *limit);
    filter.cursor = request.query_value("cursor").value_or("");
    if (!filter.cursor.empty() && !schema::valid_cursor(filter))
        co_return problem(request, invalid_field("/query/cursor", "error.cursor"));
    const Asked a = asked(app, request);
    const auto& calendar = a.data->calendars.now();
    const Instant today = calendar.start_of(calendar.day_of(a.now));
    auto list = co_await read<TaskList>(
        *app.store, [&](schema::Tx& tx) { return tasks_for(app, tx, *who, filter, a.now, today); });
    if (!list) co_return problem(request, list.error());
    co_return json(200, encode_tasks(*list, a.view(&who->actor)));
}

}  // namespace

Routes task_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::get, "/api/v1/tasks", get_tasks},
    };
    return routes;
}

}  // namespace mashang::server
