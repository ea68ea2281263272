// A transaction's pages go to the log in one write.
//
// SQLite appends each page to its write-ahead log by two writes, a frame's header and the page: thirty-odd
// calls of the system for one report. What a gathered connection appends is kept until the frame that commits
// is whole, and then written at once; so the log holds all of a transaction before SQLite tells readers of it
// in the shared index, as before, and a failing disk is told to the commit, as before. Whatever else SQLite
// does with the log (reading, truncating, syncing, rewriting a frame) first writes what is kept.
//
// The form of a frame: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
#pragma once

#include <cstddef>

namespace mashang::schema {

// Once for a connection (a sqlite3*) that has written in WAL mode, and that one thread uses at a time.
// False where there is no such log.
bool gather_log_writes(void* connection);

// Bytes that SQLite believes written by this thread and that are not: none after a commit. What a rolled back
// transaction left is written, as ever, where nobody reads it.
std::size_t log_bytes_kept();

}  // namespace mashang::schema
