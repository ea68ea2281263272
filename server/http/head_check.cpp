#include "server/http/head_check.hpp"

#include <algorithm>
#include <charconv>

#include "server/http/target.hpp"

namespace mashang::http {

namespace {

constexpr Refusal malformed{400, "error.request_malformed"};
constexpr Refusal bad_host{400, "error.host_invalid"};
constexpr Refusal bad_framing{400, "error.framing_invalid"};

bool digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::optional<Refusal> check_version(std::string_view line) {
    const auto space = line.rfind(' ');
    if (space == line.npos) return malformed;
    const auto version = line.substr(space + 1);
    const bool shaped = version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
                        version[6] == '.' && digit(version[7]);
    if (!shaped) return malformed;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refusal{505, "error.version_unsupported"};
    return std::nullopt;
}

std::vector<std::string_view> values(const Pairs& fields, std::string_view name) {
    std::vector<std::string_view> found;
    for (const auto& [key, value] : fields) {
        if (key == name) found.push_back(value);
    }
    return found;
}

std::optional<Refusal> check_host(const Pairs& fields, bool required) {
    const auto hosts = values(fields, "host");
    if (hosts.empty() && !required) return std::nullopt;
    if (hosts.size() != 1 || !valid_authority(hosts.front())) return bad_host;
    return std::nullopt;
}

// An unknown coding is answered before the order of the codings, so that a client learns what is not offered.
std::optional<Refusal> check_transfer_coding(const std::vector<std::string_view>& fields, HeadFacts& facts) {
    if (fields.empty()) return std::nullopt;
    if (!facts.http_1_1 || facts.content_length) return bad_framing;
    std::vector<std::string_view> codings;
    for (const auto field : fields) std::ranges::copy(list_items(field), std::back_inserter(codings));
    const auto chunked = [](std::string_view coding) { return equal_ignoring_case(coding, "chunked"); };
    const auto count = std::ranges::count_if(codings, chunked);
    if (count > 0 && !chunked(codings.back())) return bad_framing;
    if (count != std::ssize(codings)) return Refusal{501, "error.transfer_coding_unknown"};
    if (count != 1) return bad_framing;
    facts.has_body = true;
    return std::nullopt;
}

std::optional<Refusal> check_length(const std::vector<std::string_view>& fields, HeadFacts& facts) {
    if (fields.empty()) return std::nullopt;
    const auto text = fields.front();
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (fields.size() > 1 || error != std::errc{} || end != text.data() + text.size()) return bad_framing;
    facts.content_length = length;
    facts.has_body = length > 0;
    return std::nullopt;
}

std::optional<Refusal> check_expect(const std::vector<std::string_view>& fields, HeadFacts& facts) {
    if (fields.empty() || !facts.http_1_1) return std::nullopt;  // an HTTP/1.0 client cannot mean it
    if (fields.size() > 1 || !equal_ignoring_case(fields.front(), "100-continue")) {
        return Refusal{417, "error.expectation_unknown"};
    }
    facts.expects_continue = facts.has_body;
    return std::nullopt;
}

}  // namespace

std::size_t leading_line_breaks(std::string_view bytes) noexcept {
    std::size_t n = 0;
    while (bytes.substr(n).starts_with("\r\n")) n += 2;
    return n;
}

HeadScan scan_head(std::string_view bytes, const Limits& limits) {
    std::size_t line_start = 0;
    std::size_t lines = 0;
    for (;;) {
        const auto at = bytes.find_first_of(std::string_view{"\r\n\0", 3}, line_start);
        if (at == bytes.npos || at >= limits.header_bytes_max) break;
        if (at + 1 == bytes.size() && bytes[at] == '\r') break;
        if (bytes[at] != '\r' || bytes[at + 1] != '\n') return {0, malformed};
        const auto line = bytes.substr(line_start, at - line_start);
        if (line.empty()) return {at + 2, std::nullopt};
        if (lines == 0) {
            if (const auto refusal = check_version(line)) return {0, refusal};
        } else if (line.front() == ' ' || line.front() == '\t') {
            return {0, malformed};  // obsolete line folding, RFC 9112, 5.2
        }
        if (lines++ > limits.header_fields_max) return {0, Refusal{431, "error.header_too_large"}};
        line_start = at + 2;
    }
    if (bytes.size() < limits.header_bytes_max) return {};
    if (lines == 0) return {0, Refusal{414, "error.target_too_long"}};
    return {0, Refusal{431, "error.header_too_large"}};
}

std::optional<Refusal> check_head(const Pairs& fields, HeadFacts& facts) {
    if (const auto refusal = check_host(fields, facts.http_1_1)) return refusal;
    if (const auto refusal = check_length(values(fields, "content-length"), facts)) return refusal;
    if (const auto refusal = check_transfer_coding(values(fields, "transfer-encoding"), facts))
        return refusal;
    return check_expect(values(fields, "expect"), facts);
}

}  // namespace mashang::http
