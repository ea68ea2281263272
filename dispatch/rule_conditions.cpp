// Whether the filing condition that a rule sets is one of the matters that it reaches: of another it would
// choose a time standard that was never meant for it.
#include <algorithm>
#include <set>

#include "dispatch/keyword.hpp"
#include "dispatch/rule_questions.hpp"

namespace mashang::checking {
namespace {

class FiledUnder {
  public:
    explicit FiledUnder(Questions& ask) : ask_(ask) {
        for (const Matter& m : ask.world.catalogue->matters()) {
            auto& ids = conditions_[m.code];
            ids.insert("default");
            for (const FilingCondition& c : m.conditions) ids.insert(c.id);
        }
    }

    void rule(std::size_t i, std::vector<RuleFinding>& found) const {
        const std::string& said = ask_.rulebook.rules()[i].then.condition;
        if (said.empty()) return;
        RuleFinding f;
        f.kind = FindingKind::unknown_condition;
        f.severity = Severity::error;
        f.rules = {i};
        f.path = "/then/condition";
        f.value = said;
        std::set<std::string> known;
        const std::size_t classes = ask_.domain.variables().at(matter).classes;
        for (std::uint32_t c = 0; c < classes; ++c) {
            const auto met = ask_.search.find({ask_.yes[i], ask_.formulas.in(matter, c)});
            if (!met) continue;
            for (const std::string& code : ask_.domain.members(Fact::matter, c)) {
                const auto of = conditions_.find(code);
                if (of == conditions_.end()) continue;  // a report without a matter
                known.insert(of->second.begin(), of->second.end());
                if (of->second.contains(said)) {
                    f.severity = Severity::warning;
                    continue;
                }
                f.matters.push_back(code);
                if (f.witness) continue;
                f.witness = ask_.domain.report(*met);
                f.witness->matter = code;
            }
        }
        if (f.matters.empty()) return;
        if (f.severity == Severity::error) f.nearest = nearest_word(said, {known.begin(), known.end()});
        found.push_back(std::move(f));
    }

  private:
    static constexpr auto matter = static_cast<std::size_t>(Fact::matter);
    Questions& ask_;
    std::map<std::string, std::set<std::string>> conditions_;
};

}  // namespace

void find_unknown_conditions(Questions& ask, std::vector<RuleFinding>& found) {
    if (ask.world.catalogue == nullptr) return;
    const FiledUnder conditions(ask);
    for (std::size_t i = 0; i < ask.rulebook.rules().size(); ++i) conditions.rule(i, found);
}

}  // namespace mashang::checking
