#include "tests/load/wire.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

namespace mashang::load {

using asio::use_awaitable;

Target Target::of(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    const auto colon = url.rfind(':');
    if (!url.starts_with(scheme) || colon < scheme.size())
        throw std::invalid_argument("not http://HOST:PORT");
    return {url.substr(scheme.size(), colon - scheme.size()), url.substr(colon + 1)};
}

Request make_request(http::verb verb, const Target& to, const std::string& path, std::string body,
                     const std::map<std::string, std::string>& headers) {
    Request request{verb, path, 11};
    request.set(http::field::host, to.host + ":" + to.port);
    for (const auto& [name, value] : headers) request.set(name, value);
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = std::move(body);
    request.prepare_payload();
    return request;
}

asio::awaitable<void> Connection::open() {
    asio::ip::tcp::resolver resolver{socket_.get_executor()};
    const auto found = co_await resolver.async_resolve(target_.host, target_.port, use_awaitable);
    socket_ = asio::ip::tcp::socket{socket_.get_executor()};
    buffer_.clear();
    co_await socket_.async_connect(*found.begin(), use_awaitable);
    socket_.set_option(asio::ip::tcp::no_delay{true});
}

asio::awaitable<Response> Connection::once(const Request& request) {
    co_await http::async_write(socket_, request, use_awaitable);
    Response response;
    co_await http::async_read(socket_, buffer_, response, use_awaitable);
    if (!response.keep_alive()) socket_.close();
    co_return response;
}

asio::awaitable<Response> Connection::exchange(const Request& request) {
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

}  // namespace mashang::load
