// Files that are on the disk when the call returns, and folders that still name them after a power cut.
//
// Every function answers 0 or an errno. They block; any thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace mashang::server {

// An open descriptor, closed at the end of its scope.
struct Fd {
    int fd;
    explicit Fd(int opened) : fd(opened) {}
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();
};

int sync_file(const std::filesystem::path& file);
int sync_folder(const std::filesystem::path& folder);
// A new file, mode 0640 unless said otherwise; EEXIST where there is one.
int write_synced(const std::filesystem::path& file, std::string_view bytes, unsigned mode = 0640);
// The bytes of one file in a new one, mode 0640.
int copy_synced(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace mashang::server
