#include "schema/log_syncer.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "schema/session.hpp"

namespace mashang::schema {
namespace {

int open_log(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    const int log = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (log < 0) throw StoreFault(Errc::unavailable, std::string("the log: ") + std::strerror(errno));
    // The log's name must outlive a power cut as its content does.
    const int within = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = within >= 0 && ::fsync(within) == 0;
    const int why = errno;
    if (within >= 0) ::close(within);
    if (synced) return log;
    ::close(log);
    throw StoreFault(Errc::unavailable, std::string("the log's folder: ") + std::strerror(why));
}

}  // namespace

LogSyncer::LogSyncer(const std::string& log_path, std::size_t unsynced_jobs_max,
                     std::function<void(const std::string&)> failed)
    : log_(open_log(log_path)),
      unsynced_jobs_max_(unsynced_jobs_max),
      failed_(std::move(failed)),
      thread_([this] { loop(); }) {}

LogSyncer::~LogSyncer() {
    close();
    ::close(log_);
}

void LogSyncer::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void LogSyncer::durable(Committed group, Where where) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return unsynced_jobs_ < unsynced_jobs_max_; });
    if (waiting_.empty() && !syncing_ && (where == Where::here || !group.wrote)) {
        lock.unlock();
        return group.told(sync(group.wrote));
    }
    unsynced_jobs_ += group.jobs;
    waiting_.push_back(std::move(group));
    wake_.notify_one();
}

bool LogSyncer::sync(bool wrote) {
    if (broken_) return false;
    if (!wrote) return true;
    int done = 0;
    do done = ::fdatasync(log_);
    while (done != 0 && errno == EINTR);
    if (done == 0) return true;
    const std::string why = std::string("the log cannot be synced: ") + std::strerror(errno);
    broken_ = true;
    spdlog::critical("store: {}, writing stops until restart", why);
    failed_(why);
    return false;
}

void LogSyncer::loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto groups = std::exchange(waiting_, {});
        syncing_ = true;
        lock.unlock();
        const bool wrote =
            std::any_of(groups.begin(), groups.end(), [](const Committed& g) { return g.wrote; });
        const bool durable = sync(wrote);
        std::size_t jobs = 0;
        for (const auto& group : groups) {
            group.told(durable);
            jobs += group.jobs;
        }
        lock.lock();
        syncing_ = false;
        unsynced_jobs_ -= jobs;
        room_.notify_one();
    }
}

}  // namespace mashang::schema
