#include "server/http/multipart.hpp"

#include <algorithm>

#include "server/http/request.hpp"

namespace mashang::http {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Value {
    std::string main;  // before the first semicolon
    Pairs params;      // names in any case
};

// `form-data; name="a"; filename="b.jpg"`. nullopt: an open quote or a parameter without "=".
std::optional<Value> parse_value(std::string_view text) {
    Value value;
    const auto first = std::min(text.find(';'), text.size());
    value.main = trimmed(text.substr(0, first));
    text.remove_prefix(first);
    while (!text.empty()) {
        text = trimmed(text.substr(1));
        if (text.empty()) break;
        const auto equals = text.find('=');
        if (equals == text.npos) return std::nullopt;
        const auto name = trimmed(text.substr(0, equals));
        text.remove_prefix(equals + 1);
        std::string content;
        if (text.starts_with('"')) {
            std::size_t i = 1;
            for (; i < text.size() && text[i] != '"'; ++i) {
                // Only a quote is escaped: older browsers send the backslashes of a Windows path as they are.
                if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
                content += text[i];
            }
            if (i >= text.size()) return std::nullopt;
            text = trimmed(text.substr(i + 1));
            if (!text.empty() && text.front() != ';') return std::nullopt;
        } else {
            const auto end = std::min(text.find(';'), text.size());
            content = trimmed(text.substr(0, end));
            text.remove_prefix(end);
        }
        value.params.emplace_back(std::string{name}, std::move(content));
    }
    return value;
}

std::optional<std::string> parameter(const Value& value, std::string_view name) {
    for (const auto& [key, content] : value.params) {
        if (equal_ignoring_case(key, name)) return content;
    }
    return std::nullopt;
}

std::optional<Part> parse_part(std::string_view text, std::size_t header_bytes_max) {
    const auto head_end = text.starts_with("\r\n") ? 0 : text.find("\r\n\r\n");
    if (head_end == text.npos || head_end == 0 || head_end > header_bytes_max) return std::nullopt;
    Part part;
    part.content_type = "text/plain";
    part.body = text.substr(head_end + 4);
    bool named = false;
    for (auto head = text.substr(0, head_end); !head.empty();) {
        const auto line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(line.size() + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == line.npos) return std::nullopt;
        const auto name = line.substr(0, colon);
        const auto content = trimmed(line.substr(colon + 1));
        if (equal_ignoring_case(name, "content-type")) part.content_type = content;
        if (!equal_ignoring_case(name, "content-disposition")) continue;
        const auto disposition = parse_value(content);
        if (!disposition || !equal_ignoring_case(disposition->main, "form-data")) return std::nullopt;
        const auto field = parameter(*disposition, "name");
        if (!field || named) return std::nullopt;
        named = true;
        part.name = *field;
        part.filename = parameter(*disposition, "filename");
    }
    if (!named) return std::nullopt;
    return part;
}

}  // namespace

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body,
                                          const MultipartBounds& bounds) {
    const auto malformed = make_error(Errc::invalid, "error.multipart_malformed");
    const auto type = parse_value(content_type);
    if (!type || !equal_ignoring_case(type->main, "multipart/form-data")) {
        return make_error(Errc::unsupported, "error.not_multipart");
    }
    const auto boundary = parameter(*type, "boundary").value_or("");
    if (boundary.empty() || boundary.size() > 70) return malformed;  // RFC 2046, 5.1.1

    const std::string delimiter = "\r\n--" + boundary;
    std::string_view rest = body;
    if (rest.starts_with(std::string_view{delimiter}.substr(2))) {
        rest.remove_prefix(delimiter.size() - 2);
    } else {
        const auto start = rest.find(delimiter);
        if (start == rest.npos) return malformed;
        rest.remove_prefix(start + delimiter.size());
    }
    std::vector<Part> parts;
    while (!rest.starts_with("--")) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const auto end = rest.find(delimiter, 2);
        if (!rest.starts_with("\r\n") || end == rest.npos) return malformed;
        if (parts.size() == bounds.parts_max) {
            return make_error(Errc::invalid, "error.multipart_too_many",
                              {{"max", std::to_string(bounds.parts_max)}});
        }
        auto part = parse_part(rest.substr(2, end - 2), bounds.part_header_bytes_max);
        if (!part) return malformed;
        parts.push_back(std::move(*part));
        rest.remove_prefix(end + delimiter.size());
    }
    return parts;
}

}  // namespace mashang::http
