// A store in a folder of its own that goes away with it, calls that wait, and rows with every column set.
//
// The same tests run on both databases. Where MASHANG_TEST_STORE names a PostgreSQL (tests/postgres/
// with_cluster does), a folder is a schema there and everything else is as it is on SQLite; tests of one of
// them alone are tagged [sqlite] or [postgres].
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "schema/queries.hpp"
#include "schema/store.hpp"

namespace mashang::test {

inline constexpr int district = 330106;

class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    std::string database() const;  // what a Session opens: the file, or the address
    std::string url() const;       // what a store opens

  private:
    std::filesystem::path path_;
    std::string schema_;  // of PostgreSQL
};

bool on_postgres();
// With one writer, so that a test can hold it and decide what queues up behind.
schema::StoreOptions options_for(const Folder& folder);
std::unique_ptr<schema::Store> opened(const Folder& folder);

// Puts the job in and waits for its done.
Result<void> write(schema::Store& store, schema::Store::Job job);
Result<void> read(schema::Store& store, schema::Store::Job job);

Instant at(std::int64_t ms);          // epoch milliseconds
CaseId id_at(Instant t, int n = 0);   // the n-th case of that millisecond
schema::CaseRow case_row(int n);      // accepted at 2026-11-23 plus n seconds, serial n
schema::ReportRow report_row(int n);  // the first report of case_row(n)
schema::JournalRow journal_row(int n, int seq, const std::string& prev_hash);

// Everything that one report writes: case, report, journal, workload, and its number.
void write_report(schema::Tx& tx, int n);

}  // namespace mashang::test
