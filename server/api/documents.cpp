// Versions of rule sets, standards, calendars, shifts, the catalogue and the territory: one resource, six
// kinds.
#include "server/api/codec/documents.hpp"

#include "server/api/document_access.hpp"
#include "server/api/routes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

using Data = std::shared_ptr<const DecisionData>;

// A draft read and looked at as a whole: reading on the store's threads, looking on the pool.
asio::awaitable<Result<Examined>> examined(App& app, DocumentKind kind, const Candidate& draft,
                                           schema::Language language) {
    auto data = co_await loaded_with(app, kind, draft, language);
    if (!data) co_return data.error();
    Examined e;
    e.data = std::move(*data);
    const Instant now = app.time.now();
    e.findings = co_await on_pool<std::vector<Finding>>(
        app.pool, [&] { return examine(*e.data, kind, draft.body, language, now); });
    co_return e;
}

asio::awaitable<http::Response> list_versions(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::reading);
    if (!kind) co_return problem(request, kind.error());
    auto limit = page_limit(request);
    if (!limit) co_return problem(request, limit.error());
    const auto cursor = request.query_value("cursor");
    const auto before = cursor ? document_version(*cursor) : std::optional<int>(INT32_MAX);
    if (!before) co_return problem(request, invalid_field("/query/cursor", "error.cursor"));
    const std::string word(stored_word(*kind));
    int active = 0;
    using Rows = std::vector<schema::DocumentRow>;
    auto rows = co_await read<Rows>(*app.store, [&](schema::Tx& tx) -> Result<Rows> {
        if (const auto row = schema::active_document(tx, app.district(), word)) active = row->version;
        return schema::documents_before(tx, app.district(), word, *before, *limit);
    });
    if (!rows) co_return problem(request, rows.error());
    const bool full = rows->size() == *limit && rows->back().version > 1;
    const std::string next = full ? std::to_string(rows->back().version) : "";
    const Asked a = asked(app, request);
    co_return json(200, encode_versions(*rows, active, next, a.view()));
}

asio::awaitable<http::Response> get_version(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::reading);
    if (!kind) co_return problem(request, kind.error());
    const auto version = document_version(request.param("version"));
    if (!version) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    auto found = co_await read<KeptVersion>(*app.store, [&](schema::Tx& tx) -> Result<KeptVersion> {
        return kept_version(tx, app.district(), *kind, *version);
    });
    if (!found) co_return problem(request, found.error());
    const Asked a = asked(app, request);
    co_return json(200, encode_version(found->row, found->active, true, nullptr, a.view()));
}

asio::awaitable<http::Response> post_draft(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::changing);
    if (!kind) co_return problem(request, kind.error());
    auto body = co_await on_pool<Result<DraftBody>>(app.pool, [&] { return decode_draft(request.body); });
    if (!body) co_return problem(request, body.error());
    if (body->version) co_return problem(request, invalid_field("", "error.not_a_document"));
    const Candidate draft = candidate(*kind, 1, body->document);
    auto seen = co_await examined(app, *kind, draft, language_of(request));
    if (!seen) co_return problem(request, error_within(seen.error(), body->base));
    if (auto refused = refusal(seen->findings, *kind))
        co_return problem(request, error_within(*refused, body->base));
    const Asked a = asked(app, request);
    const Author author = author_of(*who);
    auto row =
        co_await write<schema::DocumentRow>(*app.store, [&](schema::Tx& tx) -> Result<schema::DocumentRow> {
            return keep_draft(tx, app.district(), draft, author, body->note, a.now);
        });
    if (!row) co_return problem(request, row.error());
    auto response = json(201, encode_version(*row, 0, false, &seen->findings, a.view()));
    response.set("Location", "/api/v1/" + std::string(resource(*kind)) + "/" + std::to_string(row->version));
    co_return response;
}

