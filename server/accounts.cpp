#include "server/accounts.hpp"

#include "server/app.hpp"
#include "server/change_notes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t known_sessions_max = 20'000;

// A person may be gone or his post changed since he logged in: the roster of now decides.
Result<SignedIn> signed_in(const App& app, PersonId id, std::string token, std::string csrf) {
    const auto data = app.data();
    const Person* person = data->roster->find(id);
    if (!person || !person->active) return make_error(Errc::unauthenticated, "error.unauthenticated");
    SignedIn s;
    s.actor.party = person->party;
    s.actor.scope = person->scope;
    // A backup may see and take what is in the grids he stands in for.
    s.actor.scope.insert(s.actor.scope.end(), person->backup.begin(), person->backup.end());
    s.token = std::move(token);
    s.csrf = std::move(csrf);
    return s;
}

bool changes(http::Method method) {
    switch (method) {
        case http::Method::get:
        case http::Method::head:
        case http::Method::options:
            return false;
        case http::Method::post:
        case http::Method::put:
        case http::Method::patch:
        case http::Method::del:
            return true;
    }
    return true;
}

}  // namespace

asio::awaitable<Result<SignedIn>> Accounts::log_in(App& app, const std::string& login,
                                                   const std::string& password, const std::string& from) {
    const std::string bucket = "login:" + login + "@" + from;
    if (const auto wait = app.budgets.wait(bucket, Budgets::logins, app.time.now()))
        co_return over_budget("error.too_many_logins", *wait);
    using Found = std::optional<schema::AccountRow>;
    auto account = co_await read<Found>(*app.store, [&](schema::Tx& tx) -> Result<Found> {
        return schema::account_by_login(tx, app.district(), login);
    });
    if (!account) co_return account.error();
    std::optional<std::string> stored;
    if (*account && (*account)->active && !(*account)->password_hash.empty())
        stored = (*account)->password_hash;
    const bool good = co_await on_pool<bool>(app.pool, [&] { return passwords_.verify(stored, password); });
    if (!good) {
        app.budgets.take(bucket, Budgets::logins, app.time.now());
        co_return make_error(Errc::unauthenticated, "error.login_failed");
    }
    const Instant now = app.time.now();
    const std::string token = random_token();
    const schema::SessionRow row{app.district(), secrets_.stored_hash(token), (*account)->id, now,
                                 now + session_life};
    auto kept = co_await write<bool>(*app.store, [&row](schema::Tx& tx) -> Result<bool> {
        schema::insert_session(tx, row);
        return true;
    });
    if (!kept) co_return kept.error();
    auto who = signed_in(app, (*account)->id, token, secrets_.csrf_token(token));
    if (who) who->login = login;
    co_return who;
}

void Accounts::forget(const std::string& session_hash) {
    const std::lock_guard lock(mutex_);
    known_.erase(session_hash);
}

void Accounts::forget_all() {
    const std::lock_guard lock(mutex_);
    known_.clear();
}

asio::awaitable<Result<void>> Accounts::log_out(App& app, const SignedIn& who) {
    const std::string hash = secrets_.stored_hash(who.token);
    forget(hash);
    auto done = co_await write<bool>(*app.store, [&](schema::Tx& tx) -> Result<bool> {
        schema::delete_session(tx, app.district(), hash);
        note_log_out(tx, hash);
        return true;
    });
    if (!done) co_return done.error();
    co_return Result<void>{};
}

asio::awaitable<Result<Accounts::Known>> Accounts::session_of(App& app, const std::string& token) {
    const std::string hash = secrets_.stored_hash(token);
    const Instant now = app.time.now();
    {
        const std::lock_guard lock(mutex_);
        const auto it = known_.find(hash);
        if (it != known_.end() && now < it->second.expires) co_return it->second;
    }
    using Found = std::optional<schema::SessionRow>;
    auto row = co_await read<Found>(*app.store, [&](schema::Tx& tx) -> Result<Found> {
        return schema::session_by_hash(tx, app.district(), hash);
    });
    if (!row) co_return row.error();
    if (!*row || now >= (*row)->expires_at)
        co_return make_error(Errc::unauthenticated, "error.unauthenticated");
    const Known known{(*row)->person, (*row)->expires_at};
    const std::lock_guard lock(mutex_);
    if (known_.size() >= known_sessions_max) known_.clear();
    known_[hash] = known;
    co_return known;
}

asio::awaitable<Result<SignedIn>> Accounts::who(App& app, const http::Request& request) {
    std::string token;
    bool by_cookie = false;
    if (const auto header = request.header("authorization")) {
        constexpr std::string_view scheme = "Bearer ";
        if (header->substr(0, scheme.size()) == scheme) token = header->substr(scheme.size());
    }
    if (token.empty()) {
        token = std::string(request.cookie(cookie_name).value_or(""));
        by_cookie = true;
    }
    if (token.empty()) co_return make_error(Errc::unauthenticated, "error.unauthenticated");
    auto known = co_await session_of(app, token);
    if (!known) co_return known.error();
    if (by_cookie && changes(request.method) &&
        !secrets_.csrf_matches(token, request.header("x-csrf-token").value_or("")))
        co_return make_error(Errc::forbidden, "error.csrf");
    const std::string csrf = secrets_.csrf_token(token);
    co_return signed_in(app, known->person, token, csrf);
}

}  // namespace mashang::server
