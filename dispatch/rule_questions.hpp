// The rules of one rulebook as formulas, with a search over them: what each part of the checker asks.
//
// For the checker of rule sets only; one thread.
#pragma once

#include "dispatch/rule_search.hpp"

namespace mashang::checking {

class Questions {
  public:
    Questions(const Rulebook& book, const CheckedWorld& in_world, std::uint64_t steps_max)
        : rulebook(book),
          world(in_world),
          domain(book, in_world),
          formulas(domain),
          search(domain, formulas, steps_max) {
        search.assume(formulas.yes(domain.possible()));
        for (const Rule& rule : book.rules()) yes.push_back(formulas.yes(rule.when));
    }
    Questions(const Questions&) = delete;
    Questions& operator=(const Questions&) = delete;

    // The first of the rules before `end` that takes the report; `end` when none does.
    std::size_t first_match(const Assignment& report, std::size_t end) const {
        std::size_t k = 0;
        while (k < end && !search.holds(yes[k], report)) ++k;
        return k;
    }

    const Rulebook& rulebook;
    const CheckedWorld& world;
    Domain domain;
    Formulas formulas;
    Search search;
    std::vector<NodeId> yes;  // of each rule
};

// Conditions and actions that name what there is not.
void find_unknown_names(const Rulebook& rulebook, const CheckedWorld& world, std::vector<RuleFinding>& found);

// Filing conditions that the matters which a rule reaches do not have. Needs a catalogue.
void find_unknown_conditions(Questions& ask, std::vector<RuleFinding>& found);

// Grids, roles and unit kinds that nobody stands for. Needs territory and roster; does nothing without.
void find_nobody(Questions& ask, std::vector<RuleFinding>& found);

}  // namespace mashang::checking
