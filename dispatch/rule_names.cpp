// What rules name and the district does not have: each with its place in the rule and what was probably
// meant.
#include <algorithm>
#include <set>

#include "dispatch/keyword.hpp"
#include "dispatch/rule_questions.hpp"

namespace mashang::checking {
namespace {

class Names {
  public:
    Names(const CheckedWorld& world, std::vector<RuleFinding>& found) : world_(world), found_(found) {
        if (world.catalogue != nullptr) {
            for (const Matter& m : world.catalogue->matters()) matters_.insert(m.code);
            if (world.place_kinds == nullptr) kinds_ = place_kinds_of(*world.catalogue);
        }
        if (world.place_kinds != nullptr) kinds_ = *world.place_kinds;
        if (world.territory != nullptr) {
            for (const Grid& grid : world.territory->grids()) grids_.insert(grid.code);
        }
        if (world.roster != nullptr) {
            for (const Person& p : world.roster->people()) {
                if (p.active && p.party.role == Role::unit) units_.insert(p.unit_kind);
            }
        }
    }

    void condition(std::size_t rule, const Condition& c, const std::string& at) {
        if (const auto* of = operands(c)) {
            const bool inverse = std::holds_alternative<Not>(c.is);
            const std::string below = at + (inverse                             ? "/not"
                                            : std::holds_alternative<All>(c.is) ? "/all/"
                                                                                : "/any/");
            for (std::size_t i = 0; i < of->size(); ++i) {
                condition(rule, (*of)[i], inverse ? below : below + std::to_string(i));
            }
        } else if (const auto* m = std::get_if<MatterIs>(&c.is)) {
            if (world_.catalogue != nullptr) {
                prefixes(FindingKind::unknown_matter, rule, m->prefixes, matters_, at + "/matter/");
            }
        } else if (const auto* d = std::get_if<DivisionIs>(&c.is)) {
            if (world_.territory != nullptr) {
                prefixes(FindingKind::unknown_division, rule, d->prefixes, grids_, at + "/division/");
            }
        } else if (const auto* p = std::get_if<PlaceKindIs>(&c.is)) {
            place_kinds(rule, p->kinds, at + "/place_kind/");
        }
    }

    void action(std::size_t rule, const Action& action) {
        if (world_.roster == nullptr) return;
        for (std::size_t i = 0; i < action.co_handlers.size(); ++i) {
            const std::string& kind = action.co_handlers[i];
            if (units_.contains(kind)) continue;
            add(FindingKind::unknown_unit_kind, rule, "/then/co_handlers/" + std::to_string(i), kind,
                nearest_word(kind, {units_.begin(), units_.end()}));
        }
        if (!action.person) return;
        const Person* named = world_.roster->find(*action.person);
        if (named != nullptr && named->active) return;
        add(FindingKind::unknown_person, rule, "/then/person", std::to_string(raw(*action.person)), "");
    }

  private:
    void add(FindingKind kind, std::size_t rule, std::string path, std::string value, std::string nearest) {
        RuleFinding f;
        f.kind = kind;
        f.rules = {rule};
        f.path = std::move(path);
        f.value = std::move(value);
        f.nearest = std::move(nearest);
        found_.push_back(std::move(f));
    }

    // Each must begin one of the codes, which are in order.
    void prefixes(FindingKind kind, std::size_t rule, const std::vector<std::string>& list,
                  const std::set<std::string>& codes, const std::string& at) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto next = codes.lower_bound(list[i]);
            if (next != codes.end() && next->starts_with(list[i])) continue;
            // A code cut to the length that was written, so that a wrong class finds its neighbour.
            std::vector<std::string> cut;
            for (const std::string& code : codes) {
                if (cut.empty() || !code.starts_with(cut.back()))
                    cut.push_back(code.substr(0, list[i].size()));
            }
            add(kind, rule, at + std::to_string(i), list[i], nearest_word(list[i], cut));
        }
    }

    void place_kinds(std::size_t rule, const std::vector<std::string>& list, const std::string& at) {
        if (world_.place_kinds == nullptr && world_.catalogue == nullptr) return;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (std::find(kinds_.begin(), kinds_.end(), list[i]) != kinds_.end()) continue;
            add(FindingKind::unknown_place_kind, rule, at + std::to_string(i), list[i],
                nearest_word(list[i], kinds_));
        }
    }

    const CheckedWorld& world_;
    std::vector<RuleFinding>& found_;
    std::set<std::string> matters_, grids_, units_;
    std::vector<std::string> kinds_;
};

}  // namespace

void find_unknown_names(const Rulebook& rulebook, const CheckedWorld& world,
                        std::vector<RuleFinding>& found) {
    Names names(world, found);
    for (std::size_t i = 0; i < rulebook.rules().size(); ++i) {
        names.condition(i, rulebook.rules()[i].when, "/when");
        names.action(i, rulebook.rules()[i].then);
    }
}

}  // namespace mashang::checking
