#include "server/synced_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace mashang::server {
namespace {

constexpr std::size_t chunk_bytes = 1 << 20;

int write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

int open_new(const std::filesystem::path& file, unsigned mode) {
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
}

int sync_opened(const std::filesystem::path& path, int flags) {
    const Fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
    return opened.fd >= 0 && ::fsync(opened.fd) == 0 ? 0 : errno;
}

}  // namespace

Fd::~Fd() {
    if (fd >= 0) ::close(fd);
}

int sync_file(const std::filesystem::path& file) {
    return sync_opened(file, 0);
}

int sync_folder(const std::filesystem::path& folder) {
    return sync_opened(folder, O_DIRECTORY);
}

int write_synced(const std::filesystem::path& file, std::string_view bytes, unsigned mode) {
    const Fd made(open_new(file, mode));
    if (made.fd < 0) return errno;
    if (const int failed = write_all(made.fd, bytes)) return failed;
    return ::fsync(made.fd) == 0 ? 0 : errno;
}

int copy_synced(const std::filesystem::path& from, const std::filesystem::path& to) {
    const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.fd < 0) return errno;
    const Fd made(open_new(to, 0640));
    if (made.fd < 0) return errno;
    std::string chunk(chunk_bytes, '\0');
    while (true) {
        const auto got = ::read(source.fd, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) break;
        if (const int failed = write_all(made.fd, {chunk.data(), static_cast<std::size_t>(got)}))
            return failed;
    }
    return ::fsync(made.fd) == 0 ? 0 : errno;
}

}  // namespace mashang::server
