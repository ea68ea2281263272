// Choosing the one accountable owner (T33): hard filters, continuity, weighted load, longest idle, stable id;
// then the fallback chain backup -> leader -> community desk -> street desk -> district desk, never empty.
//
// Pure: loads and the place's open cases come in through Workload. The trace is made by the same pass.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/roster.hpp"
#include "dispatch/rulebook.hpp"

namespace mashang {

struct Load {
    int open = 0;             // open cases owned now
    int weighted = 0;         // urgent counts 2, emergency 4
    Instant last_assigned{};  // epoch: never
};

struct Workload {
    std::function<Load(PersonId)> load;
    // Owner of the newest open case at the same place with its id, if any (continuity).
    std::optional<std::pair<PersonId, CaseId>> at_place;
    bool ignore_capacity = false;  // load tests only
};

enum class WhyNot {
    chosen,
    not_on_this_grid,
    lacks_skill,
    inactive,
    off_duty,
    on_leave,
    already_had_it,
    at_capacity,
    outranked_by_continuity,
    outranked_by_load,
    outranked_by_idle,
    outranked_by_id
};

struct CandidateTried {
    const Person* person = nullptr;
    int open = 0, weighted = 0;
    Instant last_assigned{};
    WhyNot why = WhyNot::chosen;
};

struct RungTried {
    std::string
        rung;  // "person" (named by a rule), "worker", "backup", "leader", "community", "street", "district"
    std::vector<CandidateTried> candidates;
    bool chosen = false;
};

struct Choice {
    Party owner;
    bool waiting = false;   // a desk holds it until the right person is free (status waiting)
    Instant clock_start{};  // dispatch instant, or the owner's next shift start for an ordinary report
    std::optional<CaseId> continuity;
    std::vector<RungTried> trace;
    std::string rung;
};

struct Need {
    std::string grid_code;
    std::string matter;
    Priority priority = Priority::ordinary;
    Action action;
    std::vector<PersonId> leave_out;  // recused, or had it already
    Instant now{};
};

// Never fails while the district has a desk; unavailable "error.nobody" otherwise. For an ordinary report who
// is off duty may be chosen with clock_start at his next shift, the earliest shift first; for urgent ones he
// is passed over. `waiting` where a desk has it and somebody below failed by his capacity alone. The
// district's desk is the last resort even when it stands in leave_out.
Result<Choice> choose_owner(const Need& need, const Roster& roster, const Workload& workload);

// The ladder above an owner in a grid: leader, community, street, district; one named person on duty a rung,
// the rung's desk if nobody is; rungs with nobody are listed in `skipped` (T28). The last is always somebody
// of the district, the district's own desk included.
struct Ladder {
    std::vector<Party> rungs;
    std::vector<Role> skipped;
};
Ladder ladder_above(const Party& owner, std::string_view grid_code, const Roster& roster, Instant now);

std::string_view to_string(WhyNot v);

}  // namespace mashang
