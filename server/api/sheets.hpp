// Tables for spreadsheets: one Sheet, written as CSV or as .xlsx, so that both hold the same figures.
//
// Hides escaping, number formats and libxlsxwriter. CSV is UTF-8 with a byte order mark (Excel reads Chinese
// only with it), commas and CRLF (RFC 4180); a text that a spreadsheet would take for a formula is disarmed
// by an apostrophe. to_xlsx writes to the temporary folder: call it on the worker pool. Any thread. Errors:
// unavailable "error.unavailable" when the temporary folder cannot be written.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "dispatch/measures.hpp"

namespace mashang::server {

// A rate as a percentage with two decimals, "—" when it is of nothing.
struct Percent {
    Share share;
};
// A duration as hours:minutes:seconds; none: "—".
struct Span {
    std::optional<Millis> length;
};
using Cell = std::variant<std::monostate, std::string, std::int64_t, double, Percent, Span>;

struct Sheet {
    std::string title;  // of the spreadsheet's tab: at most 31 characters, none of []:*?/ and backslash
    std::vector<std::string> header;
    std::vector<std::vector<Cell>> rows;
};

std::string to_csv(const Sheet& sheet);
Result<std::string> to_xlsx(const Sheet& sheet);

}  // namespace mashang::server
