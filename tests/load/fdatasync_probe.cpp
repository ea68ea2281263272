// What this disk takes to make 4 KB durable: the floor under every acknowledged write, measured in the same
// run as the server that is judged by it.
//
//   fdatasync_probe FOLDER COUNT    writes COUNT times 4 KB to a file of its own, each followed by fdatasync,
//                                   once appending, as a write-ahead log that still grows, and once over the
//                                   same blocks, as one that has come round: prints {"append":figures,
//                                   "overwrite":figures} and removes the file.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/load/figures.hpp"

namespace {

int fail(const char* what) {
    std::fprintf(stderr, "fdatasync_probe: %s: %s\n", what, std::strerror(errno));
    return 1;
}

// From the file's present position, COUNT blocks; false when the disk refused.
bool write_blocks(int file, int count, mashang::load::Figures& figures) {
    std::array<char, 4096> block{};
    for (int i = 0; i < count; ++i) {
        block.fill(static_cast<char>('a' + i % 26));
        const auto start = std::chrono::steady_clock::now();
        if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size())) return false;
        if (::fdatasync(file) != 0) return false;
        figures.add(std::chrono::steady_clock::now() - start);
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "fdatasync_probe FOLDER COUNT\n");
        return 2;
    }
    const int count = std::atoi(argv[2]);
    std::string path = std::string{argv[1]} + "/fdatasync_probe_XXXXXX";
    const int file = ::mkstemp(path.data());
    if (file < 0) return fail(path.c_str());
    mashang::load::Figures append, overwrite;
    const bool good = write_blocks(file, count, append) && ::lseek(file, 0, SEEK_SET) == 0 &&
                      write_blocks(file, count, overwrite);
    const int code = good ? 0 : fail(path.c_str());
    ::close(file);
    ::unlink(path.c_str());
    if (good)
        std::printf("{\"append\":%s,\"overwrite\":%s}\n", append.json().c_str(), overwrite.json().c_str());
    return code;
}
