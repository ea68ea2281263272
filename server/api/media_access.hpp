// Sending a stored photo once the caller has decided that it may be seen.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "server/http/request.hpp"
#include "server/http/response.hpp"

namespace mashang::server {

class App;

// ?size=thumb gives the small one.
boost::asio::awaitable<http::Response> send_photo(App& app, const http::Request& request,
                                                  std::string content);

}  // namespace mashang::server
