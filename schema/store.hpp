// The database contract: Store{read, write} over transactions, SQLite or PostgreSQL by the same texts.
//
// Hides SOCI, the writer threads, group commit and the reader pool. A write is a closure over a Tx: it may
// run twice (a group that rolled back is run again one by one; on PostgreSQL also after a deadlock or a lost
// connection), so it captures by value, does no I/O and decides before it writes; a closure that returns a
// failure has written nothing. `done` is called after the commit is durable (SQLite: the write-ahead log
// synced; PostgreSQL: synchronous_commit=on), on a store thread: post to your own executor, do not work in
// it. Any thread may call read and write.
//
// One server uses a SQLite file; several may share a PostgreSQL database. What one of them notes in a
// transaction (note) the others hear when it has committed, in the order of the commits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/result.hpp"

namespace mashang::schema {

class Session;  // a database connection; known to schema/*.cpp only

// One transaction (or one read snapshot). The queries/*.hpp functions take it; nothing else can be done with
// it.
class Tx {
  public:
    explicit Tx(Session& session) : session_(session) {}
    Tx(const Tx&) = delete;
    Session& session() { return session_; }

  private:
    Session& session_;
};

struct StoreOptions {
    std::string url;  // "sqlite:data/mashang.db", "postgresql://…"
    int readers = 3;  // threads and connections of the read pool
    // The same for writing; SQLite has one. On PostgreSQL one decides while the other commits; with more of
    // them the groups are smaller, and commits take turns all the same.
    int writers = 2;
    int node = 0;  // this server's number; PostgreSQL: the first free one from here
    std::size_t queue_jobs_max = 4096;
    std::size_t group_jobs_max = 256;
};

struct StoreHealth {
    bool writable = true;  // false after a failed commit or sync, until restart; while PostgreSQL is away
    std::string reason;    // why not
    std::size_t queue_jobs = 0;
    std::uint64_t commits = 0, jobs = 0;  // jobs / commits = mean batch
};

struct CodeRow;

// What a report's job will ask, told beforehand: where each question is a round trip (PostgreSQL), the
// reports of a group then ask together. The answers are the same for those who told nothing.
struct Foreseen {
    int district = 0;
    CodeId place{};
    std::string scope, key;  // of its idempotency
    // Whose loads are compared there; on a store thread.
    std::function<std::vector<PersonId>(const CodeRow&)> people;
};

class Store {
  public:
    using Job = std::function<Result<void>(Tx&)>;
    using Done = std::function<void(Result<void>)>;

    virtual ~Store() = default;
    // Full queue: done(busy "error.busy") at once, on the caller's thread. Not writable: done(unavailable
    // "error.store_failed"); closed: done(unavailable "error.unavailable").
    virtual void write(Job job, Done done, std::optional<Foreseen> foreseen) = 0;
    void write(Job job, Done done) { write(std::move(job), std::move(done), std::nullopt); }
    virtual void read(Job job, Done done) = 0;
    virtual StoreHealth health() const = 0;
    // This server's number, no other's while the store is open: part of case ids.
    virtual int node() const = 0;
    // Notes of other servers, on a store thread; "" when some may have been missed. Called once.
    using Heard = std::function<void(const std::string& note)>;
    virtual void listen(Heard heard) = 0;
    // Takes no more, finishes what is queued, checkpoints, joins its threads. Called once, by the app.
    virtual void close() = 0;
};

// For the other servers of this store, if the transaction commits: letters, digits, blanks.
void note(Tx& tx, std::string text);

// Opens, migrates (refusing a database newer than the code: conflict "error.database_newer"; one whose
// applied migration had another text: conflict "error.migration_changed") and starts threads. Also invalid
// "error.store_url" and unavailable "error.store_failed".
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);

}  // namespace mashang::schema
