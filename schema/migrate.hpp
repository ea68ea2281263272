// Numbered migrations: applied once each, in order, every one in a transaction of its own.
//
// Called by open_store before anything else runs, on PostgreSQL by one server at a time. The table
// `migrations` remembers number and checksum; a database with a number that this code does not know is
// refused (conflict "error.database_newer"), and one whose applied text was another than ours too (conflict
// "error.migration_changed"): both would mean that the code reads columns that are not there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dispatch/result.hpp"

namespace mashang::schema {

class Session;

struct Migration {
    int number = 0;
    std::string_view name;  // "0001_first"
    std::string_view text;
};

// Made at build from migrations/*.sql (embed_migrations.cmake).
const std::vector<Migration>& embedded_migrations();

// Returns how many were applied now.
Result<int> migrate(Session& session, const std::vector<Migration>& migrations);

// The statements of a script, without its comment lines. On SQLite the marker /*clustered*/ becomes "without
// rowid", and what stands after "--sqlite " at the beginning of a line belongs to the script; on PostgreSQL
// what stands after "--postgresql ", and columns of text are compared byte by byte there as well.
std::vector<std::string> statements_of(std::string_view script, bool sqlite);

}  // namespace mashang::schema
