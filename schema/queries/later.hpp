// Rows that a transaction has written and not yet sent. Private to schema/queries and the session.
//
// On PostgreSQL each statement is a round trip, so what a group's reports write goes together, several rows a
// statement: before the first question that may have to see it (every Query asks for that, unless it says
// that it looks here itself), and before COMMIT. On SQLite and in readers there is none of this. A person's
// load, once its row is locked, is ours until the transaction ends: what is known of it here is the truth.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

struct LaterRows {
    std::vector<CaseRow> cases;
    std::vector<ReportRow> reports;
    std::vector<JournalRow> journal;
    // By district and person, in their order: two transactions that change the same loads then take the rows
    // in the same order. `person` is the key's.
    std::map<std::pair<int, PersonId>, WorkloadRow> load_changes;
    std::map<std::pair<int, PersonId>, WorkloadRow> locked_loads;  // as they are with the changes

    bool empty() const { return cases.empty() && reports.empty() && journal.empty() && load_changes.empty(); }
};

// Sends them; `rows` are taken out of the session before, so that the statements find none to send first.
void write_cases(Tx&, std::span<const CaseRow> rows);
void write_reports(Tx&, std::span<const ReportRow> rows);
void write_journal(Tx&, std::span<const JournalRow> rows);
void write_loads(Tx&, const std::map<std::pair<int, PersonId>, WorkloadRow>& changes);

// The insert of one row, for `rows` of them: its tuple once more for each, the names of the n-th with
// row_mark behind them. The text lives as long as the thread.
std::string_view for_rows(std::string_view insert, std::size_t rows);
// "" for the first row, then "_1", "_2", ….
const std::string& row_mark(std::size_t row);

constexpr std::size_t rows_a_statement_max = 64;  // of 25 columns: far from the 65,535 values of a statement

// `write(first, count)` for stretches of a power of two: few texts, so that each stays prepared.
template <class Write>
void in_stretches(std::size_t total, Write write) {
    for (std::size_t first = 0; first < total;) {
        std::size_t count = rows_a_statement_max;
        while (count > total - first) count /= 2;
        write(first, count);
        first += count;
    }
}

}  // namespace mashang::schema
