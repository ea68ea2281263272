// Who is asking: logins, sessions, CSRF, and the actor that a decision sees.
//
// Hides cookies, hashes and the session table. A password is checked on the worker pool; a session found once
// is remembered for a while, so that the store is not asked for every request. Any io thread. Errors:
// unauthenticated, forbidden "error.csrf", busy "error.too_many_logins".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <mutex>
#include <string>
#include <unordered_map>

#include "dispatch/case.hpp"
#include "server/http/request.hpp"
#include "server/passwords.hpp"

namespace mashang::server {

class App;

struct SignedIn {
    Actor actor;
    std::string login;
    std::string token;
    std::string csrf;
};

class Accounts {
  public:
    static constexpr std::chrono::hours session_life{12};
    static constexpr std::string_view cookie_name = "mashang_session";

    explicit Accounts(const std::array<std::uint8_t, 32>& key) : secrets_(key) {}

    boost::asio::awaitable<Result<SignedIn>> log_in(App& app, const std::string& login,
                                                    const std::string& password, const std::string& from);
    boost::asio::awaitable<Result<void>> log_out(App& app, const SignedIn& who);

    // From the session cookie or a bearer token; requests that change something must bring the CSRF token
    // when they come by cookie.
    boost::asio::awaitable<Result<SignedIn>> who(App& app, const http::Request& request);

    // Remembered no longer: somebody logged out on another server, or may have.
    void forget(const std::string& session_hash);
    void forget_all();

    const Passwords& passwords() const { return passwords_; }

  private:
    struct Known {
        PersonId person{};
        Instant expires{};
    };
    boost::asio::awaitable<Result<Known>> session_of(App& app, const std::string& token);

    SessionSecrets secrets_;
    Passwords passwords_;
    std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;  // by stored hash
};

}  // namespace mashang::server
