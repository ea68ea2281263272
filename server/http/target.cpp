#include "server/http/target.hpp"

#include <algorithm>

namespace mashang::http {

namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<std::string> decode(std::string_view text, bool form) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && form) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    // A query may carry a line break in a text that a person typed; a path never does.
    const auto forbidden = [&](char c) { return form ? c == '\0' : control(c); };
    if (std::ranges::any_of(out, forbidden) || !valid_utf8(out)) return std::nullopt;
    return out;
}

bool parse_path(std::string_view raw, Target& target) {
    while (!raw.empty()) {
        raw.remove_prefix(1);
        const auto segment = raw.substr(0, raw.find('/'));
        raw.remove_prefix(segment.size());
        auto decoded = decode(segment, false);
        if (!decoded || *decoded == "." || *decoded == "..") return false;
        target.path += '/' + *decoded;
        target.segments.push_back(std::move(*decoded));
    }
    return true;
}

bool parse_query(std::string_view raw, Target& target) {
    while (!raw.empty()) {
        const auto ampersand = raw.find('&');
        const auto pair = raw.substr(0, ampersand);
        raw = ampersand == raw.npos ? std::string_view{} : raw.substr(ampersand + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        auto name = decode(pair.substr(0, equals), true);
        auto value = decode(equals == pair.npos ? std::string_view{} : pair.substr(equals + 1), true);
        if (!name || !value) return false;
        target.query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view raw) {
    Target target;
    if (raw == "*") {
        target.path = "*";
        return target;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (raw.size() < scheme.size() || !equal_ignoring_case(raw.substr(0, scheme.size()), scheme))
            continue;
        raw.remove_prefix(scheme.size());
        const auto authority = raw.substr(0, raw.find_first_of("/?"));
        if (!valid_authority(authority)) return std::nullopt;
        target.authority = authority;
        raw.remove_prefix(authority.size());
        break;
    }
    const auto question = raw.find('?');
    auto path = raw.substr(0, question);
    if (path.empty() && !target.authority.empty()) path = "/";
    const auto unfit = [](char c) { return control(c) || c == ' ' || c == '#'; };
    if (!path.starts_with('/') || std::ranges::any_of(raw, unfit)) return std::nullopt;
    if (!parse_path(path, target)) return std::nullopt;
    if (question != raw.npos && !parse_query(raw.substr(question + 1), target)) return std::nullopt;
    return target;
}

bool valid_authority(std::string_view authority) noexcept {
    auto host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == authority.npos) return false;
        host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        const auto address = [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; };
        if (host.find(':') == host.npos || !std::ranges::all_of(host, address)) return false;
    } else {
        const auto colon = authority.find(':');
        host = authority.substr(0, colon);
        if (colon != authority.npos) port = authority.substr(colon);
        const auto name = [](char c) {
            return alphanumeric(c) || std::string_view{"-._~!$&'()*+,;=%"}.find(c) != std::string_view::npos;
        };
        if (host.empty() || !std::ranges::all_of(host, name)) return false;
    }
    if (port.empty()) return true;
    if (!port.starts_with(':') || port.size() > 6) return false;
    return std::ranges::all_of(port.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

bool valid_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (length == 0 || lead > 0xf4 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        }
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
        // Overlong forms, surrogates, and what lies beyond U+10FFFF.
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
            (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace mashang::http
