// Rows that a transaction has written and not yet sent. Private to schema/queries and the session.
//
// On PostgreSQL each statement is a round trip, so what a group's reports write goes together, in one
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

#include "schema/queries/together.hpp"
#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

// By district and person, in their order: two transactions that change the same loads then take the rows in
// the same order. `person` of the row is the key's.
using Loads = std::map<std::pair<int, PersonId>, WorkloadRow>;

struct LaterRows {
    std::vector<CaseRow> cases;
    std::vector<ReportRow> reports;
    std::vector<JournalRow> journal;
    Loads load_changes;
    Loads locked_loads;              // as they are with the changes
    std::vector<std::string> notes;  // to the other servers, as they are sent

    bool empty() const { return cases.empty() && reports.empty() && journal.empty() && load_changes.empty(); }
};

// Sends them, and answers the transaction's number, by which its fate can be asked.
std::string write_together(Tx&, const LaterRows& rows);

// What it is made of: the insert of one row, and the rows.
struct Together {
    std::string_view insert;
    RowArrays rows;
};
Together together(std::span<const CaseRow> rows);
Together together(std::span<const ReportRow> rows);
Together together(std::span<const JournalRow> rows);
Together together(const Loads& changes);

}  // namespace mashang::schema
