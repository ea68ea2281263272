// Bytes as base64url text without padding: how the schema keeps every binary value (house.md "SOCI, tried").
// Private to schema/*.cpp; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mashang::schema {

std::string to_base64url(std::span<const unsigned char> bytes);
std::optional<std::vector<unsigned char>> from_base64url(std::string_view text);

}  // namespace mashang::schema
