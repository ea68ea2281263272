// Passwords and session secrets. The expected keyed hashes were computed with Python's hashlib.blake2b:
// subkey(i) = blake2b("", 32, key, salt = i little endian, person = "session."), hash = blake2b(token, 32,
// subkey).
#include "server/passwords.hpp"

#include <numeric>
#include <set>

#include "tests/media/pictures.hpp"

namespace mashang::server {
namespace {

std::array<std::uint8_t, 32> counting_key(int first = 0) {
    std::array<std::uint8_t, 32> key{};
    std::iota(key.begin(), key.end(), static_cast<std::uint8_t>(first));
    return key;
}

TEST_CASE("a password opens its own hash and no other does") {
    const Passwords passwords(PasswordCost::fast());
    const auto stored = passwords.hash("correct horse 西湖").value();
    CHECK(stored.starts_with("$argon2id$v=19$"));
    CHECK(passwords.verify(stored, "correct horse 西湖"));
    for (const std::string wrong : {"", "correct horse", "Correct horse 西湖", "correct horse 西湖 "})
        CHECK_FALSE(passwords.verify(stored, wrong));
    CHECK(passwords.hash("correct horse 西湖").value() != stored);  // salted
}

TEST_CASE("a hash made elsewhere is understood") {
    // Made by the argon2 program of the reference implementation's test suite: argon2id, v19, t=2, m=2^16,
    // p=1, password "password", salt "somesalt".
    const std::string stored =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    const Passwords passwords(PasswordCost::fast());
    CHECK(passwords.verify(stored, "password"));
    CHECK_FALSE(passwords.verify(stored, "passwore"));
}

TEST_CASE("an unknown login and a broken hash open to nothing") {
    const Passwords passwords(PasswordCost::fast());
    CHECK_FALSE(passwords.verify(std::nullopt, "password"));
    CHECK_FALSE(passwords.verify(std::nullopt, ""));
    CHECK_FALSE(passwords.verify(std::string(), "password"));
    CHECK_FALSE(passwords.verify("password", "password"));
    CHECK_FALSE(passwords.verify(std::string(500, '$'), "password"));
    auto cut = passwords.hash("password").value();
    cut.pop_back();
    CHECK_FALSE(passwords.verify(cut, "password"));
    CHECK_FALSE(passwords.verify(std::string("$argon2id\0$", 11), "password"));
}

TEST_CASE("a password has between 8 and 256 bytes") {
    const Passwords passwords(PasswordCost::fast());
    const auto refused = make_error(Errc::invalid, "error.password_length", {{"min", "8"}, {"max", "256"}});
    CHECK(passwords.hash(std::string(7, 'x')).error() == refused);
    CHECK(passwords.hash(std::string(257, 'x')).error() == refused);
    CHECK(passwords.hash(std::string(8, 'x')).has_value());
    const auto longest = passwords.hash(std::string(256, 'x')).value();
    CHECK(passwords.verify(longest, std::string(256, 'x')));
    CHECK_FALSE(passwords.verify(longest, std::string(257, 'x')));  // not cut to what fits
}

TEST_CASE("a dearer cost asks for a new hash after login, the same cost does not") {
    const Passwords cheap(PasswordCost::fast());
    const Passwords dearer({2, 16 * 1024});
    const auto stored = cheap.hash("password").value();
    CHECK_FALSE(cheap.needs_rehash(stored));
    CHECK(dearer.needs_rehash(stored));
    CHECK(dearer.verify(stored, "password"));
    CHECK(cheap.needs_rehash("nonsense"));
    CHECK(dearer.hash("password").value().find("$m=16,t=2,p=1$") != std::string::npos);
}

TEST_CASE("a cost that Argon2id does not take is refused at start") {
    CHECK_THROWS(Passwords({0, 8 * 1024}));
    CHECK_THROWS(Passwords({1, 1}));
}

TEST_CASE("random tokens are base64url of the size that was asked for, and never the same") {
    CHECK(random_token(32).size() == 43u);
    CHECK(random_token(16).size() == 22u);
    CHECK(random_token(0).empty());
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto token = random_token(16);
        CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
              std::string::npos);
        seen.insert(token);
    }
    CHECK(seen.size() == 1000u);
}

TEST_CASE("session hash and CSRF token are what another program computes from the same key") {
    const auto key = counting_key();
    const SessionSecrets secrets(key);
    CHECK(secrets.stored_hash("a-session-token") == "w8Sa_nMQZW0MOB4X15oeKWvma6FR6nORc_BM5ln9kEU");
    CHECK(secrets.csrf_token("a-session-token") == "LXrSoPy5ZMnufDjWWHGRp0A3WIVoCLiBVEJPuS1AHXg");
}

TEST_CASE("a CSRF token fits its own session only") {
    const auto key = counting_key();
    const auto other_key = counting_key(1);
    const SessionSecrets secrets(key);
    const auto csrf = secrets.csrf_token("mine");
    CHECK(secrets.csrf_matches("mine", csrf));
    CHECK_FALSE(secrets.csrf_matches("yours", csrf));
    CHECK_FALSE(secrets.csrf_matches("mine", ""));
    CHECK_FALSE(secrets.csrf_matches("mine", csrf + "A"));
    CHECK_FALSE(secrets.csrf_matches("mine", secrets.stored_hash("mine")));
    CHECK_FALSE(SessionSecrets(other_key).csrf_matches("mine", csrf));
}

}  // namespace
}  // namespace mashang::server
