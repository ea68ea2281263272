// The one writer thread: a bounded queue, and group commit.
//
// It takes what has queued up, at most group_jobs_max, without waiting for more: one transaction, the jobs
// one after another, one fsync, then `done` of each on this thread. If a job throws, or returns a failure
// although it has written (a breach of the store's contract), the group rolls back and each job runs alone,
// so that only the guilty one fails. After a failed commit nothing is known of the file's state: every later
// write is refused (unavailable "error.store_failed") until restart; reads go on. push, health and close: any
// thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "schema/log_syncer.hpp"
#include "schema/session.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

class Writer {
  public:
    // `log_path`: of the write-ahead log; StoreFault when it cannot be opened.
    Writer(std::unique_ptr<Session> session, const std::string& log_path, std::size_t queue_jobs_max,
           std::size_t group_jobs_max);
    ~Writer();

    void push(Store::Job job, Store::Done done);
    StoreHealth health() const;
    std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
    std::uint64_t log_pages() const { return log_pages_.load(std::memory_order_relaxed); }
    // Every later write is refused until restart, as after a failed commit.
    void stop_writing(const std::string& reason);
    void close();  // finishes and syncs what is queued, then joins

  private:
    struct Item {
        Store::Job job;
        Store::Done done;
        Result<void> result{};
    };
    using Group = std::vector<Item>;

    void loop();
    void run(Group& group);
    void acknowledge(Group group, bool wrote);
    bool run_together(Group& group);  // false: rolled back, each has to run alone
    void run_alone(Item& item);
    Result<void> commit();
    Error refusal() const;
    void refuse_all(Group& group, const Error& error) const;

    std::atomic<std::uint64_t> log_pages_{0};
    std::unique_ptr<Session> session_;
    const std::size_t queue_jobs_max_, group_jobs_max_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    bool closing_ = false;
    bool writable_ = true;
    std::string reason_;

    std::atomic<std::uint64_t> commits_{0}, jobs_{0};
    LogSyncer syncer_;
    std::thread thread_;
};

// Runs a job and turns whatever it throws into a failure: StoreFault by its code, the rest internal.
Result<void> run_guarded(const Store::Job& job, Session& session, bool* threw);
// Never lets an exception of the caller's code end the store's thread.
void tell(const Store::Done& done, Result<void> result);

}  // namespace mashang::schema
