#include "dispatch/assign.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace mashang {
namespace {

enum class Rung { person, worker, backup, leader, community, street, district };
constexpr std::array chain{Rung::worker,    Rung::backup, Rung::leader,
                           Rung::community, Rung::street, Rung::district};

std::string_view word_of(Rung rung) {
    switch (rung) {
        case Rung::person:
            return "person";
        case Rung::worker:
            return "worker";
        case Rung::backup:
            return "backup";
        case Rung::leader:
            return "leader";
        case Rung::community:
            return "community";
        case Rung::street:
            return "street";
        case Rung::district:
            return "district";
    }
    return "";
}

// Where the chain starts for a rule's owner.
Rung first_rung(Role owner) {
    switch (owner) {
        case Role::leader:
            return Rung::leader;
        case Role::community:
            return Rung::community;
        case Role::street:
            return Rung::street;
        case Role::district:
            return Rung::district;
        case Role::worker:
        case Role::reviewer:
        case Role::unit:
        case Role::agent:
        case Role::administrator:
        case Role::integrator:
        case Role::resident:
        case Role::system:
            return Rung::worker;
    }
    return Rung::worker;
}

Role role_on(Rung rung) {
    switch (rung) {
        case Rung::person:
        case Rung::worker:
        case Rung::backup:
            return Role::worker;
        case Rung::leader:
            return Role::leader;
        case Rung::community:
            return Role::community;
        case Rung::street:
            return Role::street;
        case Rung::district:
            return Role::district;
    }
    return Role::worker;
}

bool has(const std::vector<PersonId>& list, PersonId id) {
    return std::find(list.begin(), list.end(), id) != list.end();
}

class Chooser {
  public:
    Chooser(const Need& need, const Roster& roster, const Workload& work)
        : need_(need), roster_(roster), work_(work), urgent_(need.priority != Priority::ordinary) {}

    Result<Choice> choose() {
        if (need_.action.person) {
            if (const Person* named = roster_.find(*need_.action.person); named != nullptr) {
                if (try_rung(Rung::person, {named})) return std::move(choice_);
            }
        }
        for (const Rung rung : chain) {
            if (rung < first_rung(need_.action.owner)) continue;
            if (try_rung(rung, posted_on(rung))) return std::move(choice_);
        }
        return last_resort();
    }

  private:
    struct Tried {
        CandidateTried shown;
        Instant start = far_future;  // when he could begin
    };

    std::vector<const Person*> posted_on(Rung rung) const {
        std::vector<const Person*> list;
        switch (rung) {
            case Rung::person:
                return list;
            case Rung::backup:
                list = roster_.backups(need_.grid_code);
                std::erase_if(list, [this](const Person* p) {
                    return p->party.role == Role::worker && covers(p->scope, need_.grid_code);
                });
                return list;
            case Rung::worker:
            case Rung::leader:
            case Rung::community:
            case Rung::street:
            case Rung::district:
                list = roster_.posted(need_.grid_code, role_on(rung));
                add_continuity(rung, list);
                return list;
        }
        return list;
    }

    // Whoever has the open case at this place stands in the trace even where his post has moved elsewhere.
    void add_continuity(Rung rung, std::vector<const Person*>& list) const {
        if (!work_.at_place) return;
        const Person* p = roster_.find(work_.at_place->first);
        if (p == nullptr || p->party.role != role_on(rung) || covers(p->scope, need_.grid_code)) return;
        list.push_back(p);
    }

    // The hard filters, capacity last: who fails there alone may get the case once he is free. `start` is
    // when he could begin: now, or for an ordinary report his next shift.
    WhyNot filter(Rung rung, const Person& p, const Load& load, Instant& start) const {
        const bool named = rung == Rung::person || rung == Rung::backup;
        if (!named && !covers(p.scope, need_.grid_code)) return WhyNot::not_on_this_grid;
        if (!p.active) return WhyNot::inactive;
        if (has(need_.leave_out, p.party.id)) return WhyNot::already_had_it;
        if (p.party.desk) {
            start = need_.now;
            return WhyNot::chosen;
        }
        const bool able = p.skills.empty() ||
                          std::any_of(p.skills.begin(), p.skills.end(), [this](const std::string& skill) {
                              return need_.matter.starts_with(skill);
                          });
        if (!able) return WhyNot::lacks_skill;
        const Instant begin = roster_.next_shift(p, need_.now);
        if (begin == far_future || (urgent_ && begin > need_.now)) return WhyNot::off_duty;
        if (roster_.on_leave(p, begin)) return WhyNot::on_leave;
        start = begin;
        if (!work_.ignore_capacity && p.capacity > 0 && load.open >= p.capacity) return WhyNot::at_capacity;
        return WhyNot::chosen;
    }

    bool holds_place(const Person& p) const { return work_.at_place && work_.at_place->first == p.party.id; }

    // Continuity, weighted load, longest idle, stable id: the smaller goes first.
    auto rank(const Tried& t) const {
        return std::tuple(!holds_place(*t.shown.person), t.shown.weighted, t.shown.last_assigned,
                          t.shown.person->party.id);
    }

    WhyNot outranked(const Tried& loser, const Tried& winner) const {
        if (loser.start != winner.start) return WhyNot::off_duty;  // his shift begins later
        if (holds_place(*winner.shown.person)) return WhyNot::outranked_by_continuity;
        if (loser.shown.weighted != winner.shown.weighted) return WhyNot::outranked_by_load;
        if (loser.shown.last_assigned != winner.shown.last_assigned) return WhyNot::outranked_by_idle;
        return WhyNot::outranked_by_id;
    }

