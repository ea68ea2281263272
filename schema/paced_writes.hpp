// A checkpoint that lets commits through.
//
// SQLite copies the log into the database file by many writes and one sync. The kernel keeps the writes until
// that sync and then hands the disk all of them at once; a commit's sync that comes meanwhile waits behind
// megabytes. While a PacedWrites lives, what its thread writes through a connection that was made paced is
// synced slice by slice, with a pause as long as the sync took after each: a commit meets one slice at most.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mashang::schema {

class PacedWrites {
  public:
    PacedWrites();
    ~PacedWrites();
    PacedWrites(const PacedWrites&) = delete;
    std::size_t slices() const;  // synced so far

    // Once for a connection (a sqlite3*, which SOCI's header declares in a namespace of its own), right after
    // it was opened: writes to its database file can be paced from then on.
    static void make_possible(void* connection);
};

// From here on each commit of the connection says how many pages the log holds.
void count_log_pages(void* connection, std::atomic<std::uint64_t>& pages);

}  // namespace mashang::schema
