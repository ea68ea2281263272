#include "tests/build/town.hpp"

#include <algorithm>

namespace mashang::build {
namespace {

bool in_hand(const Case& c) {
    return c.status == Status::dispatched || c.status == Status::signed_off || c.status == Status::responded;
}

bool over(const Case& c) {
    return c.status == Status::closed || c.status == Status::rejected || c.status == Status::withdrawn ||
           c.status == Status::merged;
}

std::optional<PersonId> hands(const Case& c) {
    return in_hand(c) ? std::optional{c.owner.id} : std::nullopt;
}

int weight(Priority p) {
    return p == Priority::emergency ? 4 : p == Priority::urgent ? 2 : 1;
}

}  // namespace

Load Town::load_of(PersonId id) const {
    Load load;
    for (const auto& [other, c] : cases_) {
        if (!in_hand(c) || c.owner.id != id) continue;
        ++load.open;
        load.weighted += weight(c.priority);
    }
    if (const auto found = assigned_.find(id); found != assigned_.end()) load.last_assigned = found->second;
    return load;
}

Policy Town::policy(CodeId place) const {
    Policy p = world.policy();
    p.workload.load = [this](PersonId id) { return load_of(id); };
    for (const auto& [id, c] : cases_)
        if (c.place.code == place && !over(c)) p.workload.at_place = {c.owner.id, id};
    return p;
}

CaseId Town::report(const std::function<void(Submission&)>& change) {
    Submission s = world.report();
    s.id = CaseId{++last_id_};
    s.serial = static_cast<std::int32_t>(last_id_);
    if (change) change(s);
    const auto events = submit(s, world.now, policy(s.place.code)).value();
    cases_[s.id].district = s.district;
    cases_[s.id].id = s.id;
    keep(s.id, events);
    return s.id;
}

bool Town::give(CaseId id, CommandKind kind, const Actor& actor, const World::Change& change) {
    const Case& c = cases_.at(id);
    const auto events = decide(c, world.command(c, kind, actor, change), world.now, policy(c.place.code));
    if (!events) return false;
    keep(id, *events);
    return true;
}

bool Town::by_owner(CaseId id, CommandKind kind, const World::Change& change) {
    return give(id, kind, world.owner(cases_.at(id)), change);
}

void Town::time_passes() {
    for (auto& [id, c] : cases_) keep(id, fire(c, world.now, policy(c.place.code)));
    std::vector<CaseId> waiting;
    for (const auto& [id, c] : cases_)
        if (c.status == Status::waiting) waiting.push_back(id);
    std::stable_sort(waiting.begin(), waiting.end(), [this](CaseId a, CaseId b) {
        return weight(cases_.at(a).priority) > weight(cases_.at(b).priority);
    });
    for (const CaseId id : waiting) {
        const Case& c = cases_.at(id);
        keep(id, drain(c, world.now, policy(c.place.code)).value());
    }
}

std::vector<PastCase> Town::past() const {
    std::vector<PastCase> all;
    for (const auto& [id, journal] : journals_)
        all.push_back(past_of(cases_.at(id).district, id, journal, world.now).value());
    return all;
}

int Town::most_open(PersonId id) const {
    const auto found = most_open_.find(id);
    return found == most_open_.end() ? 0 : found->second;
}

void Town::keep(CaseId id, const std::vector<Event>& events) {
    Case& c = cases_.at(id);
    const auto before = hands(c);
    for (const Event& e : events) {
        evolve(c, e);
        journals_[id].push_back(e);
    }
    const auto after = hands(c);
    if (after && after != before) assigned_[*after] = c.last_at;
    if (after) most_open_[*after] = std::max(most_open_[*after], load_of(*after).open);
}

}  // namespace mashang::build
