// The read pool: a few threads, each with a query_only connection of its own; a job sees one snapshot.
// push and close: any thread. Bounded like the writer's queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "schema/session.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

class Readers {
  public:
    Readers(std::vector<std::unique_ptr<Session>> sessions, std::size_t queue_jobs_max);
    ~Readers();

    void push(Store::Job job, Store::Done done);
    void close();  // finishes what is queued, then joins

  private:
    struct Item {
        Store::Job job;
        Store::Done done;
    };
    void loop(Session& session);

    std::vector<std::unique_ptr<Session>> sessions_;
    const std::size_t queue_jobs_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace mashang::schema
