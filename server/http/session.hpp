// One connection from its first byte to its end. Internal to server/http.
//
// The session is a coroutine on the connection's strand; its frame owns the socket, the buffer and the
// deadline. It ends when either side closes, a limit bites, or the server drains.
#pragma once

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/http/server.hpp"

namespace mashang::http {

// What all sessions of a server share; outlives every one of them.
struct SessionShared {
    Limits limits;
    Hooks hooks;
    std::uint32_t id_prefix = 0;
    std::atomic<bool> draining{false};
    std::atomic<std::uint64_t> accepted{0}, refused{0}, open{0}, requests{0}, refusals{0}, streams{0}, ids{0};
};

// The listener's hold on a session: touched on the connection's strand only.
struct SessionHandle {
    asio::any_io_executor strand;
    asio::cancellation_signal cancel;
    std::function<void()> drain;  // empty before the session starts and after it ends
};

asio::awaitable<void> serve_connection(std::shared_ptr<SessionShared> shared,
                                       std::shared_ptr<SessionHandle> handle, asio::ip::tcp::socket socket);

// A connection over the limit: 503 and good-bye.
asio::awaitable<void> refuse_connection(std::shared_ptr<SessionShared> shared,
                                        std::shared_ptr<SessionHandle> handle, asio::ip::tcp::socket socket);

}  // namespace mashang::http
