// The HTTP/1.1 server: listens, reads requests within limits, asks the app's service, writes the answers.
//
// It hides sockets, framing, keep-alive, time limits, compression, server-sent events and draining. The app
// owns the io_context and its threads, gives its executor here, and destroys the Server before the context.
// The service runs as a coroutine on the connection's strand: it must not block, and may leave for other
// executors with co_await. An exception that leaves it is logged and answered 500. Construct, start, drain
// and port may be called from any thread; what fails in a regular way (an address in use) is a Result.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "dispatch/result.hpp"
#include "server/http/limits.hpp"
#include "server/http/router.hpp"

namespace mashang::http {

struct Endpoint {
    std::string address;     // "127.0.0.1", "::1"; names are not looked up
    std::uint16_t port = 0;  // 0: any free one, see Server::port
};

struct Hooks {
    // Answers one request. Needed.
    std::function<asio::awaitable<Response>(Request&)> service;

    // Before a body is read: how many bytes it may have. The request has everything but its body. nullopt: no
    // body is read, the service is asked at once (it will answer 404 or 405) and the connection ends. Needed.
    std::function<std::optional<std::size_t>(const Request& head)> body_bytes_max;

    // Wall clock for the Date field, seconds since 1970. Needed: only the app reads the machine's clock.
    std::function<std::int64_t()> unix_seconds;

    // Bodies of the transport's own errors; plain_problem where absent.
    TransportProblem problem;

    // Sees every response before it is written: security headers, access log. The request is null where none
    // could be read. Runs on an io thread; must not throw.
    std::function<void(const Request*, Response&)> finish;
};

struct Counters {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;  // over connections_max
    std::uint64_t requests = 0;             // that reached the service
    std::uint64_t refusals = 0;             // answered by the transport
    std::uint64_t streams_open = 0;         // event streams
};

class Server {
  public:
    // Binds and listens; nothing is accepted before start. Error: unavailable, "error.cannot_listen" with
    // the address and the system's words.
    static Result<Server> listen(asio::any_io_executor executor, const std::vector<Endpoint>& endpoints,
                                 Limits limits, Hooks hooks);
    Server(Server&&) noexcept;
    Server& operator=(Server&&) noexcept;
    ~Server();  // stops accepting; connections end by themselves or with the io_context

    void start();

    // Stops accepting, closes idle connections and event streams, lets what is in flight be answered with
    // Connection: close. True when all have ended by then; at the deadline the rest is cancelled: false.
    asio::awaitable<bool> drain(std::chrono::milliseconds deadline);

    std::uint16_t port(std::size_t endpoint = 0) const;
    Counters counters() const;

  private:
    class Core;
    explicit Server(std::shared_ptr<Core> core);
    std::shared_ptr<Core> core_;
};

}  // namespace mashang::http
