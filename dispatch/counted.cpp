#include "dispatch/counted.hpp"

#include <algorithm>
#include <map>

#include "dispatch/clock.hpp"
#include "dispatch/lifecycle.hpp"

namespace mashang {
namespace {

// A step before the last has a limit of its own but does not decide over the whole; a reopening's new attempt
// does not wash an earlier lateness away.
std::optional<Instant> first_late(const Case& c) {
    std::map<int, const Clock*> last_steps;
    for (const auto& k : c.clocks)
        if (k.stage == Stage::closure) last_steps[k.attempt] = &k;
    std::optional<Instant> first;
    for (const auto& [attempt, k] : last_steps)
        if (k->breached_at && (!first || *k->breached_at < *first)) first = k->breached_at;
    return first;
}

Share judged(const Case& c, Stage stage) {
    Share share;
    for (const auto& k : c.clocks)
        if (k.stage == stage && has_verdict(k)) share.count(!k.breached_at);
    return share;
}

}  // namespace

Counted count_of(const Case& c, Instant now) {
    Counted n;
    n.id = c.id;
    n.status = c.status;
    n.grid_code = c.place.grid_code;
    n.matter = c.matter;
    n.owner = c.owner;
    n.accepted_at = c.accepted_at;
    n.dispatched_at = c.dispatched_at;
    n.submitted_at = c.submitted_at;
    n.closed_at = c.closed_at;
    n.late_at = first_late(c);
    n.filed = static_cast<int>(
        std::count_if(c.reports.begin(), c.reports.end(), [](const ReportRef& r) { return !r.from; }));
    n.reports = static_cast<int>(c.reports.size());
    n.redos = c.redos;
    n.sign_off = judged(c, Stage::sign_off);
    n.response = judged(c, Stage::response);
    for (const auto& r : c.reports)
        if (r.score) n.rated.count(*r.score >= satisfied_score_min);
    n.overdue = is_overdue(c, now);
    return n;
}

std::optional<Instant> counts_until(const Case& c) {
    std::optional<Instant> until;
    for (const auto& k : c.clocks) {
        const bool counts =
            k.stage == Stage::sign_off || k.stage == Stage::response || k.stage == Stage::closure;
        if (!counts || k.stopped || k.cancelled || k.breached_at || !k.due) continue;
        // What time alone does to it, by the clocks' own reckoning: a due may lie before a hold that runs.
        std::vector<Clock> left_alone{k};
        advance(left_alone, Instant::max());
        const Instant passes = left_alone.front().breached_at.value_or(Instant::max());
        const Instant at = passes == *k.due ? passes : passes - Millis{1};
        if (!until || at < *until) until = at;
    }
    return until;
}

bool has_verdict(const Clock& clock) {
    if (!clock.due) return false;
    return clock.breached_at || (clock.stopped && !clock.cancelled);
}

bool is_left_out(Status status) {
    return status == Status::withdrawn || status == Status::rejected || status == Status::merged;
}

bool left_out(const Counted& c) {
    return is_left_out(c.status);
}

bool is_closed(const Counted& c) {
    return !left_out(c) && c.closed_at.has_value();
}

bool due_to_be_closed(const Counted& c, Instant at) {
    if (left_out(c)) return false;
    return is_closed(c) || (c.late_at && *c.late_at < at);
}

bool is_overdue(const Case& c, Instant now) {
    if (!is_open(c.status)) return false;
    return std::any_of(c.clocks.begin(), c.clocks.end(), [&](const Clock& k) {
        const bool counts = k.stage == Stage::sign_off || k.stage == Stage::response ||
                            k.stage == Stage::closure || k.stage == Stage::review;
        if (!counts || k.stopped || k.cancelled || !k.due) return false;
        return !on_time(now, *k.due) && !open_hold(k, now);
    });
}

}  // namespace mashang
