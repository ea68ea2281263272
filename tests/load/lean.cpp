#include "tests/load/lean.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <stdexcept>

namespace mashang::load {
namespace {

using asio::use_awaitable;

constexpr std::size_t read_bytes = 16 * 1024;

char lowered(char ch) {
    return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch;
}

bool begins(std::string_view line, std::string_view lower_name) {
    if (line.size() <= lower_name.size() || line[lower_name.size()] != ':') return false;
    for (std::size_t i = 0; i < lower_name.size(); ++i)
        if (lowered(line[i]) != lower_name[i]) return false;
    return true;
}

[[noreturn]] void broken() {
    throw boost::system::system_error(boost::asio::error::connection_reset);
}

}  // namespace

std::string_view Answer::header(std::string_view lower_name) const {
    for (auto rest = head; !rest.empty();) {
        const auto end = rest.find("\r\n");
        auto line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
        if (!begins(line, lower_name)) continue;
        line.remove_prefix(lower_name.size() + 1);
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
        return line;
    }
    return {};
}

std::string request_bytes(const Target& to, std::string_view method, std::string_view path,
                          const std::map<std::string, std::string>& headers, std::string_view body) {
    std::string out;
    out.reserve(256 + body.size());
    out.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(to.host);
    out.append(":").append(to.port).append("\r\n");
    for (const auto& [name, value] : headers) out.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty() && !headers.contains("Content-Type")) out.append("Content-Type: application/json\r\n");
    if (!body.empty() || method == "POST")
        out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return out.append("\r\n").append(body);
}

asio::awaitable<void> LeanConnection::open() {
    asio::ip::tcp::resolver resolver{socket_.get_executor()};
    const auto found = co_await resolver.async_resolve(target_.host, target_.port, use_awaitable);
    socket_ = asio::ip::tcp::socket{socket_.get_executor()};
    co_await socket_.async_connect(*found.begin(), use_awaitable);
    socket_.set_option(asio::ip::tcp::no_delay{true});
}

asio::awaitable<Answer> LeanConnection::read_head(const std::string& request) {
    co_await asio::async_write(socket_, asio::buffer(request), use_awaitable);
    text_.clear();
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
        const auto had = text_.size();
        text_.resize(had + read_bytes);
        const auto got =
            co_await socket_.async_read_some(asio::buffer(text_.data() + had, read_bytes), use_awaitable);
        text_.resize(had + got);
        end = text_.find("\r\n\r\n", had < 3 ? 0 : had - 3);
    }
    head_bytes_ = end + 4;
    Answer answer;
    answer.head = std::string_view(text_).substr(0, end);
    constexpr std::size_t status_at = 9;  // after "HTTP/1.1 "
    if (end < status_at + 3) broken();
    std::from_chars(text_.data() + status_at, text_.data() + status_at + 3, answer.status);
    co_return answer;
}

asio::awaitable<Answer> LeanConnection::once(const std::string& request) {
    Answer answer = co_await read_head(request);
    const auto length = answer.header("content-length");
    std::size_t body_bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), body_bytes);
    if (length.empty() && answer.status != 204 && answer.status != 304) broken();
    const auto head_size = answer.head.size();
    const auto whole = head_bytes_ + body_bytes;
    auto had = text_.size();
    text_.resize(std::max(had, whole));
    while (had < whole)
        had += co_await socket_.async_read_some(asio::buffer(text_.data() + had, whole - had), use_awaitable);
    answer.head = std::string_view(text_).substr(0, head_size);
    answer.body = std::string_view(text_).substr(head_bytes_, body_bytes);
    if (answer.header("connection") == "close") socket_.close();
    co_return answer;
}

asio::awaitable<Answer> LeanConnection::exchange(const std::string& request) {
    bool again = false;
    try {
        if (!socket_.is_open()) co_await open();
        co_return co_await once(request);
    } catch (const boost::system::system_error&) {
        again = true;  // no co_await inside a handler
    }
    if (again) co_await open();
    co_return co_await once(request);
}

asio::awaitable<Answer> LeanConnection::begin(const std::string& request) {
    if (!socket_.is_open()) co_await open();
    co_return co_await read_head(request);
}

asio::awaitable<std::string_view> LeanConnection::some() {
    text_.resize(read_bytes);
    const auto got = co_await socket_.async_read_some(asio::buffer(text_), use_awaitable);
    co_return std::string_view(text_).substr(0, got);
}

}  // namespace mashang::load
