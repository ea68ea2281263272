#include "schema/checkpoint.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>

namespace mashang::schema {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 250ms;
constexpr int looks_before_small = 12;  // three seconds: then even a little log is copied
constexpr std::uintmax_t grown_bytes = 4 << 20;
constexpr std::uintmax_t restart_bytes = 128 << 20;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Session> session, std::string wal_path,
                           std::function<std::uint64_t()> commits,
                           std::function<void(const std::string&)> failed)
    : session_(std::move(session)),
      wal_path_(std::move(wal_path)),
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

std::uintmax_t Checkpointer::log_bytes() const {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(wal_path_, missing);
    return missing ? 0 : bytes;
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
    std::uint64_t commits_before = commits_();
    std::uintmax_t bytes_before = log_bytes();
    int looks = 0;
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, look_every, [this] { return closing_; })) {
        lock.unlock();
        const auto commits_now = commits_();
        const auto bytes = log_bytes();
        ++looks;
        const bool grown = bytes >= bytes_before + grown_bytes;
        if (commits_now != commits_before && (grown || looks >= looks_before_small)) {
            checkpoint("passive");
            if (bytes > restart_bytes) checkpoint("restart");
            commits_before = commits_now;
            bytes_before = bytes;
            looks = 0;
        }
        lock.lock();
    }
    lock.unlock();
    checkpoint("truncate");
}

}  // namespace mashang::schema