// Answers what is wrong instead of refusing, whether the draft reads or not.
asio::awaitable<http::Response> post_check(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::reading);
    if (!kind) co_return problem(request, kind.error());
    auto body = co_await on_pool<Result<DraftBody>>(app.pool, [&] { return decode_draft(request.body); });
    if (!body) co_return problem(request, body.error());
    Candidate draft = candidate(*kind, body->version.value_or(1), body->document);
    if (body->version) {
        auto found = co_await read<KeptVersion>(*app.store, [&](schema::Tx& tx) -> Result<KeptVersion> {
            return kept_version(tx, app.district(), *kind, *body->version);
        });
        if (!found) co_return problem(request, found.error());
        draft.body = std::move(found->row.body);
    }
    auto seen = co_await examined(app, *kind, draft, language_of(request));
    std::vector<Finding> findings;
    if (seen) {
        findings = std::move(seen->findings);
    } else {
        const Error error = seen.error();
        if (error.code != Errc::invalid) co_return problem(request, error);
        for (const auto& what : error.fields)
            findings.push_back({Severity::error, *kind, "document", what, {}});
    }
    const Asked a = asked(app, request);
    co_return json(200, encode_findings(findings, a.view()));
}

// All errors of a version that may not be put in force; those of other documents by their names.
Error unsound(const std::vector<Finding>& findings, DocumentKind kind) {
    Error error = make_error(Errc::refused, "error.draft_unsound");
    for (const auto& f : findings) {
        if (f.severity != Severity::error) continue;
        FieldError what = f.what;
        if (f.document != kind) what.pointer.insert(0, std::string(resource(f.document)) + "#");
        error.fields.push_back(std::move(what));
    }
    return error;
}

// What is about to be put in force, on the documents that stand now.
struct Prepared {
    Activation activation;
    Data was;
    Examined seen;
};

asio::awaitable<Result<Prepared>> prepared(App& app, const Activation& activation,
                                           schema::Language language) {
    Prepared p{activation, app.data(), {}};
    auto found = co_await read<KeptVersion>(*app.store, [&](schema::Tx& tx) -> Result<KeptVersion> {
        return kept_version(tx, app.district(), activation.kind, activation.version);
    });
    if (!found) co_return found.error();
    if (activation.seen && *activation.seen != found->active)
        co_return make_error(Errc::conflict, "error.revision_document",
                             {{"revision", std::to_string(found->active)}});
    const Candidate draft = candidate(activation.kind, activation.version, found->row.body);
    auto seen = co_await examined(app, activation.kind, draft, language);
    if (!seen) {
        Error unread = seen.error();
        if (unread.code == Errc::invalid) unread.code = Errc::refused;
        co_return unread;
    }
    p.seen = std::move(*seen);
    co_return p;
}

// The answer to "what would it do": nothing is written.
asio::awaitable<http::Response> previewed(App& app, const http::Request& request, const Prepared& p) {
    const Asked a = asked(app, request);
    using Moves = std::vector<CaseMoves>;
    int before = 0;
    auto moves = co_await read<Moves>(*app.store, [&](schema::Tx& tx) -> Result<Moves> {
        auto found = kept_version(tx, app.district(), p.activation.kind, p.activation.version);
        if (!found) return found.error();
        before = found->active;
        if (p.activation.kind != DocumentKind::calendar) return Moves{};
        return app.casebook.calendar_moves(tx, *p.was, *p.seen.data, a.now);
    });
    if (!moves) co_return problem(request, moves.error());
    const ActivationShown shown{p.activation.version, before, true, p.seen.findings, *moves};
    co_return json(200, encode_activation(shown, a.view()));
}

// The snapshot is swapped after the commit; what was decided in between by the old one is extended too.
asio::awaitable<Result<Activated>> put_in_force(App& app, const Prepared& p, Instant now) {
    auto done = co_await write<Activated>(*app.store, [&](schema::Tx& tx) -> Result<Activated> {
        return activate(tx, app.casebook, *p.was, *p.seen.data, p.activation, now);
    });
    if (!done) co_return done;
    auto swapped = co_await on_pool<Result<void>>(app.pool, [&] { return app.reload_data(); });
    if (!swapped) co_return swapped.error();
    if (p.activation.kind == DocumentKind::calendar) {
        auto late = co_await write<Extended>(*app.store, [&](schema::Tx& tx) -> Result<Extended> {
            return app.casebook.extend_calendars(tx, *p.was, *p.seen.data, now);
        });
        if (late) done->extended.add(std::move(*late));
    }
    for (const auto& change : done->extended.changes) app.announce(change);
    co_return done;
}

