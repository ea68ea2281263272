#include "schema/secrets.hpp"

#include <sodium.h>

#include <algorithm>

#include "schema/base64url.hpp"

namespace mashang::schema {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string seal_secret(const SecretKey& key, std::string_view plain, std::string_view bound_to) {
    std::vector<unsigned char> sealed(nonce_bytes + plain.size() + tag_bytes);
    randombytes_buf(sealed.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + nonce_bytes, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(bound_to), bound_to.size(), nullptr,
                                               sealed.data(), key.data());
    return to_base64url(sealed);
}

Result<std::string> open_secret(const SecretKey& key, std::string_view sealed, std::string_view bound_to) {
    const auto bytes = from_base64url(sealed);
    const auto refuse = [] { return make_error(Errc::internal, "error.internal", {{"what", "sealed"}}); };
    if (!bytes || bytes->size() < nonce_bytes + tag_bytes) return refuse();
    std::string plain(bytes->size() - nonce_bytes - tag_bytes, '\0');
    const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, bytes->data() + nonce_bytes,
        bytes->size() - nonce_bytes, bytes_of(bound_to), bound_to.size(), bytes->data(), key.data());
    if (wrong != 0) return refuse();
    return plain;
}

}  // namespace mashang::schema
