#include "server/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace mashang::server {
namespace {

constexpr char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "session.";

void need_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
}

std::string base64url(std::span<const unsigned char> bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.pop_back();  // the terminating zero that libsodium counts
    return text;
}

std::string keyed_hash(const std::array<std::uint8_t, 32>& key, std::string_view text) {
    std::array<unsigned char, 32> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), key.data(), key.size());
    return base64url(hash);
}

std::string argon2id(std::string_view password, const PasswordCost& cost) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int failed = crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.passes,
                                             cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    return failed ? std::string() : std::string(out.data());
}

}  // namespace

Passwords::Passwords(PasswordCost cost) : cost_(cost) {
    need_sodium();
    nobody_ = argon2id(random_token(), cost_);
    if (nobody_.empty()) throw std::runtime_error("the password cost is outside what Argon2id takes");
}

Result<std::string> Passwords::hash(std::string_view password) const {
    if (password.size() < bytes_min || password.size() > bytes_max)
        return make_error(Errc::invalid, "error.password_length",
                          {{"min", std::to_string(bytes_min)}, {"max", std::to_string(bytes_max)}});
    auto hashed = argon2id(password, cost_);
    if (hashed.empty()) return make_error(Errc::busy, "error.busy");
    return hashed;
}

bool Passwords::verify(const std::optional<std::string>& stored, std::string_view password) const {
    // What cannot be right is still compared, with nobody's hash: the answer takes its usual time.
    const bool possible = stored && stored->size() < crypto_pwhash_STRBYTES &&
                          stored->find('\0') == std::string::npos && password.size() <= bytes_max;
    const auto& against = possible ? *stored : nobody_;
    const bool matches =
        crypto_pwhash_str_verify(against.c_str(), password.data(), std::min(password.size(), bytes_max)) == 0;
    return possible && matches;
}

bool Passwords::needs_rehash(const std::string& stored) const {
    return stored.size() >= crypto_pwhash_STRBYTES ||
           crypto_pwhash_str_needs_rehash(stored.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

std::string random_token(std::size_t bytes) {
    need_sodium();
    std::vector<unsigned char> random(bytes);
    randombytes_buf(random.data(), random.size());
    return base64url(random);
}

SessionSecrets::SessionSecrets(std::span<const std::uint8_t, 32> key) {
    need_sodium();
    crypto_kdf_derive_from_key(row_key_.data(), row_key_.size(), 1, kdf_context, key.data());
    crypto_kdf_derive_from_key(csrf_key_.data(), csrf_key_.size(), 2, kdf_context, key.data());
}

SessionSecrets::~SessionSecrets() {
    sodium_memzero(row_key_.data(), row_key_.size());
    sodium_memzero(csrf_key_.data(), csrf_key_.size());
}

std::string SessionSecrets::stored_hash(std::string_view session_token) const {
    return keyed_hash(row_key_, session_token);
}

std::string SessionSecrets::csrf_token(std::string_view session_token) const {
    return keyed_hash(csrf_key_, session_token);
}

bool SessionSecrets::csrf_matches(std::string_view session_token, std::string_view given) const {
    const auto expected = csrf_token(session_token);
    return given.size() == expected.size() && sodium_memcmp(given.data(), expected.data(), given.size()) == 0;
}

}  // namespace mashang::server
