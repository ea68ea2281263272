#include "server/http/wire.hpp"

#include <date/date.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>

namespace mashang::http {

namespace {

bool token(std::string_view name) noexcept {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != marks.npos;
    });
}

bool harmless(std::string_view value) noexcept {
    return std::ranges::none_of(
        value, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool owned_by_session(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 5> names{"connection", "content-length", "date", "keep-alive",
                                                    "transfer-encoding"};
    return std::ranges::any_of(names, [&](auto own) { return equal_ignoring_case(name, own); });
}

bool is_text(std::string_view content_type) {
    const auto type = content_type.substr(0, content_type.find_first_of("; "));
    constexpr std::array<std::string_view, 5> known{"application/json", "application/javascript",
                                                    "application/xml", "application/yaml", "image/svg+xml"};
    return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
           std::ranges::find(known, type) != known.end();
}

void vary_by_encoding(Response& response) {
    const auto vary = std::string{response.header("Vary")};
    const auto names_it = [](auto item) {
        return equal_ignoring_case(item, "accept-encoding") || item == "*";
    };
    if (std::ranges::any_of(list_items(vary), names_it)) return;
    response.set("Vary", vary.empty() ? "Accept-Encoding" : vary + ", Accept-Encoding");
}

std::optional<std::string> gzip(const std::string& text) {
    z_stream stream{};
    constexpr int window_bits_with_gzip_header = 15 + 16;
    if (deflateInit2(&stream, 5, Z_DEFLATED, window_bits_with_gzip_header, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return std::nullopt;
    }
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int state = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (state != Z_STREAM_END) return std::nullopt;
    return out;
}

}  // namespace

bool may_have_body(int status) noexcept {
    return status != 204 && status != 304;
}

std::string format_date(std::int64_t unix_seconds) {
    return date::format("%a, %d %b %Y %T GMT", date::sys_seconds{std::chrono::seconds{unix_seconds}});
}

std::optional<std::string> write_head(const Response& response, const WireFacts& facts,
                                      std::string_view date) {
    if (response.status < 200 || response.status > 599) return std::nullopt;
    std::string head;
    head.reserve(512);
    const auto status = static_cast<boost::beast::http::status>(response.status);
    const auto reason = boost::beast::http::obsolete_reason(status);
    head += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head.append(reason.data(), reason.size());
    head.append("\r\nDate: ").append(date).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!token(name) || !harmless(value)) return std::nullopt;
        if (!owned_by_session(name)) head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!response.stream && may_have_body(response.status)) {
        head += "Content-Length: " + std::to_string(response.content().size()) + "\r\n";
    }
    if (!facts.keep_alive) {
        head += "Connection: close\r\n";
    } else if (!facts.http_1_1) {
        head += "Connection: keep-alive\r\n";
    }
    return head += "\r\n";
}

bool accepts_gzip(std::string_view accept_encoding) {
    bool any = false;
    for (const auto item : list_items(accept_encoding)) {
        const auto coding = item.substr(0, item.find_first_of("; \t"));
        const auto weight = item.find("q=");
        // q=0, q=0.0 and so on mean never; anything with a digit other than zero is welcome.
        const bool refused =
            weight != item.npos && item.substr(weight + 2).find_first_of("123456789") == item.npos;
        if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) return !refused;
        if (coding == "*") any = !refused;
    }
    return any;
}

void compress(Response& response, std::string_view accept_encoding, const Limits& limits) {
    const auto& content = response.content();
    if (response.stream || !response.compressible || !may_have_body(response.status) ||
        content.size() <= limits.gzip_bytes_min || content.size() > limits.gzip_bytes_max ||
        !response.header("Content-Encoding").empty() || !is_text(response.header("Content-Type"))) {
        return;
    }
    vary_by_encoding(response);
    if (!accepts_gzip(accept_encoding)) return;
    auto packed = gzip(content);
    if (!packed || packed->size() >= content.size()) return;
    response.body = std::move(*packed);
    response.shared_body.reset();
    response.set("Content-Encoding", "gzip");
    if (const auto tag = std::string{response.header("ETag")}; tag.starts_with('"')) {
        response.set("ETag", "W/" + tag);
    }
}

}  // namespace mashang::http
