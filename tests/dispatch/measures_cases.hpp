// Cases as measures see them, made by hand: no engine has touched their clocks or instants.
#pragma once

#include <string_view>

#include "calendar_oracle.hpp"
#include "dispatch/measures.hpp"

namespace mashang::test {

// Accepted at the instant ("2026-11-23 09:00"), its closure running until the due.
Case accepted(int id, std::string_view at, std::string_view closure_due);
Clock clock_of(Stage stage, std::string_view start, std::string_view due, std::string_view stopped = "");
// Submitted and approved at that instant; late when it is past the closure's due.
Case& close_at(Case& c, std::string_view at);
Case& rate(Case& c, int score, int report = 1);

}  // namespace mashang::test
