// A database as a file: where it lies, a consistent copy of it while a server writes, whether one is whole.
//
// For backup and restore. The copy is one snapshot: everything that was committed before copy_database was
// called, nothing of what came later half. It is written anew row by row, so what was erased is not in its
// free pages. Any thread; blocks for as long as the disk needs. A server beside it goes on writing, but its
// write-ahead log cannot shrink meanwhile. Errors: invalid "error.store_url", not_found "error.no_store" with
// the path, unavailable "error.store_failed" with why.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dispatch/result.hpp"

namespace mashang::schema {

// "sqlite:FILE" -> FILE.
Result<std::filesystem::path> database_file(const std::string& url);

// `to` must not be there. The caller syncs it.
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

// What SQLite finds wrong with the pages and indexes of the file, at most ten findings; none: it is whole.
Result<std::vector<std::string>> damage_in(const std::filesystem::path& file);

// Makes a closed database readable from a medium that cannot be written; a store that opens it undoes that.
Result<void> lay_down(const std::filesystem::path& file);

}  // namespace mashang::schema
