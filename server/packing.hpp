// Packing of the cases that are at rest: nobody has touched them for long, and they take a third of the room
// (schema/pack.hpp, ADR 0017). Nothing is lost by it: whoever reads such a case sees the same bytes, and a
// command opens it again.
#pragma once

#include <chrono>
#include <cstddef>

#include "dispatch/case.hpp"
#include "schema/store.hpp"

namespace mashang::server {

struct PackingRound {
    std::size_t packed = 0;
    CaseId last{};     // go on after this one
    bool end = false;  // no older case is left: begin anew
};

// Looks at the next `looked_at_max` cases after `after` and packs, at most `packed_max` of them, those that
// are closed and whose last event is older than `before`. Within the caller's transaction.
PackingRound pack_round(schema::Tx&, int district, CaseId after, Instant before, std::size_t looked_at_max,
                        std::size_t packed_max);

// All of them, in short transactions, and forgets the messages of then about cases that are no longer open;
// how many cases. Blocks.
Result<std::size_t> pack_all(schema::Store&, Instant before);

}  // namespace mashang::server
