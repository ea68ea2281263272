// The socket with one deadline: every read and write of a session goes through here. Internal to server/http.
//
// A session arms the deadline before it waits; watch(), a second coroutine on the same strand, cancels the
// socket's operations when the instant has passed. The socket stays open then, so that a 408 can be sent.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <span>

#include "server/http/limits.hpp"

namespace mashang::http {

namespace asio = boost::asio;

enum class Io : std::uint8_t { ok, timed_out, ended };  // ended: the peer closed, an error, or cancelled

class TimedSocket {
  public:
    using Clock = std::chrono::steady_clock;

    explicit TimedSocket(asio::ip::tcp::socket socket);

    asio::awaitable<void> watch();  // runs beside the session until stop()
    void stop();

    void arm(Clock::time_point deadline);
    void disarm() { arm(Clock::now() + std::chrono::hours{24}); }

    asio::awaitable<Io> read_into(boost::beast::flat_buffer& buffer, std::size_t bytes_max);
    // Head and body in one go; write_time and write_rate_min decide how long it may take.
    asio::awaitable<Io> write(std::string_view head, std::string_view body, const Limits& limits);
    // Says good-bye and reads what still comes, so that the client sees the last answer and not a reset.
    asio::awaitable<void> linger(std::chrono::milliseconds time);
    // Reads and forgets until the peer closes or *going is false.
    asio::awaitable<void> discard(const bool& going);

    void cancel();
    asio::ip::tcp::socket& socket() { return socket_; }

  private:
    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    Clock::time_point deadline_;
    bool bitten_ = false;
    bool stopped_ = false;
};

}  // namespace mashang::http
