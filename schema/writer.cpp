#include "schema/writer.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

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

Writer::Writer(std::unique_ptr<Session> session, std::size_t queue_jobs_max, std::size_t group_jobs_max)
    : session_(std::move(session)),
      queue_jobs_max_(queue_jobs_max),
      group_jobs_max_(group_jobs_max),
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
    return {writable_, reason_, queue_.size(), commits_, jobs_, commit_us_last_};
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
        run(group);
        jobs_ += group.size();
        for (auto& item : group) tell(item.done, std::move(item.result));
    }
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
    using Clock = std::chrono::steady_clock;
    const auto begun = Clock::now();
    try {
        session_->commit();
    } catch (const StoreFault& fault) {
        spdlog::critical("store: commit failed, writing stops until restart: {}", fault.what());
        session_->rollback();
        stop_writing(fault.what());
        return refusal();
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
    commit_us_last_ = static_cast<std::uint64_t>(took.count());
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
