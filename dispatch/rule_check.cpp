#include "dispatch/rule_check.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "dispatch/rule_questions.hpp"

namespace mashang {
namespace checking {
namespace {

bool same_effect(const Action& a, const Action& b) {
    return a.owner == b.owner && a.person == b.person && a.priority == b.priority;
}

bool apart(const Row& a, const Row& b, const std::vector<Variable>& variables) {
    return std::any_of(variables.begin(), variables.end(), [&](const Variable& v) {
        std::uint64_t both = 0;
        for (std::size_t w = v.first; w < v.first + v.words; ++w) both |= a[w] & b[w];
        return both == 0;
    });
}

class Checker {
  public:
    Checker(const Rulebook& rulebook, const CheckedWorld& world, std::uint64_t steps_max)
        : ask_(rulebook, world, steps_max), rules_(rulebook.rules()), some_report_(rules_.size()) {}

    std::vector<RuleFinding> check() {
        find_unknown_names(ask_.rulebook, ask_.world, found_);
        show_names();
        const std::size_t named = found_.size();
        for (std::size_t i = 0; i + 1 < rules_.size(); ++i) reach(i, named);
        default_only();
        for (std::size_t i = 0; i + 1 < rules_.size(); ++i) conflicts(i);
        find_unknown_conditions(ask_, found_);
        find_nobody(ask_, found_);
        if (ask_.search.exhausted()) found_.emplace_back();
        std::stable_sort(found_.begin(), found_.end(), [](const RuleFinding& a, const RuleFinding& b) {
            if (a.severity != b.severity) return a.severity > b.severity;
            return a.rules < b.rules;
        });
        return std::move(found_);
    }

  private:
    RuleFinding& add(FindingKind kind, Severity severity, std::size_t rule) {
        RuleFinding f;
        f.kind = kind;
        f.severity = severity;
        f.rules = {rule};
        return found_.emplace_back(std::move(f));
    }

    // A report that meets an action which names nobody; one that meets a condition of that kind is not there.
    void show_names() {
        for (RuleFinding& f : found_) {
            if (f.kind != FindingKind::unknown_person && f.kind != FindingKind::unknown_unit_kind) continue;
            if (const auto report = ask_.search.find({ask_.yes[f.rules.front()]}))
                f.witness = ask_.domain.report(*report);
        }
    }

    // Reports of the rule are asked for until it takes one itself or has none left; each earlier rule that
    // took one is left out of the next question. So only those are ever looked at that matter.
    void reach(std::size_t i, std::size_t named) {
        std::vector<NodeId> together{ask_.yes[i]};
        std::map<std::size_t, Assignment> taken;
        while (const auto report = ask_.search.find(together)) {
            if (!some_report_[i]) some_report_[i] = report;
            const std::size_t k = ask_.first_match(*report, i);
            if (k == i) return;
            taken.emplace(k, *report);
            together.push_back(ask_.formulas.opposite(ask_.yes[k]));
        }
        if (ask_.search.exhausted()) return;
        if (taken.empty()) return unreachable(i, named);
        spare(i, taken);
        RuleFinding& f = add(FindingKind::shadowed, Severity::error, i);
        for (const auto& [k, report] : taken) f.others.push_back(k);
        f.witness = ask_.domain.report(taken.begin()->second);
    }

    // Leaves out those that the others make up for, the later ones first.
    void spare(std::size_t i, std::map<std::size_t, Assignment>& taken) {
        for (auto k = taken.end(); k != taken.begin();) {
            --k;
            std::vector<NodeId> together{ask_.yes[i]};
            for (const auto& [other, report] : taken) {
                if (other != k->first) together.push_back(ask_.formulas.opposite(ask_.yes[other]));
            }
            if (!ask_.search.find(std::move(together)) && !ask_.search.exhausted()) k = taken.erase(k);
        }
    }

