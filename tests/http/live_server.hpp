// A server on a free port with two threads and a few routes, for the tests of this folder.
#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <future>
#include <thread>

#include "server/http/server.hpp"

namespace mashang::test {

// A door that handlers wait at until the test opens it; no sleeping.
class Door {
  public:
    void open();
    void await_knock();                    // by a handler
    boost::asio::awaitable<void> enter();  // on a handler's strand

  private:
    std::mutex mutex_;
    std::condition_variable knocked_;
    bool open_ = false;
    bool knock_ = false;
    std::vector<std::function<void()>> waiting_;
};

struct World {
    Door door;
    std::shared_ptr<http::EventStream> stream;
    std::string big_text;
};

class LiveServer {
  public:
    // Events may not overtake the stream: `stream` is the one that GET /events hands out.
    explicit LiveServer(http::Limits limits = {}, http::EventStream::Bounds bounds = {});
    ~LiveServer();

    std::uint16_t port() const { return server_->port(); }
    std::future<bool> drain(std::chrono::milliseconds deadline);
    http::Counters counters() const { return server_->counters(); }
    // Waits, at most two seconds, for what the counters show a moment after the client saw it.
    bool becomes(const std::function<bool(const http::Counters&)>& wanted) const;

    World world;

  private:
    boost::asio::io_context context_{2};
    std::optional<http::Server> server_;
    std::vector<std::jthread> threads_;
};

}  // namespace mashang::test
