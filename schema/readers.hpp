// The read pool: a few threads, each with a query_only connection of its own; a job sees one snapshot.
// push and close: any thread. Bounded like the writer's queue. A connection that was lost is made anew before
// the next job; the job that lost it fails, because only writes may run twice.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "schema/session.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

class Readers {
  public:
    using Connect = std::function<std::unique_ptr<Session>()>;

    // Throws StoreFault when the first connections cannot be had.
    Readers(Connect connect, int threads, std::size_t queue_jobs_max);
    ~Readers();

    void push(Store::Job job, Store::Done done);
    void close();  // finishes what is queued, then joins

  private:
    struct Item {
        Store::Job job;
        Store::Done done;
    };
    void loop(std::unique_ptr<Session>& session);
    Result<void> run(std::unique_ptr<Session>& session, const Store::Job& job);

    const Connect connect_;
    std::vector<std::unique_ptr<Session>> sessions_;
    const std::size_t queue_jobs_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace mashang::schema
