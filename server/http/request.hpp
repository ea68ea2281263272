// A request as our own code sees it: plain data, no trace of the HTTP library or of sockets.
//
// Made by the session once the whole body has arrived and the transport's checks have passed: the path is
// valid UTF-8 without control characters or dot segments, header values carry no line breaks. Handlers read
// it on the connection's strand; it is copied or moved like any value. Nothing here fails: what is absent is
// nullopt or empty. Header names are matched without regard to case; a header sent several times is one value
// joined by ", " (cookies by "; ").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mashang::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };

std::string_view to_string(Method) noexcept;
std::optional<Method> parse_method(std::string_view) noexcept;  // names are case-sensitive (RFC 9110, 9.1)

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
    Method method = Method::get;
    std::string raw_target;             // as it came, still encoded: for logs only
    std::string path;                   // decoded; for people and logs, match on segments
    std::vector<std::string> segments;  // decoded one by one, so that "%2F" never makes a new segment
    Pairs query;                        // decoded, in order
    Pairs headers;                      // names in lower case
    Pairs params;                       // what the route's pattern named
    std::string body;
    std::string remote_address;                           // the peer of the socket, without port
    std::string id;                                       // one per request, also sent as X-Request-Id
    std::chrono::steady_clock::time_point received = {};  // the instant of the last body byte

    std::optional<std::string_view> header(std::string_view name) const noexcept;
    std::optional<std::string_view> query_value(std::string_view name) const noexcept;  // the first one
    std::optional<std::string_view> cookie(std::string_view name) const noexcept;       // the first one
    std::string_view param(std::string_view name) const noexcept;  // "" when the pattern has no such name
};

// ASCII only, as header names and tokens are.
bool equal_ignoring_case(std::string_view, std::string_view) noexcept;

// What a comma-separated header names: "a, b" -> "a", "b"; empty items are left out.
std::vector<std::string_view> list_items(std::string_view);

}  // namespace mashang::http
