// The request target taken apart: origin form, absolute form and "*" (RFC 9112, 3.2).
//
// Pure functions, internal to server/http. Written by hand and not with a URI library because browsers send
// query characters ("|", "{", "^") that RFC 3986 forbids and a strict parser would refuse to our users.
#pragma once

#include "server/http/request.hpp"

namespace mashang::http {

struct Target {
    std::string path;
    std::vector<std::string> segments;
    Pairs query;
    std::string authority;  // only from the absolute form
};

// nullopt: not one of the forms, a bad escape, control characters, invalid UTF-8, or a dot segment.
std::optional<Target> parse_target(std::string_view raw);

// host[:port] as a Host field carries it: a name, an IPv4 or a bracketed IPv6 address, never empty.
bool valid_authority(std::string_view authority) noexcept;

bool valid_utf8(std::string_view text) noexcept;

}  // namespace mashang::http
