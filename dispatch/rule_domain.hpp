// What the conditions of a rulebook can tell apart: every fact's values, gathered into classes.
//
// Two values that every leaf of every rule judges alike are one class. The verdicts come from `evaluate`, the
// engine's own, so a class cannot mean another thing here than there. For the checker of rule sets only
// (rule_check.hpp); immutable once built, refers to the rulebook.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dispatch/rule_check.hpp"

namespace mashang::checking {

enum class Fact {
    matter,
    place_kind,
    reporter,
    priority,
    local_time,
    weekday,
    working_time,
    division,
    joined_reports,
    distance,
    word  // one variable for each group of words that stand in the same conditions: absent or found
};
inline constexpr std::size_t single_facts = 10;  // those before `word`, a variable each, in this order

// A fact with its classes 0 to classes-1, the one that the fewest conditions name first, a missing fact last.
// Sets of classes are bits; those of all variables together lie side by side in one row of 64-bit words.
struct Variable {
    Fact fact = Fact::matter;
    std::size_t classes = 0;
    std::size_t first = 0, words = 0;  // its part of a row
};

// "This variable is in that set": `set` is where its bits begin in Domain::bits().
struct Literal {
    std::size_t variable = 0, set = 0;
};

using Row = std::vector<std::uint64_t>;
using Assignment = std::vector<std::uint32_t>;  // the class of every variable

class Domain {
  public:
    Domain(const Rulebook& rulebook, const CheckedWorld& world);
    Domain(const Domain&) = delete;
    Domain& operator=(const Domain&) = delete;

    // What holds of every report that there can be: no working time at night.
    const Condition& possible() const { return possible_; }

    // When a leaf says yes: one of these holds. When it says no: all of those do. Else it is unknown.
    struct Leaf {
        std::vector<Literal> yes, no;
    };
    const Leaf& leaf(const Condition& condition) const;  // a leaf of the rulebook, or of possible()

    const std::vector<Variable>& variables() const { return variables_; }
    const Row& everything() const { return everything_; }  // the row in which nothing is settled
    const Row& bits() const { return bits_; }
    std::size_t add_set(std::size_t variable, const std::vector<std::uint32_t>& classes);

    // The texts in a class of matters or grids (the single facts' variables stand at the fact's own number).
    const std::vector<std::string>& members(Fact fact, std::size_t of_class) const;
    // A report of these classes, with a value of each.
    Facts report(const Assignment& assignment) const;

  private:
    struct Values {
        std::vector<Facts> candidates;  // each with this one fact set
        std::vector<const Condition*> leaves;
        std::size_t of_rules = 0;                       // the first so many leaves stand in rules
        std::vector<Facts> shown;                       // one a class
        std::vector<std::vector<std::string>> members;  // of matters and grids
    };
    void collect(const Condition& c);
    void add_variable(Fact fact, std::size_t classes);
    void classify(Fact fact);
    void classify_words();

    Condition possible_;
    std::map<std::string, Leaf> leaves_;                // by content
    std::map<const Condition*, const Leaf*> by_place_;  // the leaves of the rulebook
    std::array<Values, single_facts> values_;
    std::map<std::string, const HasWord*> word_leaves_;  // by content
    std::vector<std::string> shown_words_;               // one a group
    std::vector<Variable> variables_;
    Row everything_, bits_;
};

// The operands of all, any and not; none of a leaf.
const std::vector<Condition>* operands(const Condition& c);

}  // namespace mashang::checking
