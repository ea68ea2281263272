// One keep-alive connection to the server under load: Beast, and nothing of the server's own code.
//
// Hides connecting, and connecting again after the peer has closed. Not thread-safe: everything runs on the
// one thread of the io_context. Errors: boost::system::system_error when the server cannot be reached at all.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <map>
#include <string>

namespace mashang::load {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

// "http://127.0.0.1:8080", by parts.
struct Target {
    std::string host;
    std::string port;
    static Target of(const std::string& url);  // throws std::invalid_argument
};

Request make_request(http::verb verb, const Target& to, const std::string& path, std::string body,
                     const std::map<std::string, std::string>& headers);

class Connection {
  public:
    Connection(asio::io_context& io, Target target) : target_(std::move(target)), socket_(io) {}

    asio::awaitable<void> open();
    // One exchange; a connection that the server had closed is opened anew once.
    asio::awaitable<Response> exchange(const Request& request);

    asio::ip::tcp::socket& socket() { return socket_; }
    boost::beast::flat_buffer& buffer() { return buffer_; }

  private:
    asio::awaitable<Response> once(const Request& request);

    Target target_;
    asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
};

}  // namespace mashang::load
