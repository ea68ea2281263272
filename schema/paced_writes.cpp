#include "schema/paced_writes.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace mashang::schema {
namespace {

using namespace std::chrono_literals;
using SliceClock = std::chrono::steady_clock;

constexpr std::size_t slice_bytes = 256 << 10;  // about a millisecond of a plain disk
constexpr SliceClock::duration pause_max = 10ms;

struct Slices {
    std::size_t unsynced_bytes = 0, synced = 0;
};
thread_local std::optional<Slices> slices_now;  // nothing while this thread is not paced

// SQLite's own methods of a database file, and the same with our write. A disk has one kind of them.
const sqlite3_io_methods* own_methods = nullptr;
sqlite3_io_methods paced_methods{};
std::once_flag methods_known;

int write_paced(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    const int done = own_methods->xWrite(file, bytes, size, at);
    if (done != SQLITE_OK || !slices_now) return done;
    slices_now->unsynced_bytes += static_cast<std::size_t>(size);
    if (slices_now->unsynced_bytes < slice_bytes) return done;
    slices_now->unsynced_bytes = 0;
    ++slices_now->synced;
    const auto begun = SliceClock::now();
    const int synced = own_methods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    std::this_thread::sleep_for(std::min(SliceClock::now() - begun, pause_max));
    return synced;
}

}  // namespace

PacedWrites::PacedWrites() {
    slices_now.emplace();
}

PacedWrites::~PacedWrites() {
    slices_now.reset();
}

std::size_t PacedWrites::slices() const {
    return slices_now ? slices_now->synced : 0;
}

void PacedWrites::make_possible(void* connection) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(static_cast<sqlite3*>(connection), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
        SQLITE_OK)
        return;
    if (!file || !file->pMethods) return;
    std::call_once(methods_known, [file] {
        own_methods = file->pMethods;
        paced_methods = *own_methods;
        paced_methods.xWrite = write_paced;
    });
    // Another kind of file, in memory say, keeps its own: nothing waits for its disk.
    if (file->pMethods == own_methods) file->pMethods = &paced_methods;
}

void count_log_pages(void* connection, std::atomic<std::uint64_t>& pages) {
    const auto counted = [](void* count, sqlite3*, const char*, int now) {
        static_cast<std::atomic<std::uint64_t>*>(count)->store(static_cast<std::uint64_t>(now));
        return SQLITE_OK;
    };
    sqlite3_wal_hook(static_cast<sqlite3*>(connection), counted, &pages);
}

}  // namespace mashang::schema
