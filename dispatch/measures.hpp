// Every rate and percentile of the house, defined once (T41-T44, domain.md fact 9): screen, API and export
// all take their figures from here.
//
// Built from the cases of one reading of the store; answers figures for any period inside it. Cohort: the
// cases accepted in [from, to). Withdrawn, rejected and merged ones are in no denominator, and open ones not
// yet due are in none of closure's; `Excluded` says how many were left out. A report counts at the case it
// was filed in, on the day that case was accepted, wherever a merge has moved it since.
// A rate is a pair of whole numbers and is compared as such (T10); with a zero denominator there is none.
// Closed means that an approval stands, also while a dissatisfied resident's case is looked at again.
// Immutable once built; any thread; no errors.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dispatch/calendar.hpp"
#include "dispatch/case.hpp"
#include "dispatch/counted.hpp"

namespace mashang {

// What the district asks of itself; the only place where these stand.
struct Targets {
    int closed_on_time_permille = 950;
    int sign_off_permille = 980;
    int response_permille = 950;
    int satisfaction_permille = 950;
};
inline constexpr Targets default_targets{};

inline constexpr Millis dispatch_promise{1000};

// Half-open, as all intervals (T2).
struct Period {
    Instant from{}, to{};
    bool contains(Instant t) const { return from <= t && t < to; }
    friend bool operator==(const Period&, const Period&) = default;
};
// The civil day of the district that contains `now` (T44).
Period civil_day(const Calendar& calendar, Instant now);
// The same civil span so many days earlier: 00:00 stays 00:00 across a change of the zone's offset.
Period days_earlier(const Calendar& calendar, Period period, int days);
// The period of the same length that ends where this one begins: of whole civil days as many days.
Period period_before(const Calendar& calendar, Period period);

// One duration; censored: still running, so it will be longer than this.
struct Observed {
    Millis length{0};
    bool censored = false;
};
// Nearest-rank percentile of raw values (T42): the smallest value that at least `percent` of 100 do not
// exceed. Running ones are censored, not dropped: they count as "longer than this" by the product-limit
// estimate (E. L. Kaplan, P. Meier, JASA 53 (1958) 457-481), which is the nearest rank itself when nothing
// runs. None when too few have finished to tell. percent is 1 to 100.
std::optional<Millis> percentile(std::vector<Observed> values, int percent);

// The 95 % score interval of a proportion (E. B. Wilson, JASA 22 (1927) 209-212): honest for small numbers.
struct ConfidenceInterval {
    double low = 0, high = 0;
};
std::optional<ConfidenceInterval> wilson_95(Share share);

// Left out of 应结案数; cases - all of these = due to be closed.
struct Excluded {
    std::int64_t withdrawn = 0, rejected = 0, merged = 0, not_yet_due = 0;
    friend bool operator==(const Excluded&, const Excluded&) = default;
};

struct Figures {
    std::int64_t reports = 0;  // 上报: what people sent, whatever became of it
    std::int64_t cases = 0;    // 立案: accepted in the period
    Share dispatched_within_1s;
    Share sign_off;        // 按时签收率: attempts on time / attempts finished or breached
    Share response;        // 按时响应率: the same
    Share closed;          // 结案率: closed / due to be closed
    Share closed_on_time;  // 按期办结率: closed on time / due to be closed
    Share satisfaction;    // 满意率: rated 3-5 / rated
    Share participation;   // 参评率: rated / invited (reports of closed cases)
    Share redo;            // 返工率: sent back at least once / submitted for review at least once
    Excluded excluded;
    friend bool operator==(const Figures&, const Figures&) = default;
};

// Of now, whenever accepted.
struct Standing {
    std::int64_t open = 0, overdue = 0, waiting = 0;
    friend bool operator==(const Standing&, const Standing&) = default;
};

struct Quantiles {
    std::optional<Millis> p50, p90;
    friend bool operator==(const Quantiles&, const Quantiles&) = default;
};

// Of the clocks (attempts) of one stage.
struct StageFigures {
    Stage stage = Stage::sign_off;
    std::int64_t n = 0;  // finished
    std::int64_t running = 0, pending = 0;
    std::int64_t breached = 0;  // finished late, or still open past due (T41)
    Share on_time;
    Quantiles gross, paused, net;                          // calendar time
    Quantiles gross_working, paused_working, net_working;  // working time
    std::optional<Millis> limit_p50;                       // of limits in days the working time they held
};

enum class Grouping { division, matter, owner };

struct GroupFigures {
    std::string key;  // division prefix, matter code, or the owner's id
    Party owner;      // when grouped by owner
    std::int64_t reports = 0, cases = 0;
    Share closed, on_time, satisfaction;
};

struct DayFigures {
    LocalDay day{};
    std::int64_t reports = 0;
    std::int64_t closed = 0;   // closed that day, whenever accepted
    std::int64_t overdue = 0;  // whose closure fell overdue that day
    friend bool operator==(const DayFigures&, const DayFigures&) = default;
};

struct GridFigures {
    std::string grid_code;
    Standing now;
    std::int64_t reports = 0;
    Share satisfaction;
};

struct TopicFigures {
    std::string matter;
    std::int64_t reports = 0, cases = 0;
    std::int64_t cases_before = 0;
};

// Of one grid's open cases.
struct GridStanding {
    std::string grid_code;
    Standing now;
};

class Measures {
  public:
    // Takes each case once, by its id, and brings its clocks to `now` (T21).
    Measures(std::vector<Case> cases, Instant now);
    // The same of what a store keeps counted, each case once, and how the open ones stand; everything but
    // stages.
    Measures(std::vector<Counted> cases, std::vector<GridStanding> standing, Instant now)
        : counted_(std::move(cases)), standing_(std::move(standing)), now_(now) {}

    Figures figures(Period period) const;
    Standing standing() const;
    // Each clock measured by the calendar that was frozen for its case (T17).
    using CalendarOf = std::function<const Calendar&(const Case&)>;
    std::vector<StageFigures> stages(Period period, const CalendarOf& calendar_of) const;
    // Matters by their reports; divisions and owners by the lower bound of the on-time rate, best first,
    // those without one last. `digits` of the grid code make the division's key: 9 street, 12 community, 15
    // grid.
    std::vector<GroupFigures> ranking(Period period, Grouping by, std::size_t digits) const;
    // One for each civil day that the period touches.
    std::vector<DayFigures> trend(Period period, const Calendar& calendar) const;
    std::vector<GridFigures> map(Period period) const;  // in the order of grid codes
    // Most reports first.
    std::vector<TopicFigures> topics(Period period, Period before) const;

    Instant now() const { return now_; }

  private:
    std::vector<Case> cases_;  // for the stages
    std::vector<Counted> counted_;
    std::vector<GridStanding> standing_;
    Instant now_;
};

}  // namespace mashang
