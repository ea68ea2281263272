// The installation's secrets: one file beside the database, mode 0600, never in it and never in a backup.
//
// Made once by `init` or the first start; losing it means that printed codes no longer verify, so the
// operator copies it elsewhere. Errors: unavailable "error.keys_file" with the reason. Read at start, then
// constant.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "dispatch/result.hpp"
#include "qr/token.hpp"
#include "schema/secrets.hpp"

namespace mashang::server {

struct Keys {
    qr::TokenKeys tokens;
    schema::SecretKey personal{};            // reporters' names and phones
    std::array<std::uint8_t, 32> session{};  // sessions and CSRF
};

// Reads the file, or makes it when there is none.
Result<Keys> load_keys(const std::filesystem::path& file);

}  // namespace mashang::server
