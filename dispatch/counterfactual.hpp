// The smallest change that would have made a decision another (T38): "had the matter been X", "had 李 not
// been away".
//
// Asked of the engine itself: each change is made to the recorded submission, its people or their loads, and
// submitted anew; nothing here knows what a rule or a ranking means. Fewest changes first; among equally few,
// in the order of changes_considered. Whoever was no candidate then is taken to have had nothing to do, since
// the record does not know his load. Pure; any thread.
#pragma once

#include <span>

#include "dispatch/catalogue.hpp"
#include "dispatch/lifecycle.hpp"

namespace mashang {

struct FactChange {
    enum class What {
        matter,  // and the priority that the matter has
        place_kind,
        reporter,
        word_said,  // a word of the rulebook in the text, or not in it
        word_left_out,
        distance,  // metres between phone and place
        instant,   // when it came
        present,   // on duty, not on leave, active
        away,
        open_cases  // of a person
    } what = What::matter;
    std::string value;  // matter code, place kind, reporter kind, word, metres, number of open cases
    PersonId person{};  // present, away, open_cases
    Instant at{};       // instant
    friend bool operator==(const FactChange&, const FactChange&) = default;
};
std::string_view to_string(FactChange::What v);

// What a submission comes to.
struct Outcome {
    std::string rule;
    Party owner;
    std::optional<Instant> closure_due;  // of the last step
    friend bool operator==(const Outcome&, const Outcome&) = default;
};
Outcome outcome_of(const Event& submitted);

// All single changes that are tried for a decision.
std::vector<FactChange> changes_considered(const Event& submitted, const Policy& policy,
                                           const Catalogue& catalogue);
// The decision with these changes made. Errors as submit().
Result<Outcome> outcome_with(std::span<const FactChange> changes, const Event& submitted,
                             const Policy& policy, const Catalogue& catalogue);

// The smallest set of at most two changes for each; none where none of those considered does.
struct Otherwise {
    std::vector<FactChange> changes;
    Outcome outcome;
};
struct Counterfactuals {
    std::optional<Otherwise> rule, owner;
    std::optional<Otherwise> due;  // leaving the instant of the report as it was
};
Counterfactuals counterfactuals(const Event& submitted, const Policy& policy, const Catalogue& catalogue);

}  // namespace mashang