asio::awaitable<http::Response> post_activate(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    auto kind = document_kind(request, *who, DocumentUse::changing);
    if (!kind) co_return problem(request, kind.error());
    const auto version = document_version(request.param("version"));
    if (!version) co_return problem(request, make_error(Errc::not_found, "error.not_found"));
    auto body = decode_activation(request.body);
    if (!body) co_return problem(request, body.error());
    const Activation activation{*kind, *version, body->seen, author_of(*who)};
    auto p = co_await prepared(app, activation, language_of(request));
    if (!p) co_return problem(request, p.error());
    if (body->dry_run) co_return co_await previewed(app, request, *p);
    if (refuses(p->seen.findings)) co_return problem(request, unsound(p->seen.findings, *kind));
    auto done = co_await put_in_force(app, *p, app.time.now());
    if (!done) co_return problem(request, done.error());
    const Asked a = asked(app, request);
    const ActivationShown shown{*version, done->before, false, p->seen.findings, done->extended.moves};
    co_return json(200, encode_activation(shown, a.view()));
}

asio::awaitable<http::Response> list_audit(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return problem(request, who.error());
    const Role role = who->actor.party.role;
    if (role != Role::administrator && role != Role::district)
        co_return problem(request, make_error(Errc::forbidden, "error.role_may_not"));
    auto limit = page_limit(request);
    if (!limit) co_return problem(request, limit.error());
    const auto cursor = request.query_value("cursor");
    const auto before = cursor ? document_version(*cursor) : std::optional<int>(INT32_MAX);
    if (!before) co_return problem(request, invalid_field("/query/cursor", "error.cursor"));
    using Rows = std::vector<schema::AuditRow>;
    auto rows = co_await read<Rows>(*app.store, [&](schema::Tx& tx) -> Result<Rows> {
        return schema::audit_before(tx, app.district(), *before, *limit);
    });
    if (!rows) co_return problem(request, rows.error());
    const std::string next = rows->size() == *limit ? std::to_string(rows->back().id) : "";
    const Asked a = asked(app, request);
    co_return json(200, encode_audit(*rows, next, a.view()));
}

constexpr auto big = document_body_bytes_max;

constexpr http::Route<App> routes[] = {
    {http::Method::get, "/api/v1/rulesets", list_versions},
    {http::Method::post, "/api/v1/rulesets", post_draft, big},
    {http::Method::post, "/api/v1/rulesets/check", post_check, big},
    {http::Method::get, "/api/v1/rulesets/{version}", get_version},
    {http::Method::post, "/api/v1/rulesets/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/standards", list_versions},
    {http::Method::post, "/api/v1/standards", post_draft, big},
    {http::Method::post, "/api/v1/standards/check", post_check, big},
    {http::Method::get, "/api/v1/standards/{version}", get_version},
    {http::Method::post, "/api/v1/standards/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/calendars", list_versions},
    {http::Method::post, "/api/v1/calendars", post_draft, big},
    {http::Method::post, "/api/v1/calendars/check", post_check, big},
    {http::Method::get, "/api/v1/calendars/{version}", get_version},
    {http::Method::post, "/api/v1/calendars/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/shifts", list_versions},
    {http::Method::post, "/api/v1/shifts", post_draft, big},
    {http::Method::post, "/api/v1/shifts/check", post_check, big},
    {http::Method::get, "/api/v1/shifts/{version}", get_version},
    {http::Method::post, "/api/v1/shifts/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/catalogue", list_versions},
    {http::Method::post, "/api/v1/catalogue", post_draft, big},
    {http::Method::post, "/api/v1/catalogue/check", post_check, big},
    {http::Method::get, "/api/v1/catalogue/{version}", get_version},
    {http::Method::post, "/api/v1/catalogue/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/territories", list_versions},
    {http::Method::post, "/api/v1/territories", post_draft, big},
    {http::Method::post, "/api/v1/territories/check", post_check, big},
    {http::Method::get, "/api/v1/territories/{version}", get_version},
    {http::Method::post, "/api/v1/territories/{version}/activate", post_activate, small_body},
    {http::Method::get, "/api/v1/audit", list_audit},
};

}  // namespace

Routes document_routes() {
    return routes;
}

}  // namespace mashang::server
