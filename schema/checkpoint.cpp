#include "schema/checkpoint.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "schema/paced_writes.hpp"

namespace mashang::schema {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 250ms;
constexpr int looks_before_small = 12;  // three seconds: then even a little log is copied
// Pages of 4 KB. The longer the log, the more often a page stands in it, which is copied once.
constexpr std::uint64_t grown_pages = 8'000;
// What a start after a crash has to read; some seconds of writing as fast as can be.
constexpr std::uint64_t restart_pages = 64'000;
// A restart keeps the writer out. What was written meanwhile is less after each pass: little is left to it.
constexpr int paced_before_restart = 3;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Session> session, std::function<std::uint64_t()> log_pages,
                           std::function<std::uint64_t()> commits,
                           std::function<void(const std::string&)> failed)
    : session_(std::move(session)),
      log_pages_(std::move(log_pages)),
      commits_(std::move(commits)),
      failed_(std::move(failed)),
      thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
    close();
}

void Checkpointer::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Checkpointer::checkpoint(const char* mode) {
    try {
        session_->execute(std::string("pragma wal_checkpoint(") + mode + ")");
    } catch (const StoreFault& fault) {
        spdlog::critical("store: a checkpoint failed, writing stops until restart: {}", fault.what());
        failed_(fault.what());
    }
}

void Checkpointer::loop() {
    std::uint64_t commits_before = commits_(), copied = 0;
    int looks = 0;
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, look_every, [this] { return closing_; })) {
        lock.unlock();
        const auto commits_now = commits_(), pages = log_pages_();
        if (pages < copied) copied = 0;  // it has begun anew
        ++looks;
        const bool grown = pages >= copied + grown_pages;
        if (commits_now != commits_before && (grown || looks >= looks_before_small)) {
            copied = pages;
            const bool restarts = pages > restart_pages;
            {
                const PacedWrites paced;
                for (int i = 0; i < (restarts ? paced_before_restart : 1); ++i) checkpoint("passive");
            }
            if (restarts) checkpoint("restart");
            commits_before = commits_now;
            looks = 0;
        }
        lock.lock();
    }
    lock.unlock();
    checkpoint("truncate");
}

}  // namespace mashang::schema
