// Whether a store is what its journal says: every case folded anew, every chain of hashes checked.
//
// Reads the whole store, in pages of one snapshot each; blocks, for the command line. Errors: those of the
// store, unavailable "error.no_district" for one that holds none.
#pragma once

#include <string>

#include "schema/store.hpp"

namespace mashang::server {

struct Audited {
    std::size_t cases = 0;
    std::size_t differ = 0;  // of those
    // Of a replay: over all cases as their journals tell them, the same in two stores of the same history.
    std::string digest{};
};

// Each case's row, in every column, against the fold of its journal.
Result<Audited> replay_cases(schema::Store& store);
// Each case's chain.
Result<Audited> verify_chains(schema::Store& store);

}  // namespace mashang::server
