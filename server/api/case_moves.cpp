// Moving open cases to the standards or the calendar in force, with a preview (T17).
//
// In pages, each a transaction of its own, so that reports get between them. What is moved stays moved: asked
// again after a failure, the rest follows.
#include "server/api/codec/documents.hpp"
#include "server/api/document_access.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t cases_a_move = 100;  // some milliseconds of the writer's
// Cases that come while this one looks are under the version in force already.
constexpr std::chrono::hours later_than_any{24};

using LoadedData = std::shared_ptr<const DecisionData>;

struct MoveAsked {
    DocumentKind kind = DocumentKind::standards;
    int version = 0;
    bool preview = true;
};

VersionMove::What moved_document(DocumentKind kind) {
    return kind == DocumentKind::calendar ? VersionMove::What::calendar : VersionMove::What::standards;
}

int version_in_force(const DecisionData& data, DocumentKind kind) {
    const Versions now = data.versions();
    return kind == DocumentKind::calendar ? now.calendar : now.standards;
}

// The documents to count by: those in force, or for a preview any version that is kept.
asio::awaitable<Result<LoadedData>> counted_by(App& app, MoveAsked move, schema::Language language) {
    LoadedData in_force = app.data();
    if (version_in_force(*in_force, move.kind) == move.version) co_return in_force;
    auto found = co_await read<KeptVersion>(*app.store, [&](schema::Tx& tx) -> Result<KeptVersion> {
        return kept_version(tx, app.district(), move.kind, move.version);
    });
    if (!found) co_return found.error();
    if (!move.preview)
        co_return make_error(Errc::refused, "error.version_not_in_force",
                             {{"active", std::to_string(found->active)}});
    const Candidate draft = candidate(move.kind, move.version, std::move(found->row.body));
    auto loaded = co_await loaded_with(app, move.kind, draft, language);
    if (!loaded && loaded.error().code == Errc::invalid) {
        Error unread = loaded.error();
        unread.code = Errc::refused;
        co_return unread;
    }
    co_return loaded;
}

asio::awaitable<Result<Extended>> one_page(App& app, const VersionMove& move, std::span<const CaseId> ids,
                                           bool preview, Instant now) {
    if (preview)
        co_return co_await read<Extended>(*app.store, [&](schema::Tx& tx) -> Result<Extended> {
            return Extended{{}, app.casebook.version_moves(tx, move, ids, now)};
        });
    co_return co_await write<Extended>(*app.store, [&](schema::Tx& tx) -> Result<Extended> {
        return app.casebook.move_to_version(tx, move, ids, now);
    });
}

// All pages. What was moved is announced at once, whatever becomes of the next page.
asio::awaitable<Result<std::vector<CaseMoves>>> all_pages(App& app, const VersionMove& move, bool preview,
                                                          Instant now) {
    using Ids = std::vector<CaseId>;
    auto ids = co_await read<Ids>(*app.store, [&](schema::Tx& tx) -> Result<Ids> {
        return schema::open_cases_accepted_before(tx, app.district(), now + later_than_any);
    });
    if (!ids) co_return ids.error();
    std::vector<CaseMoves> moves;
    for (std::size_t from = 0; from < ids->size(); from += cases_a_move) {
        const std::span<const CaseId> page =
            std::span(*ids).subspan(from, std::min(cases_a_move, ids->size() - from));
        auto done = co_await one_page(app, move, page, preview, now);
        if (!done) co_return done.error();
        for (auto& change : done->changes) app.announce(std::move(change));
        for (auto& each : done->moves) moves.push_back(std::move(each));
    }
    co_return moves;
}

asio::awaitable<Result<bool>> on_record(App& app, MoveAsked move, const Author& by, std::size_t cases,
                                        Instant now) {
    const auto audit = document_audit(app.district(), "cases_moved", move.kind, move.version, by,
                                      std::to_string(cases), now);
    co_return co_await write<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
        schema::insert_audit(tx, audit);
        return true;
    });
}

asio::awaitable<http::Response> post_case_moves(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::reading);
    if (!kind) co_return problem(request, kind.error());
    const auto version = document_version(request.param("version"));
    if (!version) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    auto preview = decode_case_move(request.body);
    if (!preview) co_return problem(request, preview.error());
    const bool may = *preview || who->actor.party.role == Role::administrator;
    if (!may) co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    const MoveAsked asked_move{*kind, *version, *preview};
    const Asked a = asked(app, request);
    auto counted = co_await counted_by(app, asked_move, a.language);
    if (!counted) co_return problem(request, counted.error());
    const VersionMove move{moved_document(*kind), *a.data, **counted, who->actor.party};
    auto moves = co_await all_pages(app, move, *preview, a.now);
    if (!moves) co_return problem(request, moves.error());
    if (!*preview && !moves->empty()) {
        const Author by = author_of(*who);
        auto kept = co_await on_record(app, asked_move, by, moves->size(), a.now);
        if (!kept) co_return problem(request, kept.error());
    }
    co_return json(200, encode_case_moves(*version, *preview, *moves, a.view()));
}

}  // namespace

Routes case_move_routes() {
    static constexpr http::Route<App> routes[] = {
        {http::Method::post, "/api/v1/standards/{version}/move-cases", post_case_moves, small_body},
        {http::Method::post, "/api/v1/calendars/{version}/move-cases", post_case_moves, small_body},
    };
    return routes;
}

}  // namespace mashang::server
