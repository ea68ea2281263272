// The generator's own wire: requests made as bytes beforehand, answers read no further than their length.
//
// The load runs on the server's cores, so what the generator costs is missing in the figure: Beast's parsing
// and a map of headers were half of it. Hides connecting, and connecting again after the peer has closed.
// One thread. Errors: boost::system::system_error when the server cannot be reached or breaks off.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/load/wire.hpp"

namespace mashang::load {

struct Answer {
    unsigned status = 0;
    std::string_view head, body;  // until the connection's next exchange

    std::string_view header(std::string_view lower_name) const;  // "" where there is none
};

// A whole request, Content-Length included.
std::string request_bytes(const Target& to, std::string_view method, std::string_view path,
                          const std::map<std::string, std::string>& headers = {}, std::string_view body = {});

class LeanConnection {
  public:
    LeanConnection(asio::io_context& io, Target target) : target_(std::move(target)), socket_(io) {}

    asio::awaitable<void> open();
    // One exchange; a connection that the server had closed is opened anew once. `request` outlives it.
    asio::awaitable<Answer> exchange(const std::string& request);
    // What comes next, however little: for answers without an end. "" at the end.
    asio::awaitable<std::string_view> some();
    // Sends and reads the head only; the rest comes by some().
    asio::awaitable<Answer> begin(const std::string& request);

  private:
    asio::awaitable<Answer> once(const std::string& request);
    asio::awaitable<Answer> read_head(const std::string& request);

    Target target_;
    asio::ip::tcp::socket socket_;
    std::string text_;  // head and body of the answer of now
    std::size_t head_bytes_ = 0;
};

}  // namespace mashang::load
