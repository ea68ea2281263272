#include "server/http/wire_io.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mashang::http {

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

std::chrono::milliseconds time_for(std::size_t bytes, std::size_t rate_min) {
    return std::chrono::milliseconds{bytes * 1000 / std::max<std::size_t>(rate_min, 1)};
}

}  // namespace

TimedSocket::TimedSocket(asio::ip::tcp::socket socket)
    : socket_(std::move(socket)), timer_(socket_.get_executor()) {
    disarm();
}

asio::awaitable<void> TimedSocket::watch() {
    while (!stopped_) {
        timer_.expires_at(deadline_);
        co_await timer_.async_wait(quietly);
        if (stopped_ || Clock::now() < deadline_) continue;
        bitten_ = true;
        deadline_ = Clock::now() + std::chrono::hours{24};
        cancel();
    }
}

void TimedSocket::stop() {
    stopped_ = true;
    timer_.cancel();
}

// A later deadline needs no new wait: the watch sees it when it wakes at the old one.
void TimedSocket::arm(Clock::time_point deadline) {
    bitten_ = false;
    deadline_ = deadline;
    if (deadline < timer_.expiry()) timer_.cancel();
}

void TimedSocket::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

asio::awaitable<Io> TimedSocket::read_into(boost::beast::flat_buffer& buffer, std::size_t bytes_max) {
    // The deadline may have passed while nothing was waiting that it could have cancelled.
    if (bitten_) co_return Io::timed_out;
    const auto space = buffer.prepare(bytes_max);
    const auto [error, bytes] = co_await socket_.async_read_some(space, quietly);
    if (error) co_return bitten_ ? Io::timed_out : Io::ended;
    buffer.commit(bytes);
    co_return Io::ok;
}

asio::awaitable<Io> TimedSocket::write(std::string_view head, std::string_view body, const Limits& limits) {
    const auto started = Clock::now();
    std::size_t written = 0;
    while (written < head.size() + body.size()) {
        arm(started + limits.write_time + time_for(written, limits.write_rate_min));
        const std::array<asio::const_buffer, 2> rest{
            asio::buffer(head.substr(std::min(written, head.size()))),
            asio::buffer(body.substr(written - std::min(written, head.size())))};
        const auto [error, bytes] = co_await socket_.async_write_some(rest, quietly);
        if (error) co_return bitten_ ? Io::timed_out : Io::ended;
        written += bytes;
    }
    disarm();
    co_return Io::ok;
}

asio::awaitable<void> TimedSocket::linger(std::chrono::milliseconds time) {
    boost::system::error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) co_return;
    arm(Clock::now() + time);
    const bool going = true;
    co_await discard(going);
}

asio::awaitable<void> TimedSocket::discard(const bool& going) {
    std::array<char, 4096> bin;
    while (going && !bitten_) {
        const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(bin), quietly);
        if (error) co_return;
    }
}

}  // namespace mashang::http