    void leaves_of(const Condition& c, const std::string& at, bool negated,
                   std::vector<std::pair<const Condition*, RuleLeaf>>& list) const {
        if (const auto* of = operands(c)) {
            const bool inverse = std::holds_alternative<Not>(c.is);
            const char* word = inverse ? "/not" : std::holds_alternative<All>(c.is) ? "/all/" : "/any/";
            for (std::size_t i = 0; i < of->size(); ++i) {
                leaves_of((*of)[i], at + word + (inverse ? "" : std::to_string(i)), negated != inverse, list);
            }
            return;
        }
        auto [leaf, expected] = leaf_words(c);
        list.push_back({&c, {at + '/' + leaf, leaf, std::move(expected), negated}});
    }

    // A smallest set: each leaf in turn is waived where the rest contradict each other without it.
    void unreachable(std::size_t i, std::size_t named) {
        std::vector<std::pair<const Condition*, RuleLeaf>> leaves;
        leaves_of(rules_[i].when, "/when", false, leaves);
        std::set<const Condition*> waived;
        std::vector<RuleLeaf> core;
        for (auto& [leaf, shown] : leaves) {
            waived.insert(leaf);
            if (!ask_.search.find({ask_.formulas.yes(rules_[i].when, &waived)})) continue;
            waived.erase(leaf);
            core.push_back(shown);
        }
        if (ask_.search.exhausted()) return;
        // Where one leaf alone cannot hold because it names what there is not, that is said already.
        const auto told = [&](const RuleFinding& f) {
            return core.size() == 1 && f.rules.front() == i && f.path.starts_with(core.front().path + '/');
        };
        const auto end = found_.begin() + static_cast<std::ptrdiff_t>(named);
        if (std::any_of(found_.begin(), end, told)) return;
        if (core.empty()) core.push_back({"/when", "always", "", true});  // "not always" has no leaf
        add(FindingKind::unreachable, Severity::error, i).leaves = std::move(core);
    }

    void default_only() {
        constexpr auto matter = static_cast<std::size_t>(Fact::matter);
        std::vector<NodeId> together{0};
        for (std::size_t k = 0; k + 1 < rules_.size(); ++k) {
            together.push_back(ask_.formulas.opposite(ask_.yes[k]));
        }
        std::vector<RuleFinding> list;
        const std::size_t classes = ask_.domain.variables().at(matter).classes;
        for (std::uint32_t c = 0; c < classes; ++c) {
            together.front() = ask_.formulas.in(matter, c);
            const auto report = ask_.search.find(together);
            if (!report) continue;
            RuleFinding f;
            f.kind = FindingKind::default_only;
            f.severity = Severity::warning;
            f.rules = {rules_.size() - 1};
            f.matters = ask_.domain.members(Fact::matter, c);
            f.witness = ask_.domain.report(*report);
            list.push_back(std::move(f));
        }
        std::stable_sort(list.begin(), list.end(), [](const RuleFinding& a, const RuleFinding& b) {
            return a.matters.size() > b.matters.size();
        });
        for (std::size_t i = default_only_max; i < list.size(); ++i) {
            auto& all = list[default_only_max - 1].matters;
            all.insert(all.end(), list[i].matters.begin(), list[i].matters.end());
        }
        if (list.size() > default_only_max) list.resize(default_only_max);
        found_.insert(found_.end(), list.begin(), list.end());
    }

    const Row* around(std::size_t i) {
        if (around_.empty()) {
            for (const NodeId yes : ask_.yes) around_.push_back(ask_.search.around(yes));
        }
        return around_[i] ? &*around_[i] : nullptr;
    }

    // Whether some report of rule a is none of rule b: mostly the one that is known already.
    bool beyond(std::size_t a, std::size_t b) {
        if (some_report_[a] && !ask_.search.holds(ask_.yes[b], *some_report_[a])) return true;
        return ask_.search.find({ask_.yes[a], ask_.formulas.opposite(ask_.yes[b])}).has_value();
    }

