// A response as handlers make it, and the stream of server-sent events.
//
// The session owns framing: it writes Content-Length, Transfer-Encoding, Connection and Date itself and
// ignores a handler's own; it leaves the body out for HEAD, 204 and 304; it compresses text. A header name or
// value that could split the response (control characters, line breaks) is a bug of the handler: it is logged
// and the client gets a 500.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mashang::http {

// A bounded queue between the live hub (any thread) and one connection that writes it out.
//
// The hub pushes ready text ("event: case\nid: 7\ndata: {}\n\n"); push never waits. A subscriber that does
// not keep up is cut off as a whole, because a gap in the events must never go unnoticed: it reconnects with
// Last-Event-ID. All members may be called from any thread; attach and take belong to the session.
class EventStream {
  public:
    struct Bounds {
        std::size_t chunks_max = 256;
        std::size_t bytes_max = 1 << 20;
        std::chrono::milliseconds ping_every{15'000};  // a comment line, so that proxies keep the line open
    };
    enum class Taken { chunk, nothing, ended };

    EventStream() = default;
    explicit EventStream(Bounds bounds) : bounds_(bounds) {}

    bool push(std::string chunk);  // false: closed or overflowed, forget this subscriber
    void close();                  // what was pushed before is still delivered
    bool closed() const;

    // Session's side. The waker is called, from the pusher's thread, at most once per `nothing` of take.
    void attach(std::function<void()> waker);
    void detach();                 // closes and drops what is queued
    Taken take(std::string& out);  // everything queued at once, appended
    std::chrono::milliseconds ping_every() const { return bounds_.ping_every; }

  private:
    void wake(std::unique_lock<std::mutex>&);

    const Bounds bounds_{};
    mutable std::mutex mutex_;
    std::deque<std::string> chunks_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
    bool waiting_ = false;
    std::function<void()> waker_;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::shared_ptr<const std::string> shared_body;  // instead of body: one copy for all (pages, pictures)
    std::shared_ptr<EventStream> stream;             // instead of a body: events until either side ends
    bool compressible = true;  // false where a secret and the client's own words share a body (BREACH)
    bool close = false;        // end the connection after this response

    Response& set(std::string_view name, std::string value);  // replaces, whatever its case
    Response& add(std::string_view name, std::string value);  // for Set-Cookie
    std::string_view header(std::string_view name) const noexcept;
    const std::string& content() const noexcept { return shared_body ? *shared_body : body; }

    static Response of(int status, std::string_view content_type, std::string body);
};

}  // namespace mashang::http
