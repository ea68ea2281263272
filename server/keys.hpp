// The installation's secrets: one file beside the database, mode 0600, never in it and never in a backup.
//
// Made once, with the store that codes are issued from; losing it means that printed codes no longer verify,
// so the operator copies it elsewhere. Errors: unavailable "error.keys_file" with the reason, "error.no_keys"
// with the path. Read at start, then constant.
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

// Reads the file. Serving never makes one: with new keys a restored store would call every printed code a
// forgery and could open nobody's name.
Result<Keys> load_keys(const std::filesystem::path& file);
// Makes it where there is none, and reads it.
Result<Keys> make_keys(const std::filesystem::path& file);

}  // namespace mashang::server
