// Who may do what in which state: written out from lifecycle.md by hand, never derived from the code's table.
// Tests hold the code against it, and a mutated table against it, to see that a wrong one cannot pass.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tests/build/world.hpp"

namespace mashang::matrix {

// One cell a state, in this order:
//   W waiting at a desk, D dispatched, S signed off, R responded, V in review, A in review again because a
//   resident was dissatisfied, C closed, X rejected, Z withdrawn, M merged away;
//   d dispatched and returning, s signed off and returning, a dispatched and being adjudicated, b the same
//   signed off, p signed off and paused, q responded and paused;
//   k signed off, pause and extension both asked for; f signed off with a part, an order and two reports open
inline constexpr std::string_view states = "WDSRVACXZMdsabpqkf";

// One cell an actor: o the owner, w another worker of the grid, l leader, c community, s street, d district,
// r reviewer, u co-handling unit, g agent, a administrator, i integrator, p resident, y the system.
inline constexpr std::string_view actors = "owlcsdrugaipy";

struct Row {
    CommandKind command;
    std::string_view who;    // + may, - 403
    std::string_view where;  // + allowed, - 422, 4 allowed by the table but something is missing (400)
};
std::span<const Row> rows();

// The cell of one command in one state by one actor: + - 4 as above, 3 for 403.
char expected(const Row& row, char state, char actor);
std::string_view code_of(char cell);  // "allowed", "403", "422", "400"

// A case brought to the state by commands.
Case settled_in(build::World& w, char state);
Case with_second_report(build::World& w, const Case& c);
Actor actor_of(const build::World& w, const Case& c, char who);

// What the code decides of that cell: "allowed", "nothing" (allowed without an event), or the status.
std::string got(const build::World& w, const Case& c, const Row& row, char who);

}  // namespace mashang::matrix
