// What one case counts as: each word of the rates (domain.md fact 9, T41-T43), once.
//
// Taken of a case whose clocks have been brought to an instant; small, so that a store can keep it beside the
// case and millions can be added up without folding any. Time alone changes it when a due instant passes on a
// running clock: `counts_until` says until when it holds. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "dispatch/case.hpp"

namespace mashang {

// n of `of`; 0 <= n <= of.
struct Share {
    std::int64_t n = 0, of = 0;
    std::optional<double> rate() const;
    // Hundredths of a percent, halves up; 10000 only when n is `of`, 0 only when n is 0: what is printed with
    // two decimals never says "all" or "none" when it is not so.
    std::optional<int> percent_hundredths() const;
    // At least so many thousandths; a share of nothing meets nothing.
    bool meets(int target_permille) const;
    void count(bool yes);
    void add(Share other);
    friend bool operator==(const Share&, const Share&) = default;
};

struct Counted {
    CaseId id{};
    Status status = Status::waiting;
    std::string grid_code, matter;
    Party owner;  // only its id where it comes from a store's row
    Instant accepted_at{}, dispatched_at{};
    std::optional<Instant> submitted_at, closed_at;
    std::optional<Instant> late_at;  // when the closure of the whole first fell overdue
    int filed = 0;                   // reports that came to this case itself
    int reports = 0;                 // and those that merges brought
    int redos = 0;
    Share sign_off, response;  // on time / attempts finished or breached
    Share rated;               // 3 to 5 / rated
    bool overdue = false;      // now
    friend bool operator==(const Counted&, const Counted&) = default;
};

// The clocks have been advanced to `now`.
Counted count_of(const Case& c, Instant now);
// The last instant at which what was counted at the case's last event is still so but for `overdue`; none:
// only another event changes it.
std::optional<Instant> counts_until(const Case& c);

// Attempts finished or breached; cancelled in time is neither.
bool has_verdict(const Clock& clock);
bool is_left_out(Status status);  // withdrawn, rejected or merged
bool left_out(const Counted& c);
bool is_closed(const Counted& c);  // an approval stands
// 应结案: closed, or past closure's due at `at`.
bool due_to_be_closed(const Counted& c, Instant at);

// A running clock of sign-off, response, closure or review is past its due; never while it is held.
bool is_overdue(const Case& c, Instant now);

inline constexpr int satisfied_score_min = 3;  // of 5

}  // namespace mashang
