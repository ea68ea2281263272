// A case with everything that is kept about it, as one reading of the store: for pages, never for deciding.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dispatch/case.hpp"
#include "schema/queries.hpp"

namespace mashang::server {

struct CaseFile {
    Case c;
    std::vector<Event> events;
    std::vector<schema::ReportRow> reports;  // as stored: one that moved here keeps its first case and number
    std::vector<ReportId> shown_as;          // their numbers within this case
    std::map<std::int32_t, std::string> texts;   // by number; an erased one is missing
    std::map<std::int32_t, std::string> people;  // report id -> "name\nphone", where it may be shown at all

    const std::string* text(const std::optional<TextRef>& ref) const;
    const std::string* text(const TextRef& ref) const;
};

// Errors: not_found. `seq_max` 0: all events.
Result<CaseFile> load_file(schema::Tx& tx, int district, CaseId id, int seq_max = 0);

// The row of one of a case's reports: merges and splits leave it where it was first kept.
std::optional<schema::ReportRow> first_row(schema::Tx& tx, int district, CaseId id, const ReportRef& ref);

}  // namespace mashang::server
