// From a Response to the bytes of its head; compression of its body. Internal to server/http; pure functions.
#pragma once

#include "server/http/limits.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"

namespace mashang::http {

struct WireFacts {
    bool keep_alive = true;
    bool http_1_1 = true;
};

// Status line and fields through the empty line. nullopt: a field that could split the response, or a status
// outside 200-599.
std::optional<std::string> write_head(const Response& response, const WireFacts& facts,
                                      std::string_view date);

// Status 204 and 304 never have a body, whatever the handler put there.
bool may_have_body(int status) noexcept;

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), from seconds since 1970.
std::string format_date(std::int64_t unix_seconds);

// Compresses with gzip what is text, large enough and wanted; sets Content-Encoding and Vary, and weakens an
// ETag, since the compressed form is another sequence of bytes.
void compress(Response& response, std::string_view accept_encoding, const Limits& limits);

bool accepts_gzip(std::string_view accept_encoding);

}  // namespace mashang::http
