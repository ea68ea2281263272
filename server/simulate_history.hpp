// What-if over the stored history (T40): reads past cases from journal and rows and judges them by a draft.
//
// For the command line and the API's simulate call. Reads only; a month of a busy district takes seconds:
// reading belongs into a read job on the store's own threads, judging onto a pool, neither onto an io thread.
#pragma once

#include <map>
#include <memory>

#include "dispatch/simulate.hpp"
#include "schema/store.hpp"
#include "server/decision_data.hpp"

namespace mashang::server {

// What is null is taken as it is in force.
struct Draft {
    std::shared_ptr<const Rulebook> rulebook;
    std::shared_ptr<const TimeStandards> standards;
    std::shared_ptr<const Calendar> calendar;
    std::shared_ptr<const Roster> roster;
};

struct SimulatedHistory {
    Simulation result;
    Versions in_force;
    std::map<PersonId, Party> people;  // names of everybody whom the result mentions
    std::size_t cases_read = 0;
    // The draft's rules look for words that those in force then did not, and what was said is erased: these
    // reports were judged by the words that were found then.
    std::size_t words_unknown = 0;
};

// What is null of the draft is taken from here. Cases are read from `warm_up` before the span on, so that who
// was assigned when is known at its beginning.
inline constexpr std::chrono::hours warm_up{24 * 31};
inline constexpr std::chrono::hours span_max{24 * 400};
inline constexpr std::size_t past_cases_max = 500000;  // about 2 KB each while they are judged

// Reports of the span and those before it that still loaded somebody, in the order of acceptance.
struct StoredPast {
    std::vector<PastCase> cases;
    std::size_t words_unknown = 0;  // as in SimulatedHistory
};

// While reading, what.progress is told of the cases read so far, of 0. Errors: invalid with pointers "/from",
// "/to" for an empty span, one over the limit above or one with more cases; conflict "error.stopped".
Result<StoredPast> read_past(schema::Tx& tx, const DecisionData& data, const Draft& draft, const WhatIf& what,
                             std::size_t cases_max = past_cases_max);
// Pure. Errors: those of simulate.
Result<SimulatedHistory> judge_past(const StoredPast& past, const DecisionData& data, const Draft& draft,
                                    const WhatIf& what);
// Both, where the caller may wait inside the transaction.
Result<SimulatedHistory> simulate_history(schema::Tx& tx, const DecisionData& data, const Draft& draft,
                                          const WhatIf& what);

}  // namespace mashang::server
