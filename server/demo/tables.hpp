// The demo's embedded tables (server/demo/data/*.tsv) as rows of cells, and the filling of their {slots}.
//
// Hides how the files come into the binary. Only server/demo calls it; any thread. A malformed table is a bug
// of the build, met by the tests, so nothing here fails at run time: absent keys give "".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mashang::demo {

using Row = std::vector<std::string_view>;

enum class Table { divisions, streets, names, staff, units, places, notices, matters, reports, deeds };

// Rows of the table without blank lines and comments (#), split at tabs. The views live for ever.
std::vector<Row> rows(Table table);

// The cells after the first of the only row that begins with the key, or empty.
std::string_view value(Table table, std::string_view key);

// Parts between single separators; of an empty text none.
std::vector<std::string_view> split(std::string_view text, char separator);

// The text with each "{name}" replaced by its value; unknown names stay, so that a test can find them.
std::string fill(std::string_view text,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> slots);

}  // namespace mashang::demo
