// A whole store as one file, out of one database and into another: every table, every row, every column.
//
// The way from SQLite to PostgreSQL and back. A text file: which migrations its tables come from, then each
// table with its columns and a line a row, at its end the number of rows and a hash of all that stands
// before. An export is one snapshot, taken while a server serves. An import is one transaction into a store
// without any row, so that it is there whole or not at all. Photos and keys are files of the data folder and
// are not in it; sealed names and password hashes are. Blocks; for the command line. Errors: those of
// open_store, conflict "error.not_empty", "error.import_version" for a file of other migrations, invalid
// "error.import_damaged" with the line.
#pragma once

#include <iosfwd>
#include <string>

#include "dispatch/result.hpp"

namespace mashang::schema {

struct Transferred {
    std::size_t tables = 0, rows = 0;
};

Result<Transferred> export_all(const std::string& url, std::ostream& out);
Result<Transferred> import_all(const std::string& url, std::istream& in);

}  // namespace mashang::schema
