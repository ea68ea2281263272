// Whether somebody stands behind every rule in every grid that it reaches: the chain of choose_owner, asked
// by posts alone, whatever the hour, leave and load.
#include <algorithm>
#include <array>
#include <map>

#include "dispatch/rule_questions.hpp"

namespace mashang::checking {
namespace {

constexpr std::array chain{Role::worker, Role::leader, Role::community, Role::street, Role::district};

class People {
  public:
    People(Questions& ask, std::vector<RuleFinding>& found)
        : ask_(ask), found_(found), roster_(*ask.world.roster), grids_(ask.world.territory->grids()) {
        for (const Person& p : roster_.people()) {
            last_resort_ = last_resort_ || (p.active && p.party.desk && p.party.role == Role::district);
        }
        for (const Role role : chain) {
            auto& held = held_[role];
            for (const Grid& grid : grids_) {
                held.push_back(!roster_.covering(grid.code, role).empty() ||
                               (role == Role::worker && !roster_.backups(grid.code).empty()));
            }
        }
        const std::size_t classes = ask_.domain.variables().at(region).classes;
        for (std::uint32_t c = 0; c < classes; ++c) {
            for (const std::string& grid : ask_.domain.members(Fact::division, c)) class_of_[grid] = c;
        }
    }

    void chains() {
        RuleFinding f;
        f.kind = FindingKind::nobody_on_chain;
        for (std::size_t g = 0; g < grids_.size(); ++g) {
            if (std::none_of(chain.begin(), chain.end(), [&](Role role) { return held_[role][g]; })) {
                f.grids.push_back(grids_[g].code);
            }
        }
        if (!f.grids.empty()) found_.push_back(std::move(f));
    }

    void rule(std::size_t i) {
        const Action& action = ask_.rulebook.rules()[i].then;
        const Person* named = action.person ? roster_.find(*action.person) : nullptr;
        if (named == nullptr || !named->active) owner(i, action.owner);
        for (std::size_t u = 0; u < action.co_handlers.size(); ++u) co_handler(i, u);
    }

  private:
    static constexpr auto region = static_cast<std::size_t>(Fact::division);

    void owner(std::size_t i, Role role) {
        std::vector<std::string> nobody, falls_back;
        const auto& held = held_[role];
        const bool anywhere = std::find(held.begin(), held.end(), true) != held.end();
        for (std::size_t g = 0; g < grids_.size(); ++g) {
            if (held[g]) continue;
            const bool above = last_resort_ || std::any_of(chain.begin(), chain.end(), [&](Role higher) {
                                   return higher >= role && held_[higher][g];
                               });
            (above && anywhere ? falls_back : nobody).push_back(grids_[g].code);
        }
        report(FindingKind::owner_nobody, Severity::error, i, "/then/owner/role",
               std::string(to_string(role)), std::move(nobody));
        report(FindingKind::owner_falls_back, Severity::warning, i, "/then/owner/role",
               std::string(to_string(role)), std::move(falls_back));
    }

    // Of a kind that no unit has at all, the names say it already.
    void co_handler(std::size_t i, std::size_t u) {
        const std::string& kind = ask_.rulebook.rules()[i].then.co_handlers[u];
        auto [known, fresh] = uncovered_.try_emplace(kind);
        if (fresh) {
            for (const Grid& grid : grids_) {
                const auto units = roster_.covering(grid.code, Role::unit);
                if (std::none_of(units.begin(), units.end(),
                                 [&](const Person* p) { return p->unit_kind == kind; })) {
                    known->second.push_back(grid.code);
                }
            }
        }
        const auto& people = roster_.people();
        if (std::none_of(people.begin(), people.end(), [&](const Person& p) {
                return p.active && p.party.role == Role::unit && p.unit_kind == kind;
            })) {
            return;
        }
        report(FindingKind::co_handler_falls_away, Severity::warning, i,
               "/then/co_handlers/" + std::to_string(u), kind, known->second);
    }

    // Of the grids, those that the rule reaches, with a report there; one finding for all rules that lack the
    // same in the same grids.
    void report(FindingKind kind, Severity severity, std::size_t i, std::string path, std::string value,
                std::vector<std::string> grids) {
        std::map<std::uint32_t, std::optional<Assignment>> reached;
        std::erase_if(grids, [&](const std::string& grid) {
            const std::uint32_t c = class_of_.at(grid);
            auto [known, fresh] = reached.try_emplace(c);
            if (fresh) known->second = ask_.search.find({ask_.yes[i], ask_.formulas.in(region, c)});
            return !known->second;
        });
        if (grids.empty()) return;
        for (RuleFinding& f : found_) {
            if (f.kind != kind || f.value != value || f.grids != grids) continue;
            f.rules.push_back(i);
            f.path.clear();
            return;
        }
        RuleFinding f{kind, severity, {i}, {}, std::move(path), std::move(value), {}, {}, {}, {}, {}};
        f.witness = ask_.domain.report(*reached.at(class_of_.at(grids.front())));
        f.witness->grid_code = grids.front();
        f.grids = std::move(grids);
        found_.push_back(std::move(f));
    }

    Questions& ask_;
    std::vector<RuleFinding>& found_;
    const Roster& roster_;
    const std::vector<Grid>& grids_;
    bool last_resort_ = false;  // a desk of some district: choose_owner's last word
    std::map<Role, std::vector<bool>> held_;
    std::map<std::string, std::uint32_t> class_of_;
    std::map<std::string, std::vector<std::string>> uncovered_;
};

}  // namespace

void find_nobody(Questions& ask, std::vector<RuleFinding>& found) {
    if (ask.world.roster == nullptr || ask.world.territory == nullptr) return;
    People people(ask, found);
    people.chains();
    for (std::size_t i = 0; i < ask.rulebook.rules().size(); ++i) people.rule(i);
}

}  // namespace mashang::checking
