// Secrets of people who log in: password hashes, session tokens, CSRF tokens.
//
// Hides Argon2id, BLAKE2b and the random generator (libsodium). Called by the accounts API and the demo.
// Const and safe from any thread; hash() and verify() take `memory_bytes` and some ten to hundred
// milliseconds each on purpose, so only on the worker pool, whose size bounds the memory. No clock: how long
// a session lives is the caller's. Errors: Errc::invalid "error.password_length", Errc::busy "error.busy"
// when there is no memory for a hash now.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::server {

// Argon2id with one lane. 19 MiB and two passes is the least that OWASP's Password Storage Cheat Sheet lists;
// the default is libsodium's "interactive". Tests and the demo take less, see `fast`.
struct PasswordCost {
    unsigned long long passes = 2;
    std::size_t memory_bytes = 64 * 1024 * 1024;

    static constexpr PasswordCost fast() { return {1, 8 * 1024}; }  // for tests: worthless as protection
};

class Passwords {
  public:
    static constexpr std::size_t bytes_min = 8;
    static constexpr std::size_t bytes_max = 256;

    // Makes one hash at once, for the comparison with nobody.
    explicit Passwords(PasswordCost cost = {});

    // "$argon2id$v=19$m=…", salt within, at most 127 characters. Refuses under 8 and over 256 bytes.
    Result<std::string> hash(std::string_view password) const;

    // `stored` is absent for an unknown login: that takes as long as a wrong password, so that the time does
    // not tell which logins exist. A stored text that is no Argon2 hash never matches.
    bool verify(const std::optional<std::string>& stored, std::string_view password) const;

    // The hash was made with another cost: after a good login the caller stores a new one.
    bool needs_rehash(const std::string& stored) const;

  private:
    PasswordCost cost_;
    std::string nobody_;
};

// `bytes` from the system's generator as base64url without padding; 32 for a session.
std::string random_token(std::size_t bytes = 32);

// What the store keeps of a session, and what a page must send back on changes. Both follow from the
// session's token by keyed BLAKE2b with a subkey each: a stolen database opens no session, and a CSRF token
// tells nothing of its session.
class SessionSecrets {
  public:
    explicit SessionSecrets(std::span<const std::uint8_t, 32> key);
    SessionSecrets(const SessionSecrets&) = default;
    SessionSecrets& operator=(const SessionSecrets&) = default;
    ~SessionSecrets();  // wipes the subkeys

    std::string stored_hash(std::string_view session_token) const;  // 43 characters, the row's key
    std::string csrf_token(std::string_view session_token) const;   // 43 characters
    bool csrf_matches(std::string_view session_token, std::string_view given) const;  // constant time

  private:
    std::array<std::uint8_t, 32> row_key_{};
    std::array<std::uint8_t, 32> csrf_key_{};
};

}  // namespace mashang::server
