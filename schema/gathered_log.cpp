#include "schema/gathered_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace mashang::schema {
namespace {

constexpr int frame_header_bytes = 24;
constexpr std::size_t kept_bytes_max = 1 << 20;  // a large transaction is written in pieces
// SQLite's own method takes the lower 17 bits of a size for the size (seekAndWriteFd in its os_unix.c).
constexpr std::size_t call_bytes_max = 120 << 10;

// SQLite's own methods of a log, and the same with ours before them. A disk has one kind of them.
const sqlite3_io_methods* log_methods = nullptr;
sqlite3_io_methods gathering_methods{};
std::once_flag log_methods_known;

// Of the log that this thread writes.
struct Kept {
    sqlite3_file* file = nullptr;
    sqlite3_int64 end = 0;  // of what was appended last, kept or written
    bool commits = false;   // the frame whose header came last
    std::vector<unsigned char> bytes;

    int write() {
        const auto start = end - static_cast<sqlite3_int64>(bytes.size());
        int done = SQLITE_OK;
        for (std::size_t at = 0; at < bytes.size() && done == SQLITE_OK; at += call_bytes_max) {
            const auto size = std::min(call_bytes_max, bytes.size() - at);
            done = log_methods->xWrite(file, bytes.data() + at, static_cast<int>(size),
                                       start + static_cast<sqlite3_int64>(at));
        }
        bytes.clear();
        return done;
    }
};
thread_local Kept kept;

// Not zero in the header of the frame that commits: the database's pages afterwards.
bool commits(const unsigned char* frame_header) {
    return (frame_header[4] | frame_header[5] | frame_header[6] | frame_header[7]) != 0;
}

// What is not appended (the header of a log that begins anew, a frame's header that is written again) goes
// its way at once.
int write_gathered(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    const bool appended = file == kept.file && at == kept.end;
    int done = appended ? SQLITE_OK : kept.write();
    kept.file = file;
    kept.end = at + size;
    bool whole = false;  // the last frame of a transaction
    if (size == frame_header_bytes) {
        kept.commits = commits(bytes);
    } else {
        whole = std::exchange(kept.commits, false);
    }
    if (!appended) return done != SQLITE_OK ? done : log_methods->xWrite(file, data, size, at);
    kept.bytes.insert(kept.bytes.end(), bytes, bytes + size);
    if (whole || kept.bytes.size() >= kept_bytes_max) done = kept.write();
    return done;
}

// Any other method, after what is kept was written.
template <auto Method>
struct After;
template <class... Values, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Values...)>
struct After<Method> {
    static int call(sqlite3_file* file, Values... values) {
        const int done = kept.file == file ? kept.write() : SQLITE_OK;
        const int own = (log_methods->*Method)(file, values...);
        return done != SQLITE_OK ? done : own;
    }
};

}  // namespace

bool gather_log_writes(void* connection) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(static_cast<sqlite3*>(connection), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                             &file) != SQLITE_OK)
        return false;
    if (!file || !file->pMethods) return false;
    std::call_once(log_methods_known, [file] {
        log_methods = file->pMethods;
        gathering_methods = *log_methods;
        gathering_methods.xWrite = write_gathered;
        gathering_methods.xRead = After<&sqlite3_io_methods::xRead>::call;
        gathering_methods.xTruncate = After<&sqlite3_io_methods::xTruncate>::call;
        gathering_methods.xSync = After<&sqlite3_io_methods::xSync>::call;
        gathering_methods.xFileSize = After<&sqlite3_io_methods::xFileSize>::call;
        gathering_methods.xClose = After<&sqlite3_io_methods::xClose>::call;
    });
    if (file->pMethods != log_methods) return false;
    file->pMethods = &gathering_methods;
    return true;
}

std::size_t log_bytes_kept() {
    return kept.bytes.size();
}

}  // namespace mashang::schema
