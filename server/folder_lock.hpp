// The data folder held by one server at a time: two on one SQLite file would each give out the same case ids
// and tell their live pages only half of what happens. The kernel lets go when the process ends, however it
// does.
//
// Movable, not copyable; one thread. Errors: unavailable "error.config" when another server holds it.
#pragma once

#include <filesystem>
#include <utility>

#include "dispatch/result.hpp"

namespace mashang::server {

class FolderLock {
  public:
    static Result<FolderLock> take(const std::filesystem::path& folder);

    FolderLock() = default;
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_ = -1;
};

}  // namespace mashang::server
