// What-if over the API (T40): the stored past judged again under a draft, or a version that is kept.
//
// Journals are read on the store's reading threads, judged on the pool; the writer is never asked, so that no
// report waits for a what-if. One at a time a server: it takes a thread of the pool for seconds.
#include "server/api/codec/documents.hpp"
#include "server/api/codec/encode_simulation.hpp"
#include "server/api/codec/instants.hpp"
#include "server/api/document_access.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

// What else may stand around the document in the body.
constexpr std::size_t simulation_bytes_max = document_body_bytes_max + small_body;

// Taken while it lives.
class OnlyOne {
  public:
    explicit OnlyOne(std::atomic<bool>& taken) : taken_(taken), mine_(!taken.exchange(true)) {}
    ~OnlyOne() {
        if (mine_) taken_ = false;
    }
    OnlyOne(const OnlyOne&) = delete;
    OnlyOne& operator=(const OnlyOne&) = delete;
    bool mine() const { return mine_; }

  private:
    std::atomic<bool>& taken_;
    const bool mine_;
};

// What of the loaded documents is on trial; the rest is judged by as it is in force.
Draft draft_from(const DecisionData& with_it, DocumentKind kind) {
    Draft draft;
    switch (kind) {
        case DocumentKind::rules:
            draft.rulebook = with_it.rulebooks.all.at(with_it.rulebooks.current);
            break;
        case DocumentKind::standards:
            draft.standards = with_it.standards.all.at(with_it.standards.current);
            break;
        case DocumentKind::calendar:
            draft.calendar = with_it.calendars.all.at(with_it.calendars.current);
            break;
        case DocumentKind::shifts:
            draft.roster = with_it.roster;
            break;
        case DocumentKind::catalogue:
        case DocumentKind::territory:
            break;  // have no such route: matter and place of a past report stay what they were
    }
    return draft;
}

asio::awaitable<Result<Draft>> draft_on_trial(App& app, DocumentKind kind, const SimulationBody& body,
                                              schema::Language language) {
    Candidate draft = candidate(kind, body.version.value_or(1), body.document);
    if (body.version) {
        auto found = co_await read<KeptVersion>(*app.store, [&](schema::Tx& tx) -> Result<KeptVersion> {
            return kept_version(tx, app.district(), kind, *body.version);
        });
        if (!found) co_return found.error();
        draft.body = std::move(found->row.body);
    }
    auto loaded = co_await loaded_with(app, kind, draft, language);
    if (!loaded) co_return error_within(loaded.error(), body.version ? "" : "/draft");
    co_return draft_from(**loaded, kind);
}

Result<WhatIf> what_is_asked(const SimulationBody& body, const Calendar& calendar, Instant now, Role role) {
    const auto from = parse_day_or_instant(body.from, calendar), to = parse_day_or_instant(body.to, calendar);
    if (!from) return invalid_field("/from", "error.not_an_instant");
    if (!to) return invalid_field("/to", "error.not_an_instant");
    // Administrators configure and see no case: they get the sums.
    const std::size_t samples = role == Role::administrator ? 0 : body.samples;
    return WhatIf{*from, *to, now, samples, {}};
}

asio::awaitable<Result<SimulatedHistory>> judged_anew(App& app, const DecisionData& data, const Draft& draft,
                                                      WhatIf what) {
    what.progress = [&app](std::size_t, std::size_t) { return !app.stopping(); };
    auto past = co_await read<StoredPast>(
        *app.store, [&](schema::Tx& tx) -> Result<StoredPast> { return read_past(tx, data, draft, what); });
    if (!past) co_return past.error();
    co_return co_await on_pool<Result<SimulatedHistory>>(
        app.pool, [&] { return judge_past(*past, data, draft, what); });
}

asio::awaitable<http::Response> post_simulation(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::reading);
    if (!kind) co_return problem(request, kind.error());
    const OnlyOne running(app.simulating);
    if (!running.mine()) co_return problem(request, make_error(Errc::busy, "error.simulation_running"));
    auto body =
        co_await on_pool<Result<SimulationBody>>(app.pool, [&] { return decode_simulation(request.body); });
    if (!body) co_return problem(request, body.error());
    const Asked a = asked(app, request);
    auto what = what_is_asked(*body, a.data->calendars.now(), a.now, who->actor.party.role);
    if (!what) co_return problem(request, what.error());
    auto draft = co_await draft_on_trial(app, *kind, *body, a.language);
    if (!draft) co_return problem(request, draft.error());
    auto history = co_await judged_anew(app, *a.data, *draft, *what);
    if (!history) co_return problem(request, history.error());
    co_return json(200, encode_simulation(*history, a.view()));
}

}  // namespace

Routes simulation_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::post, "/api/v1/rulesets/simulate", post_simulation, simulation_bytes_max},
        {http::Method::post, "/api/v1/standards/simulate", post_simulation, simulation_bytes_max},
        {http::Method::post, "/api/v1/calendars/simulate", post_simulation, simulation_bytes_max},
        {http::Method::post, "/api/v1/shifts/simulate", post_simulation, simulation_bytes_max},
    };
    return routes;
}

}  // namespace mashang::server
