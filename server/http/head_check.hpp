// What a request's header must satisfy beyond the parser's own checks (RFC 9110 and 9112).
//
// The library's parser forgives line folding and bare line feeds, loses duplicates, knows no Host rule and
// takes an unknown transfer coding for no body: each of these lets two servers read one byte stream as
// different requests. Pure functions, internal to server/http; scan_head sees raw bytes, check_head what was
// parsed.
#pragma once

#include "server/http/limits.hpp"
#include "server/http/request.hpp"

namespace mashang::http {

// An error answered by the transport: the HTTP status and the key of its sentence.
struct Refusal {
    int status;
    std::string_view key;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct HeadScan {
    std::size_t head_bytes = 0;  // through the empty line; 0: more bytes are needed
    std::optional<Refusal> refusal;
};

// May be called again as bytes come in; refuses as early as the bytes allow.
HeadScan scan_head(std::string_view bytes, const Limits& limits);

// Empty lines before the request line, which a robust server ignores (RFC 9112, 2.2).
std::size_t leading_line_breaks(std::string_view bytes) noexcept;

struct HeadFacts {
    bool http_1_1 = true;
    bool has_body = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length;
};

// `fields` as received, duplicates apart, names in lower case.
std::optional<Refusal> check_head(const Pairs& fields, HeadFacts& facts);

}  // namespace mashang::http
