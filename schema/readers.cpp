#include "schema/readers.hpp"

#include <spdlog/spdlog.h>

#include "schema/writer.hpp"

namespace mashang::schema {

Readers::Readers(Connect connect, int threads, std::size_t queue_jobs_max)
    : connect_(std::move(connect)), queue_jobs_max_(queue_jobs_max) {
    for (int i = 0; i < std::max(1, threads); ++i) sessions_.push_back(connect_());
    for (auto& session : sessions_) threads_.emplace_back([this, &session] { loop(session); });
}

Readers::~Readers() {
    close();
}

void Readers::push(Store::Job job, Store::Done done) {
    Error refused;
    {
        const std::lock_guard lock(mutex_);
        if (closing_) {
            refused = make_error(Errc::unavailable, "error.unavailable");
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

void Readers::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_all();
    }
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Readers::loop(std::unique_ptr<Session>& session) {
    for (;;) {
        Item item;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            item = std::move(queue_.front());
            queue_.pop_front();
        }
        auto result = run(session, item.job);
        tell(item.done, std::move(result));
    }
}

Result<void> Readers::run(std::unique_ptr<Session>& session, const Store::Job& job) {
    try {
        if (!session || session->is_lost()) {
            session.reset();
            session = connect_();
        }
        try {
            session->begin();
        } catch (const StoreFault& fault) {
            // Cut off while it was idle: the job has not run yet, so a new connection may do.
            if (fault.cause != StoreFault::Cause::lost) throw;
            session.reset();
            session = connect_();
            session->begin();
        }
        auto result = run_guarded(job, *session, nullptr);
        session->commit();
        return result;
    } catch (const StoreFault& fault) {
        spdlog::error("store: {}", fault.what());
        if (session) session->rollback();
        return make_error(fault.code, "error.store_failed");
    }
}

}  // namespace mashang::schema