    bool try_rung(Rung rung, const std::vector<const Person*>& people) {
        std::vector<Tried> tried;
        for (const Person* p : people) {
            const Load load = work_.load ? work_.load(p->party.id) : Load{};
            Tried t{{p, load.open, load.weighted, load.last_assigned, WhyNot::chosen}};
            t.shown.why = filter(rung, *p, load, t.start);
            capacity_failed_ = capacity_failed_ || t.shown.why == WhyNot::at_capacity;
            tried.push_back(std::move(t));
        }
        // The earliest shift first, then the rank.
        const Tried* best = nullptr;
        for (const Tried& t : tried) {
            if (t.shown.why != WhyNot::chosen) continue;
            const auto before = [this](const Tried& a, const Tried& b) {
                return a.start != b.start ? a.start < b.start : rank(a) < rank(b);
            };
            if (best == nullptr || before(t, *best)) best = &t;
        }
        RungTried shown{std::string(word_of(rung)), {}, best != nullptr};
        for (Tried& t : tried) {
            if (&t != best && t.shown.why == WhyNot::chosen) t.shown.why = outranked(t, *best);
            shown.candidates.push_back(t.shown);
        }
        choice_.trace.push_back(std::move(shown));
        if (best != nullptr) take(rung, *best->shown.person, best->start);
        return best != nullptr;
    }

    void take(Rung rung, const Person& p, Instant start) {
        choice_.owner = p.party;
        choice_.rung = word_of(rung);
        choice_.clock_start = start;
        if (holds_place(p)) choice_.continuity = work_.at_place->second;
        // A desk holds for somebody only if somebody would have had it but for his load; then it is drained.
        choice_.waiting = p.party.desk && capacity_failed_;
    }

    // The last rung is never empty: the district's desk, even one that has had it or covers another district.
    Result<Choice> last_resort() {
        const Person* desk = nullptr;
        for (const Person& p : roster_.people()) {
            if (!p.active || !p.party.desk || p.party.role != Role::district) continue;
            const auto rank_of = [this](const Person& d) {
                return std::tuple(!covers(d.scope, need_.grid_code), d.party.id);
            };
            if (desk == nullptr || rank_of(p) < rank_of(*desk)) desk = &p;
        }
        if (desk == nullptr) return make_error(Errc::unavailable, "error.nobody");
        RungTried& last = choice_.trace.back();
        std::erase_if(last.candidates, [desk](const CandidateTried& c) { return c.person == desk; });
        const Load load = work_.load ? work_.load(desk->party.id) : Load{};
        last.candidates.push_back({desk, load.open, load.weighted, load.last_assigned, WhyNot::chosen});
        last.chosen = true;
        take(Rung::district, *desk, need_.now);
        return std::move(choice_);
    }

    const Need& need_;
    const Roster& roster_;
    const Workload& work_;
    const bool urgent_;
    bool capacity_failed_ = false;
    Choice choice_;
};

// One named person on duty, else the desk; never the owner himself.
const Person* told_on(Role role, const Party& owner, std::string_view grid_code, const Roster& roster,
                      Instant now) {
    const Person* desk = nullptr;
    for (const Person* p : roster.covering(grid_code, role)) {
        if (p->party.id == owner.id) continue;
        if (p->party.desk) {
            if (desk == nullptr) desk = p;
        } else if (roster.on_duty(*p, now)) {
            return p;
        }
    }
    return desk;
}

}  // namespace

Result<Choice> choose_owner(const Need& need, const Roster& roster, const Workload& workload) {
    return Chooser(need, roster, workload).choose();
}

Ladder ladder_above(const Party& owner, std::string_view grid_code, const Roster& roster, Instant now) {
    Ladder ladder;
    for (const Role role : {Role::leader, Role::community, Role::street, Role::district}) {
        if (rung_of(role) >= rung_of(owner.role)) continue;
        if (const Person* p = told_on(role, owner, grid_code, roster, now); p != nullptr) {
            ladder.rungs.push_back(p->party);
        } else {
            ladder.skipped.push_back(role);
        }
    }
    if (!ladder.rungs.empty() && ladder.rungs.back().role == Role::district) return ladder;
    // The last rung is never empty: any desk of the district, even the owner.
    for (const Person& p : roster.people()) {
        if (!p.active || !p.party.desk || p.party.role != Role::district) continue;
        ladder.rungs.push_back(p.party);
        std::erase(ladder.skipped, Role::district);
        break;
    }
    return ladder;
}

std::string_view to_string(WhyNot v) {
    switch (v) {
        case WhyNot::chosen:
            return "chosen";
        case WhyNot::not_on_this_grid:
            return "not_on_this_grid";
        case WhyNot::lacks_skill:
            return "lacks_skill";
        case WhyNot::inactive:
            return "inactive";
        case WhyNot::off_duty:
            return "off_duty";
        case WhyNot::on_leave:
            return "on_leave";
        case WhyNot::already_had_it:
            return "already_had_it";
        case WhyNot::at_capacity:
            return "at_capacity";
        case WhyNot::outranked_by_continuity:
            return "outranked_by_continuity";
        case WhyNot::outranked_by_load:
            return "outranked_by_load";
        case WhyNot::outranked_by_idle:
            return "outranked_by_idle";
        case WhyNot::outranked_by_id:
            return "outranked_by_id";
    }
    return "";
}

}  // namespace mashang
