#include "schema/store.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <filesystem>

#include "schema/checkpoint.hpp"
#include "schema/migrate.hpp"
#include "schema/postgres.hpp"
#include "schema/postgres_store.hpp"
#include "schema/readers.hpp"
#include "schema/session.hpp"
#include "schema/writer.hpp"

namespace mashang::schema {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

class SqliteStore final : public Store {
  public:
    SqliteStore(const std::string& path, std::unique_ptr<Session> writing, const StoreOptions& options)
        : writer_(std::move(writing), options.queue_jobs_max, options.group_jobs_max),
          readers_([path] { return std::make_unique<Session>(path, Session::Use::read); }, options.readers,
                   options.queue_jobs_max),
          node_(options.node),
          checkpointer_(std::make_unique<Session>(path, Session::Use::checkpoint), path + "-wal",
                        [this] { return writer_.commits(); }) {}
    ~SqliteStore() override { close(); }

    void write(Job job, Done done) override { writer_.push(std::move(job), std::move(done)); }
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

}  // namespace

void note(Tx& tx, std::string text) {
    tx.session().note(std::move(text));
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
    if (sodium_init() < 0) return make_error(Errc::unavailable, "error.store_failed", {{"why", "sodium"}});
    if (postgres::is_url(options.url) && options.group_jobs_max > 0) return open_postgres_store(options);
    if (!options.url.starts_with(sqlite_scheme) || options.url.size() == sqlite_scheme.size() ||
        options.url.find('"') != std::string::npos || options.group_jobs_max == 0)
        return make_error(Errc::invalid, "error.store_url", {{"url", options.url}});
    const auto path = options.url.substr(sqlite_scheme.size());
    std::error_code ignored;  // opening says better what is wrong
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    try {
        {
            Session migrating(path, Session::Use::write);
            if (auto migrated = migrate(migrating, embedded_migrations()); migrated.has_error())
                return migrated.error();
        }
        // Opened anew: a connection reads the planner's statistics only once.
        auto writing = std::make_unique<Session>(path, Session::Use::write);
        return std::make_unique<SqliteStore>(path, std::move(writing), options);
    } catch (const StoreFault& fault) {
        spdlog::critical("store: {}", fault.what());
        return make_error(Errc::unavailable, "error.store_failed", {{"why", fault.what()}});
    }
}

}  // namespace mashang::schema
