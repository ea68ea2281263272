#include "tests/http/plain_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

namespace mashang::test {

std::string Answer::field(const std::string& name) const {
    const auto it = fields.find(name);
    return it == fields.end() ? "" : it->second;
}

std::size_t Answer::count(std::string_view name) const {
    std::string lower = head;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string needle = "\r\n" + std::string{name} + ":";
    std::size_t n = 0;
    for (auto at = lower.find(needle); at != lower.npos; at = lower.find(needle, at + 1)) ++n;
    return n;
}

PlainClient::PlainClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval wait{2, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

PlainClient::~PlainClient() {
    close();
}

void PlainClient::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void PlainClient::shrink_receive_buffer() {
    const int bytes = 4096;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool PlainClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool PlainClient::fill() {
    char bytes[65536];
    const auto got = ::recv(descriptor_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

bool PlainClient::ended() {
    char byte = 0;
    return received_.empty() && ::recv(descriptor_, &byte, 1, 0) == 0;
}

std::optional<std::string> PlainClient::read_until(std::string_view mark) {
    auto at = received_.find(mark);
    while (at == received_.npos) {
        if (!fill()) return std::nullopt;
        at = received_.find(mark);
    }
    auto text = received_.substr(0, at + mark.size());
    received_.erase(0, text.size());
    return text;
}

Answer PlainClient::read_answer(bool head_only) {
    Answer answer;
    const auto head = read_until("\r\n\r\n");
    if (!head || head->size() < 12) return answer;
    answer.head = *head;
    answer.status = std::stoi(head->substr(9, 3));
    for (auto line = head->find("\r\n") + 2; line < head->size() - 2;) {
        const auto end = head->find("\r\n", line);
        const auto colon = head->find(": ", line);
        auto name = head->substr(line, colon - line);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        answer.fields[name] = head->substr(colon + 2, end - colon - 2);
        line = end + 2;
    }
    if (head_only || answer.field("content-length").empty()) return answer;
    const auto length = std::stoul(answer.field("content-length"));
    while (received_.size() < length && fill()) {
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, answer.body.size());
    return answer;
}

Answer PlainClient::ask(std::string_view bytes) {
    send(bytes);
    return read_answer();
}

std::string get(std::string_view path, std::string_view lines) {
    return "GET " + std::string{path} + " HTTP/1.1\r\nHost: mashang.test\r\n" + std::string{lines} + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view lines) {
    return "POST " + std::string{path} +
           " HTTP/1.1\r\nHost: mashang.test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{lines} + "\r\n" + std::string{body};
}

}  // namespace mashang::test
