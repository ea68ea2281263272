// Whether somebody stands behind every rule in every grid that it reaches: the chain of choose_owner, asked
// by posts, skills, and who is there at all, whatever the hour and load. An ordinary report waits for the
// next shift, so only leave then and having no shift ahead keep a person from it.
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
        if (ask.world.catalogue != nullptr) {
            for (const Matter& m : ask.world.catalogue->matters()) matters_.push_back(m.code);
            matters_.emplace_back();
        }
        for (const Role role : chain) {
            for (const Grid& grid : grids_) {
                auto posted = roster_.covering(grid.code, role);
                if (role == Role::worker) {
                    const auto backups = roster_.backups(grid.code);
                    posted.insert(posted.end(), backups.begin(), backups.end());
                }
                posted_[role].push_back(!posted.empty());
                std::erase_if(posted, [this](const Person* p) { return away(*p); });
                held_[role].push_back(!posted.empty());
                lacking_[role].push_back(list_number(beyond(posted)));
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
        if (f.grids.empty()) return;
        if (const auto any = ask_.search.find({ask_.formulas.in(region, class_of_.at(f.grids.front()))})) {
            f.witness = ask_.domain.report(*any);
            f.witness->grid_code = f.grids.front();
        }
        found_.push_back(std::move(f));
    }

    void rule(std::size_t i) {
        const Action& action = ask_.rulebook.rules()[i].then;
        const Person* named = action.person ? roster_.find(*action.person) : nullptr;
        if (named == nullptr || !named->active) {
            owner(i, action.owner);
            skills(i, action.owner);
        }
        for (std::size_t u = 0; u < action.co_handlers.size(); ++u) co_handler(i, u);
    }

  private:
    static constexpr auto region = static_cast<std::size_t>(Fact::division);

    static constexpr auto matter = static_cast<std::size_t>(Fact::matter);

    // As choose_owner has it: desks are always there, others from their next shift on.
    bool away(const Person& p) const {
        if (p.party.desk || !ask_.world.now) return false;
        const Instant begin = roster_.next_shift(p, *ask_.world.now);
        return begin == far_future || roster_.on_leave(p, begin);
    }

    // Matters that none of these people may take; "" is a report without one.
    std::vector<std::string> beyond(const std::vector<const Person*>& people) const {
        std::vector<std::string> left;
        if (people.empty()) return left;
        for (const std::string& code : matters_) {
            const auto takes = [&code](const Person* p) {
                return p->party.desk || p->skills.empty() ||
                       std::any_of(p->skills.begin(), p->skills.end(),
                                   [&code](const std::string& skill) { return code.starts_with(skill); });
            };
            if (std::none_of(people.begin(), people.end(), takes)) left.push_back(code);
        }
        return left;
    }

    // Grids that lack the same have the same number; 0 lacks nothing.
    std::size_t list_number(std::vector<std::string> list) {
        const auto known = std::find(lists_.begin(), lists_.end(), list);
        const auto number = static_cast<std::size_t>(known - lists_.begin());
        if (known == lists_.end()) lists_.push_back(std::move(list));
        return number;
    }

    void owner(std::size_t i, Role role) {
        std::vector<std::string> nobody, falls_back, gone;
        const auto& held = held_[role];
        const auto& posted = posted_[role];
        const bool anywhere = std::find(posted.begin(), posted.end(), true) != posted.end();
        for (std::size_t g = 0; g < grids_.size(); ++g) {
            if (held[g]) continue;
            const bool above = last_resort_ || std::any_of(chain.begin(), chain.end(), [&](Role higher) {
                                   return higher >= role && held_[higher][g];
                               });
            (!above || !anywhere ? nobody : posted[g] ? gone : falls_back).push_back(grids_[g].code);
        }
        report(FindingKind::owner_away, Severity::warning, i, "/then/owner/role",
               std::string(to_string(role)), std::move(gone));
        report(FindingKind::owner_nobody, Severity::error, i, "/then/owner/role",
               std::string(to_string(role)), std::move(nobody));
        report(FindingKind::owner_falls_back, Severity::warning, i, "/then/owner/role",
               std::string(to_string(role)), std::move(falls_back));
    }

    // Grid by grid that lacks the same: the matters beyond them that the rule reaches there.
    void skills(std::size_t i, Role role) {
        for (std::size_t list = 1; list < lists_.size(); ++list) {
            std::map<std::uint32_t, std::vector<std::size_t>> regions;
            for (std::size_t g = 0; g < grids_.size(); ++g) {
                if (lacking_[role][g] == list) regions[class_of_.at(grids_[g].code)].push_back(g);
            }
            if (!regions.empty()) beyond_skill(i, role, lists_[list], regions);
        }
    }

    bool within(const Row& row, std::size_t variable, std::uint32_t one_class) const {
        const std::size_t first = ask_.domain.variables().at(variable).first;
        return ((row[first + one_class / 64] >> (one_class % 64)) & 1U) != 0;
    }

    void beyond_skill(std::size_t i, Role role, const std::vector<std::string>& list,
                      const std::map<std::uint32_t, std::vector<std::size_t>>& regions) {
        RuleFinding f{FindingKind::owner_lacks_skill,
                      Severity::warning,
                      {i},
                      {},
                      "/then/owner/role",
                      std::string(to_string(role)),
                      {},
                      {},
                      {},
                      {},
                      {}};
        const auto around = ask_.search.around(ask_.yes[i]);  // most rules name few matters
        if (!around) return;
        for (std::uint32_t c = 0; c < ask_.domain.variables().at(matter).classes; ++c) {
            if (!within(*around, matter, c)) continue;
            std::vector<std::string> members;
            for (const std::string& code : ask_.domain.members(Fact::matter, c)) {
                if (std::find(list.begin(), list.end(), code) != list.end()) members.push_back(code);
            }
            if (members.empty()) continue;
            bool reached = false;
            for (const auto& [r, grids] : regions) {
                if (!within(*around, region, r)) continue;
                const auto met =
                    ask_.search.find({ask_.yes[i], ask_.formulas.in(matter, c), ask_.formulas.in(region, r)});
                if (!met) continue;
                reached = true;
                for (const std::size_t g : grids) {
                    if (std::find(f.grids.begin(), f.grids.end(), grids_[g].code) == f.grids.end())
                        f.grids.push_back(grids_[g].code);
                    if (!somebody_above(role, g, members)) f.severity = Severity::error;
                }
                if (f.witness) continue;
                f.witness = ask_.domain.report(*met);
                f.witness->matter = members.front();
                f.witness->grid_code = grids_[grids.front()].code;
            }
            if (reached) f.matters.insert(f.matters.end(), members.begin(), members.end());
        }
        if (!f.witness) return;
        for (RuleFinding& other : found_) {
            if (other.kind != f.kind || other.value != f.value || other.severity != f.severity ||
                other.grids != f.grids || other.matters != f.matters)
                continue;
            other.rules.push_back(i);
            other.path.clear();
            return;
        }
        found_.push_back(std::move(f));
    }

    // Whether for each of these matters somebody on a higher rung may take it.
    bool somebody_above(Role role, std::size_t g, const std::vector<std::string>& matters) const {
        if (last_resort_) return true;
        return std::all_of(matters.begin(), matters.end(), [&](const std::string& code) {
            return std::any_of(chain.begin(), chain.end(), [&](Role higher) {
                if (higher <= role || !held_.at(higher)[g]) return false;
                const auto& left = lists_[lacking_.at(higher)[g]];
                return std::find(left.begin(), left.end(), code) == left.end();
            });
        });
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
    std::vector<std::string> matters_;
    std::map<Role, std::vector<bool>> posted_, held_;  // by grid: somebody has the post; and is there
    std::vector<std::vector<std::string>> lists_{{}};
    std::map<Role, std::vector<std::size_t>> lacking_;  // by grid: which of the lists
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
