// What this disk takes to make 4 KB durable: the floor under every acknowledged write, measured in the same
// run as the server that is judged by it.
//
//   fdatasync_probe FOLDER COUNT    appends COUNT times 4 KB to a file of its own, each followed by
//   fdatasync,
//                                   as a write-ahead log grows; prints one line of JSON and removes the file.
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
    std::array<char, 4096> block{};
    mashang::load::Figures figures;
    int code = 0;
    for (int i = 0; i < count && code == 0; ++i) {
        block.fill(static_cast<char>('a' + i % 26));
        const auto start = std::chrono::steady_clock::now();
        if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()))
            code = fail("write");
        if (code == 0 && ::fdatasync(file) != 0) code = fail("fdatasync");
        figures.add(std::chrono::steady_clock::now() - start);
    }
    ::close(file);
    ::unlink(path.c_str());
    if (code == 0) std::printf("%s\n", figures.json().c_str());
    return code;
}
