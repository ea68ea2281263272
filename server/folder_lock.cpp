#include "server/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mashang::server {

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
    const auto path = folder / "serve.lock";
    FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.file_ < 0)
        return make_error(Errc::unavailable, "error.config", {{"key", "data"}, {"reason", path.string()}});
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0)
        return make_error(Errc::unavailable, "error.config",
                          {{"key", "data"}, {"reason", "another server holds " + path.string()}});
    return lock;
}

FolderLock::~FolderLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace mashang::server
