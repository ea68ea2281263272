#include "lossy_line.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace mashang::test {
namespace {

constexpr int look_ms = 50;
constexpr std::string_view socket_name = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("a socket's path is too long");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

}  // namespace

LossyLine::LossyLine(std::string to, const std::string& in)
    : to_(std::move(to)), path_(in + std::string(socket_name)) {
    const auto address = address_of(path_);
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening_, 16) != 0)
        throw std::runtime_error("no socket to listen on");
    thread_ = std::thread([this] { accept_all(); });
}

LossyLine::~LossyLine() {
    ending_ = true;
    thread_.join();
    for (auto& line : lines_) line.join();
    ::close(listening_);
    ::unlink(path_.c_str());
}

void LossyLine::accept_all() {
    while (!ending_) {
        pollfd ready{listening_, POLLIN, 0};
        if (::poll(&ready, 1, look_ms) <= 0) continue;
        const int client = ::accept(listening_, nullptr, nullptr);
        if (client >= 0) lines_.emplace_back([this, client] { pass(client); });
    }
}

void LossyLine::pass(int client) const {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(to_ + std::string(socket_name));
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        bool open = true;
        while (open && !ending_) {
            pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
            if (::poll(ready, 2, look_ms) <= 0) continue;
            if (ready[0].revents) open = passes(client, server, server);
            if (open && ready[1].revents) open = passes(server, client, server);
        }
    }
    ::close(client);
    ::close(server);
}

// One piece; false when the line has ended.
bool LossyLine::passes(int from, int to, int server) const {
    char piece[65536];
    const auto got = ::recv(from, piece, sizeof piece, 0);
    if (got <= 0) return false;
    // The simple query message: 'Q', a length, the text, a zero.
    constexpr std::string_view commit(
        "Q\0\0\0\x0b"
        "commit\0",
        12);
    const std::string_view text(piece, static_cast<std::size_t>(got));
    auto losing = Loses::nothing;
    if (to == server && text == commit) losing = loses_.exchange(Loses::nothing);
    if (losing == Loses::request) {
        ++lost_;
        return false;
    }
    if (::send(to, piece, text.size(), MSG_NOSIGNAL) < 0) return false;
    if (losing == Loses::nothing) return true;
    ++lost_;
    ::recv(server, piece, sizeof piece, 0);  // it has answered: the commit has come through
    return false;
}

}  // namespace mashang::test
