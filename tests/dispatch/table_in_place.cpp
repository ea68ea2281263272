// Linked instead of dispatch/lifecycle_table.cpp: the same table, in memory that a test may change.
#include "table_in_place.hpp"

#define edges edges_as_written
#include "dispatch/lifecycle_table.cpp"  // NOLINT: its own edges() would be the second of the name
#undef edges

namespace mashang {

std::vector<Edge>& table_in_place() {
    const auto original = edges_as_written();
    static std::vector<Edge> table(original.begin(), original.end());
    return table;
}

std::span<const Edge> edges() {
    return table_in_place();
}

}  // namespace mashang
