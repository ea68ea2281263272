// Several writer threads over one database that others write too (PostgreSQL): a bounded queue, group commit.
//
// Each thread has a connection of its own and takes its share of what has queued up. A transaction holds
// several jobs; a job that finds a row held by another transaction, while its own holds some, is put off and
// begins the next one. A deadlock, a serialization failure or a lost connection is met by running the same
// jobs again, on a new connection if need be; a unique violation by running each alone, twice if need be, for
// a request that came twice at once finds on its second run what the first one wrote. After a commit whose
// answer was lost the server is asked what became of it; if it cannot be asked, the caller is told
// unavailable "error.store_failed" and his key tells him later. While no connection can be had every write is
// refused so, until one can. push, health, stop_writing and close: any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "schema/session.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

class SharedWriters {
  public:
    using Connect = std::function<std::unique_ptr<Session>()>;  // throws StoreFault

    // Between transactions, at the fourth commit and each time their number has doubled since.
    using Doubled = std::function<void(Session&)>;

    // Throws StoreFault when the first connections cannot be had.
    SharedWriters(Connect connect, Doubled doubled, int threads, std::size_t queue_jobs_max,
                  std::size_t group_jobs_max);
    ~SharedWriters();

    void push(Store::Job job, Store::Done done, std::optional<Foreseen> foreseen);
    StoreHealth health() const;
    void stop_writing(const std::string& reason);  // until restart
    void close();                                  // finishes what is queued, then joins

  private:
    enum class State { waiting, done, put_off };
    struct Item {
        Store::Job job;
        Store::Done done;
        std::optional<Foreseen> foreseen;
        Result<void> result{};
        State state = State::waiting;
        int put_offs = 0;
    };
    using Group = std::vector<Item>;
    enum class Outcome { kept, again, apart, lost, unknown };
    struct Worker {
        std::unique_ptr<Session> session;
        Group put_off;
        bool doubled = false;
        std::minstd_rand dice;
    };

    void loop(Worker& worker);
    bool take(Worker& worker, Group& group);  // false: closed, and nothing is left
    void run(Worker& worker, Group& group);
    void begin_together(Worker& worker, const Group& group);
    Outcome run_together(Worker& worker, Group& group);
    bool run_job(Worker& worker, Item& item, bool alone, StoreFault::Cause& cause);
    void run_alone(Worker& worker, Item& item);
    Outcome commit(Worker& worker);
    Outcome fate(Worker& worker, std::string transaction);
    bool connected(Worker& worker);  // a new connection, if the old one is gone
    void pause(Worker& worker, int attempt);
    bool refused(Error* error) const;

    const Connect connect_;
    const Doubled doubled_;
    const std::size_t queue_jobs_max_, group_jobs_max_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    bool closing_ = false, stopped_ = false;
    std::string reason_;        // why not, when stopped
    int connections_lost_ = 0;  // workers that have none

    std::atomic<std::uint64_t> commits_{0}, jobs_{0};
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::thread> threads_;
};

}  // namespace mashang::schema
