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

// A draft that is sent again under its key is the same draft: a client that heard no answer may ask again.
struct DraftKey {
    std::string scope, key, hash;  // key "" when none was sent
};

Result<DraftKey> draft_key(const http::Request& request, const SignedIn& who, DocumentKind kind) {
    auto key = idempotency_key(request, false);
    if (!key) return key.error();
    const std::string me = "staff:" + std::to_string(raw(who.actor.party.id));
    return DraftKey{me + ":draft:" + std::string(resource(kind)), std::move(*key), body_hash(request.body)};
}

struct KeptDraft {
    std::optional<schema::DocumentRow> row;
    bool repeated = false;
};

// What was kept under the key; conflict where that was another body.
Result<KeptDraft> kept_under(schema::Tx& tx, int district, DocumentKind kind, const DraftKey& under) {
    if (under.key.empty()) return KeptDraft{};
    const auto first = schema::idempotent(tx, district, under.scope, under.key);
    if (!first) return KeptDraft{};
    if (first->body_hash != under.hash) return make_error(Errc::conflict, "error.key_reused");
    auto found = kept_version(tx, district, kind, first->seq);
    if (!found) return found.error();
    found->row.activated_at.reset();  // as it was answered then
    return KeptDraft{std::move(found->row), true};
}

struct DraftSent {
    DocumentKind kind = DocumentKind::rules;
    DraftBody body;
    DraftKey under;
    Author by;
};

// Kept, or found to be kept already by another request with the same key.
asio::awaitable<Result<KeptDraft>> keep_once(App& app, const DraftSent& sent, const Candidate& draft,
                                             Instant now) {
    co_return co_await write<KeptDraft>(*app.store, [&](schema::Tx& tx) -> Result<KeptDraft> {
        auto before = kept_under(tx, app.district(), sent.kind, sent.under);
        if (!before || before->repeated) return before;
        KeptDraft fresh{keep_draft(tx, app.district(), draft, sent.by, sent.body.note, now), false};
        if (!sent.under.key.empty())
            schema::insert_idempotent(tx, {app.district(), sent.under.scope, sent.under.key, sent.under.hash,
                                           CaseId{}, fresh.row->version, now});
        return fresh;
    });
}

asio::awaitable<Result<DraftSent>> draft_sent(App& app, const http::Request& request) {
    auto who = co_await app.accounts.who(app, request);
    if (!who) co_return who.error();
    auto kind = document_kind(request, *who, DocumentUse::changing);
    if (!kind) co_return kind.error();
    auto under = draft_key(request, *who, *kind);
    if (!under) co_return under.error();
    auto body = co_await on_pool<Result<DraftBody>>(app.pool, [&] { return decode_draft(request.body); });
    if (!body) co_return body.error();
    if (body->version) co_return invalid_field("", "error.not_a_document");
    DraftSent sent{*kind, std::move(*body), std::move(*under), author_of(*who)};
    co_return sent;
}

asio::awaitable<http::Response> post_draft(App& app, const http::Request& request) {
    auto sent = co_await draft_sent(app, request);
    if (!sent) co_return problem(request, sent.error());
    const DocumentKind kind = sent->kind;
    auto kept = co_await read<KeptDraft>(*app.store, [&](schema::Tx& tx) -> Result<KeptDraft> {
        return kept_under(tx, app.district(), kind, sent->under);
    });
    if (!kept) co_return problem(request, kept.error());
    const Candidate draft = candidate(kind, 1, sent->body.document);
    auto seen = co_await examined(app, kind, draft, language_of(request));
    const Asked a = asked(app, request);
    if (!kept->repeated) {
        if (!seen) co_return problem(request, error_within(seen.error(), sent->body.base));
        if (auto refused = refusal(seen->findings, kind))
            co_return problem(request, error_within(*refused, sent->body.base));
        kept = co_await keep_once(app, *sent, draft, a.now);
        if (!kept) co_return problem(request, kept.error());
    }
    const std::vector<Finding> none;
    const schema::DocumentRow& row = *kept->row;
    auto response = json(201, encode_version(row, 0, false, seen ? &seen->findings : &none, a.view()));
    response.set("Location", "/api/v1/" + std::string(resource(kind)) + "/" + std::to_string(row.version));
    if (kept->repeated) response.set("Idempotent-Replayed", "true");
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
