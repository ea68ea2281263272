// Makes committed groups durable while the writer goes on with the next: syncs SQLite's write-ahead log
// itself.
//
// The writing connection commits without syncing (`synchronous = normal`: SQLite then syncs the log only when
// it begins anew and before it is copied into the database). A group's callers are told after a sync that
// began when all of the group stood in the log; groups are told in the order of their commits, so that nobody
// hears of what rests on something that may yet be lost. After a sync that failed the kernel calls its pages
// clean and would let the next one succeed: so the first failure is the last sync, and every later group is
// told of it (ADR 0022).
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mashang::schema {

class LogSyncer {
  public:
    using Told = std::function<void(bool durable)>;
    // Opens the log, which is there once a connection has written, and syncs its folder; StoreFault. `failed`
    // is called once, with what is wrong, before anybody is told.
    LogSyncer(const std::string& log_path, std::size_t unsynced_jobs_max,
              std::function<void(const std::string&)> failed);
    ~LogSyncer();
    LogSyncer(const LogSyncer&) = delete;

    struct Committed {
        std::size_t jobs = 0;
        bool wrote = false;  // else there is nothing to sync, only those before it to wait for
        Told told{};
    };
    // here: nothing else waits to be written, so the caller's thread may as well sync, if nothing is being
    // synced.
    enum class Where { here, beside };
    // One thread calls it. Waits while too many are unsynced.
    void durable(Committed group, Where where);
    void close();  // all are told, then joins

  private:
    void loop();
    bool sync(bool wrote);

    const int log_;
    const std::size_t unsynced_jobs_max_;
    const std::function<void(const std::string&)> failed_;

    std::mutex mutex_;
    std::condition_variable wake_, room_;
    std::vector<Committed> waiting_;
    std::size_t unsynced_jobs_ = 0;
    bool syncing_ = false, closing_ = false;
    std::atomic<bool> broken_{false};
    std::thread thread_;
};

}  // namespace mashang::schema
