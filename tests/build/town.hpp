// Many cases at once in the small district, whose loads come from the cases themselves: a past to be judged
// anew.
//
// Hides who does what with a case; every change goes through submit, decide, fire and drain as in the
// service, and the workload is counted by looking at all cases each time, never kept. Tests only; one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "dispatch/simulate.hpp"
#include "tests/build/world.hpp"

namespace mashang::build {

class Town {
  public:
    World world;  // its documents, its people and its `now`

    Policy policy(CodeId place) const;
    // A report at `world.now`; `change` makes it say something else.
    CaseId report(const std::function<void(Submission&)>& change = {});
    // False when it was refused.
    bool give(CaseId id, CommandKind kind, const Actor& actor, const World::Change& change = {});
    bool by_owner(CaseId id, CommandKind kind, const World::Change& change = {});
    // Timers of all cases and waiting cases, as the service looks after them.
    void time_passes();

    const Case& at(CaseId id) const { return cases_.at(id); }
    const std::map<CaseId, Case>& cases() const { return cases_; }
    const std::vector<Event>& journal(CaseId id) const { return journals_.at(id); }
    std::vector<PastCase> past() const;  // up to now
    int most_open(PersonId id) const;    // at once, so far

  private:
    void keep(CaseId id, const std::vector<Event>& events);
    Load load_of(PersonId id) const;

    std::map<CaseId, Case> cases_;
    std::map<CaseId, std::vector<Event>> journals_;
    std::map<PersonId, Instant> assigned_;
    std::map<PersonId, int> most_open_;
    std::int64_t last_id_ = 0;
};

}  // namespace mashang::build
