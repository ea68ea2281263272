#include "schema/writer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "schema/gathered_log.hpp"
#include "schema/paced_writes.hpp"

namespace mashang::schema {

Result<void> run_guarded(const Store::Job& job, Session& session, bool* threw) {
    try {
        Tx tx(session);
        return job(tx);
    } catch (const StoreFault& fault) {
        if (threw) *threw = true;
        spdlog::error("store: {}", fault.what());
        return make_error(fault.code,
                          fault.code == Errc::unavailable ? "error.store_failed" : "error.internal");
    } catch (const std::exception& e) {
        if (threw) *threw = true;
        spdlog::error("store: a job threw: {}", e.what());
        return make_error(Errc::internal, "error.internal");
    }
}

void tell(const Store::Done& done, Result<void> result) {
    try {
        done(std::move(result));
    } catch (const std::exception& e) {
        spdlog::error("store: done threw: {}", e.what());
    }
}

namespace {

// Syncing is ours (log_syncer.hpp). Until a connection has written, the log may not be there.
std::unique_ptr<Session> with_log(std::unique_ptr<Session> session, std::atomic<std::uint64_t>& pages) {
    count_log_pages(session->sqlite_connection(), pages);
    session->execute("pragma synchronous = normal");
    session->begin();
    session->commit();
    gather_log_writes(session->sqlite_connection());
    return session;
}

}  // namespace

Writer::Writer(std::unique_ptr<Session> session, const std::string& log_path, std::size_t queue_jobs_max,
               std::size_t group_jobs_max)
    : session_(with_log(std::move(session), log_pages_)),
      queue_jobs_max_(queue_jobs_max),
      group_jobs_max_(group_jobs_max),
      syncer_(log_path, std::min(group_jobs_max, queue_jobs_max),
              [this](const std::string& why) { stop_writing(why); }),
      thread_([this] { loop(); }) {}

Writer::~Writer() {
    close();
}

void Writer::push(Store::Job job, Store::Done done) {
    Error refused;
    {
        const std::lock_guard lock(mutex_);
        if (closing_) {
            refused = make_error(Errc::unavailable, "error.unavailable");
        } else if (!writable_) {
            refused = refusal();
        } else if (queue_.size() >= queue_jobs_max_) {
            refused = make_error(Errc::busy, "error.busy");
        } else {
            queue_.push_back({std::move(job), std::move(done)});
            wake_.notify_one();
            return;
        }
    }
    tell(done, std::move(refused));
}

StoreHealth Writer::health() const {
    const std::lock_guard lock(mutex_);
    return {writable_, reason_, queue_.size(), commits_, jobs_};
}

void Writer::stop_writing(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (writable_) reason_ = reason;  // the first one is the cause of the others
    writable_ = false;
}

void Writer::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    syncer_.close();
}

void Writer::loop() {
    for (;;) {
        Group group;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            while (!queue_.empty() && group.size() < group_jobs_max_) {
                group.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        const auto changes = session_->changes();
        run(group);
        jobs_ += group.size();
        acknowledge(std::move(group), session_->changes() != changes);
    }
}

// Refusals too wait for the sync: they may rest on what another group wrote and a power cut would take.
void Writer::acknowledge(Group group, bool wrote) {
    bool next = false;
    {
        const std::lock_guard lock(mutex_);
        next = !queue_.empty();
    }
    const auto kept = std::make_shared<Group>(std::move(group));
    const auto jobs = kept->size();
    syncer_.durable({jobs, wrote,
                     [this, kept](bool durable) {
                         if (!durable) refuse_all(*kept, refusal());
                         for (auto& item : *kept) tell(item.done, std::move(item.result));
                     }},
                    next ? LogSyncer::Where::beside : LogSyncer::Where::here);
}

void Writer::run(Group& group) {
    {
        const std::lock_guard lock(mutex_);
        if (!writable_) return refuse_all(group, refusal());
    }
    if (run_together(group)) return;
    for (auto& item : group) run_alone(item);
}

bool Writer::run_together(Group& group) {
    try {
        session_->begin();
    } catch (const StoreFault& fault) {
        spdlog::error("store: {}", fault.what());
        refuse_all(group, make_error(Errc::unavailable, "error.store_failed"));
        return true;
    }
    for (auto& item : group) {
        bool threw = false;
        const auto changes = session_->changes();
        item.result = run_guarded(item.job, *session_, &threw);
        if (threw || (item.result.has_error() && session_->changes() != changes)) {
            session_->rollback();
            if (group.size() == 1 && threw) return true;  // it was alone already
            return false;
        }
    }
    if (const auto committed = commit(); committed.has_error()) {
        // Also the refusals: they may rest on what a neighbour wrote and is now lost.
        refuse_all(group, committed.error());
    }
    return true;
}

void Writer::run_alone(Item& item) {
    {
        const std::lock_guard lock(mutex_);
        if (!writable_) {
            item.result = refusal();
            return;
        }
    }
    try {
        session_->begin();
    } catch (const StoreFault& fault) {
        spdlog::error("store: {}", fault.what());
        item.result = make_error(Errc::unavailable, "error.store_failed");
        return;
    }
    bool threw = false;
    item.result = run_guarded(item.job, *session_, &threw);
    if (item.result.has_error()) return session_->rollback();
    if (const auto committed = commit(); committed.has_error()) item.result = committed.error();
}

Result<void> Writer::commit() {
    try {
        session_->commit();
    } catch (const StoreFault& fault) {
        spdlog::critical("store: commit failed, writing stops until restart: {}", fault.what());
        session_->rollback();
        stop_writing(fault.what());
        return refusal();
    }
    ++commits_;
    return {};
}

Error Writer::refusal() const {
    return make_error(Errc::unavailable, "error.store_failed");
}

void Writer::refuse_all(Group& group, const Error& error) const {
    for (auto& item : group) item.result = error;
}

}  // namespace mashang::schema
