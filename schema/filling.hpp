// A connection of its own for filling a SQLite store that nobody serves yet: great transactions, and nothing
// synced until it is finished.
//
// Hides the pragmas. While it is open a crash leaves a database that must be thrown away; finish() syncs the
// file and gives the store its write-ahead log back. One thread, no Store open on the same file. Errors:
// invalid "error.store_url" for what is no SQLite file, unavailable "error.store_failed".
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "schema/store.hpp"

namespace mashang::schema {

class Filling {
  public:
    // The store has been opened, and so migrated, before.
    static Result<std::unique_ptr<Filling>> open(const std::string& url);
    ~Filling();

    // One transaction. A job that fails leaves a file to be thrown away: nothing is undone.
    Result<void> write(const std::function<Result<void>(Tx&)>& job);
    Result<void> finish();

  private:
    explicit Filling(const std::string& path);
    std::unique_ptr<Session> session_;
};

}  // namespace mashang::schema