    // As in reach, earlier rules are left out once they have been seen to take a report of both.
    void conflicts(std::size_t i) {
        std::vector<NodeId> left_out;
        std::vector<std::size_t> others;
        std::optional<Assignment> witness;
        for (std::size_t j = i + 1; j + 1 < rules_.size(); ++j) {
            if (same_effect(rules_[i].then, rules_[j].then)) continue;
            if (around(i) == nullptr || around(j) == nullptr) continue;
            if (apart(*around(i), *around(j), ask_.domain.variables())) continue;
            if (!beyond(i, j) || !beyond(j, i)) continue;
            const auto report = taken_of_both(i, j, left_out);
            if (!report) continue;
            if (others.empty()) witness = report;
            others.push_back(j);
        }
        if (others.empty()) return;
        RuleFinding& f = add(FindingKind::conflicting, Severity::warning, i);
        f.others = std::move(others);
        f.witness = ask_.domain.report(*witness);
    }

    // A report that both match and i takes.
    std::optional<Assignment> taken_of_both(std::size_t i, std::size_t j, std::vector<NodeId>& left_out) {
        while (true) {
            std::vector<NodeId> together{ask_.yes[i], ask_.yes[j]};
            together.insert(together.end(), left_out.begin(), left_out.end());
            auto report = ask_.search.find(std::move(together));
            if (!report) return std::nullopt;
            const std::size_t k = ask_.first_match(*report, i);
            if (k == i) return report;
            left_out.push_back(ask_.formulas.opposite(ask_.yes[k]));
        }
    }

    Questions ask_;
    const std::vector<Rule>& rules_;
    std::vector<RuleFinding> found_;
    std::vector<std::optional<Assignment>> some_report_;  // of each rule, where reach has met one
    std::vector<std::optional<Row>> around_;
};

}  // namespace
}  // namespace checking

std::vector<RuleFinding> check_rules(const Rulebook& rulebook, const CheckedWorld& world,
                                     std::uint64_t steps_max) {
    return checking::Checker(rulebook, world, steps_max).check();
}

bool may_activate(const std::vector<RuleFinding>& findings) {
    return std::none_of(findings.begin(), findings.end(),
                        [](const RuleFinding& f) { return f.severity == Severity::error; });
}

std::vector<std::string> place_kinds_of(const Catalogue& catalogue) {
    std::set<std::string> kinds;
    for (const Matter& m : catalogue.matters()) kinds.insert(m.place_kinds.begin(), m.place_kinds.end());
    kinds.erase("*");
    return {kinds.begin(), kinds.end()};
}

std::string_view to_string(Severity v) {
    switch (v) {
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "";
}

std::string_view to_string(FindingKind v) {
    switch (v) {
        case FindingKind::default_only:
            return "default_only";
        case FindingKind::shadowed:
            return "shadowed";
        case FindingKind::unreachable:
            return "unreachable";
        case FindingKind::conflicting:
            return "conflicting";
        case FindingKind::unknown_matter:
            return "unknown_matter";
        case FindingKind::unknown_place_kind:
            return "unknown_place_kind";
        case FindingKind::unknown_division:
            return "unknown_division";
        case FindingKind::unknown_unit_kind:
            return "unknown_unit_kind";
        case FindingKind::unknown_person:
            return "unknown_person";
        case FindingKind::unknown_condition:
            return "unknown_condition";
        case FindingKind::nobody_on_chain:
            return "nobody_on_chain";
        case FindingKind::owner_nobody:
            return "owner_nobody";
        case FindingKind::owner_falls_back:
            return "owner_falls_back";
        case FindingKind::owner_away:
            return "owner_away";
        case FindingKind::owner_lacks_skill:
            return "owner_lacks_skill";
        case FindingKind::co_handler_falls_away:
            return "co_handler_falls_away";
        case FindingKind::undecided:
            return "undecided";
    }
    return "";
}

}  // namespace mashang
