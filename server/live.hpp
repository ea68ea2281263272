// The live hub: what changed, to every page that may see it, the moment it is durable.
//
// Keeps the last events in a ring so that a page that lost its line resumes with Last-Event-ID; an id that is
// too old, or of another run of the server, gets `event: reset` and the page loads afresh. Any thread;
// publish is called after the commit.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "dispatch/case.hpp"
#include "server/http/response.hpp"

namespace mashang::server {

class LiveHub {
  public:
    // `run` tells this start of the server from the one before.
    explicit LiveHub(std::string run, std::size_t ring_events = 4096)
        : run_(std::move(run)), ring_events_(ring_events) {}

    // What a page is told; asked for at most once, on the thread of the first page that may see it, if any.
    using Say = std::function<std::string()>;
    // `c` is the case after the change; `also` may see it this once (an owner who has just lost it).
    void publish(std::shared_ptr<const Case> c, std::vector<PersonId> also, Say say);
    std::shared_ptr<http::EventStream> subscribe(Actor who, std::string_view last_event_id);
    // What has happened cannot be told: every page loads afresh, those that come back later too.
    void forget();
    std::size_t subscribers() const;
    void close();

  private:
    struct Entry {
        std::uint64_t id = 0;
        std::shared_ptr<const Case> c;
        std::vector<PersonId> also;
        Say say;
        std::string chunk;
    };
    static bool sees(const Entry& entry, const Actor& who);
    const std::string& chunk_of(Entry& entry) const;
    std::string id_of(std::uint64_t n) const { return run_ + '-' + std::to_string(n); }

    const std::string run_;
    const std::size_t ring_events_;
    mutable std::mutex mutex_;
    std::deque<Entry> ring_;
    std::uint64_t next_ = 1;
    std::map<std::uint64_t, std::pair<Actor, std::shared_ptr<http::EventStream>>> subscribers_;
    std::uint64_t next_subscriber_ = 1;
};

}  // namespace mashang::server
