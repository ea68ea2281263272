// Personal data at rest: name and phone of a reporter, sealed with XChaCha20-Poly1305; the key never lies in
// the database or its backups.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::schema {

using SecretKey = std::array<unsigned char, 32>;

// base64url of nonce and ciphertext; `bound_to` (district/case/report) is authenticated with it, so that a
// row cannot be moved to another case unnoticed.
std::string seal_secret(const SecretKey& key, std::string_view plain, std::string_view bound_to);
Result<std::string> open_secret(const SecretKey& key, std::string_view sealed, std::string_view bound_to);

}  // namespace mashang::schema
