#include "schema/store.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <filesystem>

#include "schema/checkpoint.hpp"
#include "schema/copy.hpp"
#include "schema/migrate.hpp"
#include "schema/postgres.hpp"
#include "schema/postgres_store.hpp"
#include "schema/readers.hpp"
#include "schema/session.hpp"
#include "schema/writer.hpp"

namespace mashang::schema {
namespace {

class SqliteStore final : public Store {
  public:
    SqliteStore(const std::string& path, std::unique_ptr<Session> writing, const StoreOptions& options)
        : writer_(std::move(writing), path + "-wal", options.queue_jobs_max, options.group_jobs_max),
          readers_([path] { return std::make_unique<Session>(path, Session::Use::read); }, options.readers,
                   options.queue_jobs_max),
          node_(options.node),
          checkpointer_(
              std::make_unique<Session>(path, Session::Use::checkpoint),
              [this] { return writer_.log_pages(); }, [this] { return writer_.commits(); },
              [this](const std::string& why) { writer_.stop_writing(why); }) {}
    ~SqliteStore() override { close(); }

    void stop_writing(const std::string& why) { writer_.stop_writing(why); }

    void write(Job job, Done done, std::optional<Foreseen>) override {
        writer_.push(std::move(job), std::move(done));
    }
    void read(Job job, Done done) override { readers_.push(std::move(job), std::move(done)); }
    StoreHealth health() const override { return writer_.health(); }
    int node() const override { return node_; }
    void listen(Heard) override {}  // one server a file
    void close() override {
        writer_.close();
        readers_.close();
        checkpointer_.close();
    }

  private:
    // Closed and destroyed in this order's reverse: the checkpointer asks the writer.
    Writer writer_;
    Readers readers_;
    const int node_;
    Checkpointer checkpointer_;
};

// What a process before us left in the write-ahead log may be in the machine's memory only: after a sync that
// failed the kernel calls its pages clean, and a second sync succeeds without writing them. Whatever we then
// appended behind would be acknowledged and yet lost with them. Copying the log into the database writes and
// syncs every page of it anew. Returns why it could not be done, "" when it was.
std::string settle_log(Session& session) {
    try {
        session.execute("pragma wal_checkpoint(passive)");
        return "";
    } catch (const StoreFault& fault) {
        spdlog::critical(
            "store: what the last run left cannot be settled, nothing is written until restart: {}",
            fault.what());
        return fault.what();
    }
}

}  // namespace

void note(Tx& tx, std::string text) {
    tx.session().note(std::move(text));
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
    if (sodium_init() < 0) return make_error(Errc::unavailable, "error.store_failed", {{"why", "sodium"}});
    if (postgres::is_url(options.url) && options.group_jobs_max > 0) return open_postgres_store(options);
    const auto file = database_file(options.url);
    if (file.has_error()) return file.error();
    if (options.group_jobs_max == 0)
        return make_error(Errc::invalid, "error.store_url", {{"url", options.url}});
    const auto path = file->string();
    std::error_code ignored;  // opening says better what is wrong
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    try {
        std::string cannot_settle;
        {
            Session migrating(path, Session::Use::write);
            cannot_settle = settle_log(migrating);
            if (auto migrated = migrate(migrating, embedded_migrations()); migrated.has_error())
                return migrated.error();
        }
        // Opened anew: a connection reads the planner's statistics only once.
        auto writing = std::make_unique<Session>(path, Session::Use::write);
        auto store = std::make_unique<SqliteStore>(path, std::move(writing), options);
        if (!cannot_settle.empty()) store->stop_writing(cannot_settle);
        return store;
    } catch (const StoreFault& fault) {
        spdlog::critical("store: {}", fault.what());
        return make_error(Errc::unavailable, "error.store_failed", {{"why", fault.what()}});
    }
}

}  // namespace mashang::schema
