#include "schema/postgres_store.hpp"

#include <spdlog/spdlog.h>

#include "schema/chain.hpp"
#include "schema/migrate.hpp"
#include "schema/notes.hpp"
#include "schema/number_blocks.hpp"
#include "schema/partitions.hpp"
#include "schema/readers.hpp"
#include "schema/session.hpp"
#include "schema/shared_writers.hpp"

namespace mashang::schema {
namespace {

// PostgreSQL plans by what it has counted, and counts by itself a minute after there was something to count:
// in an empty table any index beginning with the district looks as good as the right one. So as long as the
// cases are few they are counted as they grow.
void learn(Session& session) {
    try {
        session.execute(
            "do $$ begin if (select reltuples from pg_class where oid = 'cases'::regclass) < 20000 then"
            " analyze cases, workload, media, reports, outbox, codes, accounts; end if; end $$");
    } catch (const StoreFault&) {
        // Another server is at it.
    }
}

class PostgresStore final : public Store {
  public:
    explicit PostgresStore(const StoreOptions& options)
        : url_(options.url),
          speaker_(new_salt()),
          numbers_(url_),
          notes_(url_, speaker_, options.node, {[this] { robbed(); }, [this] { make_next_months(); }}),
          writers_([this] { return connect(Session::Use::write); }, learn, options.writers,
                   options.queue_jobs_max, options.group_jobs_max),
          readers_([this] { return connect(Session::Use::read); }, options.readers, options.queue_jobs_max) {}
    ~PostgresStore() override { close(); }

    void write(Job job, Done done, std::optional<Foreseen> foreseen) override {
        writers_.push(std::move(job), std::move(done), std::move(foreseen));
    }
    void read(Job job, Done done) override { readers_.push(std::move(job), std::move(done)); }
    StoreHealth health() const override { return writers_.health(); }
    int node() const override { return notes_.node(); }
    void listen(Heard heard) override { notes_.listen(std::move(heard)); }
    void close() override {
        notes_.close();
        writers_.close();
        readers_.close();
    }

  private:
    std::unique_ptr<Session> connect(Session::Use use) {
        auto session = std::make_unique<Session>(url_, use);
        session->speak_as(speaker_);
        session->take_numbers_from([this](int district, const std::string& name, std::int64_t size) {
            return numbers_.take(district, name, size);
        });
        return session;
    }
    void robbed() { writers_.stop_writing("another server has taken this one's number"); }

    // A server that runs for years comes to months that were not there when it started.
    void make_next_months() {
        try {
            Session session(url_, Session::Use::write);
            make_months(session);
        } catch (const StoreFault& fault) {
            spdlog::error("store: {}", fault.what());
        }
    }

    const std::string url_, speaker_;
    NumberBlocks numbers_;
    Notes notes_;
    SharedWriters writers_;
    Readers readers_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const StoreOptions& options) {
    try {
        {
            Session migrating(options.url, Session::Use::write);
            if (auto migrated = migrate(migrating, embedded_migrations()); migrated.has_error())
                return migrated.error();
            make_months(migrating);
        }
        return std::make_unique<PostgresStore>(options);
    } catch (const StoreFault& fault) {
        spdlog::critical("store: {}", fault.what());
        if (fault.code == Errc::invalid) return make_error(Errc::invalid, "error.store_url");
        return make_error(Errc::unavailable, "error.store_failed", {{"why", fault.what()}});
    }
}

}  // namespace mashang::schema
