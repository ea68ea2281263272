// The checker of rule sets (T39): what a rulebook as a whole does to every report that there can be.
//
// It answers over matter × place kind × reporter kind × priority × hour × weekday × working time × grid, with
// every word of the rulebook, the joined reports and the distance free. Missing facts (no matter, no place
// kind, no distance) are values of their own (T30). Exact, not sampled; each claim that a report can show
// carries one as its witness, which Rulebook::judge confirms.
//
// How: values that no condition tells apart are one class, so that 154 matters become the few that the
// rules speak of. "Rule i says yes" is then a formula of "variable in a set of classes", built for yes and
// for no apart, as the three-valued logic asks: `not` swaps the two, and unknown is in neither. A search with
// propagation over the sets of classes still open finds a report that satisfies some formulas together, or
// that there is none. The question is NP-complete (words are free booleans), so in the worst case the search
// is exponential in the rules that overlap; it takes at most check_steps_max steps in all, after which the
// finding `undecided`, an error, says so. In practice nearly every question is answered without a branch.
//
// Hides domains, formulas and search. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/calendar.hpp"
#include "dispatch/catalogue.hpp"
#include "dispatch/roster.hpp"
#include "dispatch/rulebook.hpp"
#include "dispatch/territory.hpp"

namespace mashang {

enum class FindingKind {
    default_only,           // matters with reports that no rule but the default takes
    shadowed,               // a rule that is never the first to match
    unreachable,            // a rule whose condition contradicts itself
    conflicting,            // two rules that want the same report and do different things with it
    unknown_matter,         // a condition's matter that begins no matter of the catalogue
    unknown_place_kind,     // a condition's place kind that is not in use
    unknown_division,       // a condition's division with no grid in it
    unknown_unit_kind,      // a co-handler's kind that no unit has
    unknown_person,         // a named owner who is not there, or not active
    unknown_condition,      // a filing condition that matters which the rule reaches do not have: an error
                            // where none of them has it
    nobody_on_chain,        // grids where nobody stands on any rung of the fallback chain
    owner_nobody,           // nobody anywhere has the role of the rule's owner, or nobody on the chain from
                            // it upwards in these grids
    owner_falls_back,       // nobody has the role of the rule's owner in these grids: the chain goes on
    owner_away,             // who has it there is on leave or has no shift ahead: likewise
    owner_lacks_skill,      // who has it there may not take some matters that the rule reaches: likewise, and
                            // an error where nobody above may either
    co_handler_falls_away,  // no unit of the kind covers these grids
    undecided               // the rules are too entangled for check_steps_max
};
enum class Severity { warning, error };

// A condition without operands, inside a rule.
struct RuleLeaf {
    std::string path;      // within the rule: "/when/all/0/matter"
    std::string leaf;      // "matter", as in RuleTried
    std::string expected;  // its wanted values, joined by '|'
    bool negated = false;  // under an odd number of `not`
    friend bool operator==(const RuleLeaf&, const RuleLeaf&) = default;
};

// Rules are positions in Rulebook::rules(). What a kind does not speak of is empty.
struct RuleFinding {
    FindingKind kind = FindingKind::undecided;
    Severity severity = Severity::error;
    std::vector<std::size_t> rules;    // whom it is about; conflicting: the earlier one
    std::vector<std::size_t> others;   // shadowed: earlier rules that take all its reports, none spare;
                                       // conflicting: the later ones, each overlapping with the earlier one
    std::string path;                  // within the rule: "/when/all/0/matter/1", "" the rule as a whole
    std::string value, nearest;        // unknown_*: what it says, and what was probably meant
    std::vector<RuleLeaf> leaves;      // unreachable: a smallest set of leaves that cannot hold together
    std::vector<std::string> matters;  // default_only, unknown_condition, owner_lacks_skill; "" is a report
                                       // without a matter
    std::vector<std::string> grids;    // every one
    // default_only, nobody_on_chain, shadowed (others.front() takes it), conflicting (rules.front() takes it,
    // others.front() would), unknown_condition, _unit_kind and _person, owner_* and co_handler_* (the rule
    // matches it; an earlier one may take it). What contradicts itself or names a place or matter that is not
    // there has none.
    std::optional<Facts> witness;
    friend bool operator==(const RuleFinding&, const RuleFinding&) = default;
};

// What there is to be reported, where and to whom. Null: not known, and nothing is said about it; matters,
// place kinds and grids are then those that the rules name, and one more that none names.
struct CheckedWorld {
    const Catalogue* catalogue = nullptr;
    const std::vector<std::string>* place_kinds = nullptr;
    const Territory* territory = nullptr;
    const Roster* roster = nullptr;
    // Working time is then only within the hours of some day of it; any hour may be outside (holidays).
    const Calendar* calendar = nullptr;
    // Whose leave or last shift counts; without it everybody posted is taken to be there.
    std::optional<Instant> now{};
};

inline constexpr std::uint64_t check_steps_max = 200'000'000;

// Errors first, then in the order of the rules. Of default_only there are at most `default_only_max`, the
// last with all matters that are left; of conflicting at most one a rule, with all its others. A conflict is
// a pair with a report that the earlier one takes (so that only their order decides), that the later one
// matches too, that go to different owners or priorities, and neither of which is a special case of the
// other. The default itself conflicts with nothing and may be covered wholly.
std::vector<RuleFinding> check_rules(const Rulebook& rulebook, const CheckedWorld& world,
                                     std::uint64_t steps_max = check_steps_max);
inline constexpr std::size_t default_only_max = 8;

// No errors among them (T32).
bool may_activate(const std::vector<RuleFinding>& findings);

// Every kind of place that a catalogue's matters name, without "*", in alphabetical order.
std::vector<std::string> place_kinds_of(const Catalogue& catalogue);

std::string_view to_string(FindingKind v);
std::string_view to_string(Severity v);

}  // namespace mashang
