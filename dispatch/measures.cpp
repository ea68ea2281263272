#include "dispatch/measures.hpp"

#include <algorithm>
#include <cmath>

#include "dispatch/clock.hpp"
#include "dispatch/lifecycle.hpp"

namespace mashang {
namespace {

// ---- what one case adds --------------------------------------------------------------------------------

// Whoever has rated was invited, even if the case has been opened again since.
Share participation_of(const Counted& c) {
    return {c.rated.of, is_closed(c) ? c.reports : c.rated.of};
}

void leave_out(const Counted& c, Instant at, Excluded& excluded) {
    switch (c.status) {
        case Status::withdrawn:
            ++excluded.withdrawn;
            return;
        case Status::rejected:
            ++excluded.rejected;
            return;
        case Status::merged:
            ++excluded.merged;
            return;
        case Status::waiting:
        case Status::dispatched:
        case Status::signed_off:
        case Status::responded:
        case Status::in_review:
        case Status::closed:
            if (!due_to_be_closed(c, at)) ++excluded.not_yet_due;
            return;
    }
}

void close_rates(const Counted& c, Instant at, Share* closed, Share& on_time) {
    if (!due_to_be_closed(c, at)) return;
    if (closed) closed->count(is_closed(c));
    on_time.count(is_closed(c) && !c.late_at);
}

void count_now(const Counted& c, Standing& standing) {
    if (!is_open(c.status)) return;
    ++standing.open;
    if (c.overdue) ++standing.overdue;
    if (c.status == Status::waiting) ++standing.waiting;
}

// ---- stages -------------------------------------------------------------------------------------------

std::optional<Millis> length_of(const Clock& k, const Calendar& calendar) {
    using namespace std::chrono;
    if (!k.limit) return std::nullopt;
    switch (k.limit->unit) {
        case Unit::emergency_hours:
        case Unit::working_hours:
        case Unit::hours:
            return hours{k.limit->amount};
        case Unit::emergency_minutes:
        case Unit::working_minutes:
        case Unit::minutes:
            return minutes{k.limit->amount};
        case Unit::working_days:
        case Unit::calendar_days:
            if (!k.original_due) return std::nullopt;
            return calendar.working_between(k.start, *k.original_due);
    }
    return std::nullopt;
}

struct StageValues {
    std::vector<Observed> gross, paused, net, gross_working, paused_working, net_working, limits;

    void add(const Clock& k, const Calendar& calendar, Instant now) {
        const bool censored = !k.stopped || k.cancelled;
        const Durations d = durations(k, calendar, now);
        gross.push_back({d.gross, censored});
        paused.push_back({d.held, censored});
        net.push_back({d.net, censored});
        gross_working.push_back({d.gross_working, censored});
        paused_working.push_back({d.held_working, censored});
        net_working.push_back({d.net_working, censored});
        if (const auto length = length_of(k, calendar)) limits.push_back({*length, false});
    }
};

Quantiles quantiles(const std::vector<Observed>& values) {
    return {percentile(values, 50), percentile(values, 90)};
}

void count_clock(const Clock& k, const Calendar& calendar, Instant now, StageFigures& figures,
                 StageValues& values) {
    if (k.breached_at) ++figures.breached;
    if (has_verdict(k)) figures.on_time.count(!k.breached_at);
    if (k.cancelled && !k.breached_at) return;
    if (!k.stopped && now < k.start) {
        ++figures.pending;
        return;
    }
    if (!k.stopped) ++figures.running;
    if (k.stopped && !k.cancelled) ++figures.n;
    values.add(k, calendar, now);
}

}  // namespace

// ---- shares -------------------------------------------------------------------------------------------

std::optional<double> Share::rate() const {
    if (of == 0) return std::nullopt;
    return static_cast<double>(n) / static_cast<double>(of);
}

std::optional<int> Share::percent_hundredths() const {
    if (of == 0) return std::nullopt;
    const auto rounded = static_cast<int>((n * 20000 + of) / (2 * of));
    if (n == 0 || n == of) return rounded;
    return std::clamp(rounded, 1, 9999);
}

bool Share::meets(int target_permille) const {
    return of > 0 && n * 1000 >= of * target_permille;
}

void Share::count(bool yes) {
    ++of;
    if (yes) ++n;
}

void Share::add(Share other) {
    n += other.n;
    of += other.of;
}

std::optional<ConfidenceInterval> wilson_95(Share share) {
    if (share.of == 0) return std::nullopt;
    constexpr double z = 1.959963984540054;  // the normal distribution's 97.5 % point
    const double n = static_cast<double>(share.of);
    const double p = static_cast<double>(share.n) / n;
    const double scale = 1 + z * z / n;
    const double centre = (p + z * z / (2 * n)) / scale;
    const double half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return ConfidenceInterval{std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

std::optional<Millis> percentile(std::vector<Observed> values, int percent) {
    // A value that ended at the same length as another still ran is the earlier of the two.
    std::sort(values.begin(), values.end(), [](const Observed& a, const Observed& b) {
        return a.length != b.length ? a.length < b.length : a.censored < b.censored;
    });
    // Share that lasts longer = before * left / group. `before` stays exactly 1 until a censored value lies
    // between finished ones, and as long the comparison is one of whole numbers.
    double before = 1;
    auto left = static_cast<std::int64_t>(values.size());
    auto group = left;
    constexpr double tolerance = 1e-12;
    for (const auto& value : values) {
        --left;
        if (value.censored) {
            before *= static_cast<double>(left + 1) / static_cast<double>(group);
            group = left;
            continue;
        }
        const bool reached = before == 1 ? left * 100 <= group * (100 - percent)
                                         : before * static_cast<double>(left) / static_cast<double>(group) <=
                                               (100 - percent) / 100.0 + tolerance;
        if (reached) return value.length;
    }
    return std::nullopt;
}

// ---- periods ------------------------------------------------------------------------------------------

Period civil_day(const Calendar& calendar, Instant now) {
    const LocalDay today = calendar.day_of(now);
    return {calendar.start_of(today), calendar.start_of(today + std::chrono::days{1})};
}

Period days_earlier(const Calendar& calendar, Period period, int days) {
    const auto shifted = [&](Instant t) {
        const LocalDay day = calendar.day_of(t);
        return calendar.start_of(day - std::chrono::days{days}) + (t - calendar.start_of(day));
    };
    return {shifted(period.from), shifted(period.to)};
}

Period period_before(const Calendar& calendar, Period period) {
    const auto midnight = [&](Instant t) { return t == calendar.start_of(calendar.day_of(t)); };
    if (!midnight(period.from) || !midnight(period.to))
        return {period.from - (period.to - period.from), period.from};
    const auto days = calendar.day_of(period.to) - calendar.day_of(period.from);
    return days_earlier(calendar, period, static_cast<int>(days.count()));
}

// ---- the figures --------------------------------------------------------------------------------------

Measures::Measures(std::vector<Case> cases, Instant now) : cases_(std::move(cases)), now_(now) {
    std::sort(cases_.begin(), cases_.end(), [](const Case& a, const Case& b) { return a.id < b.id; });
    cases_.erase(
        std::unique(cases_.begin(), cases_.end(), [](const Case& a, const Case& b) { return a.id == b.id; }),
        cases_.end());
    std::map<std::string, Standing> standing;
    for (auto& c : cases_) {
        advance(c.clocks, now_);
        counted_.push_back(count_of(c, now_));
        if (is_open(c.status)) count_now(counted_.back(), standing[c.place.grid_code]);
    }
    for (const auto& [grid, stands] : standing) standing_.push_back({grid, stands});
}

Figures Measures::figures(Period period) const {
    const Instant at = std::min(period.to, now_);
    Figures f;
    for (const auto& c : counted_) {
        if (!period.contains(c.accepted_at)) continue;
        f.reports += c.filed;
        ++f.cases;
        leave_out(c, at, f.excluded);
        if (left_out(c)) continue;
        f.dispatched_within_1s.count(c.dispatched_at - c.accepted_at <= dispatch_promise);
        f.sign_off.add(c.sign_off);
        f.response.add(c.response);
        close_rates(c, at, &f.closed, f.closed_on_time);
        f.satisfaction.add(c.rated);
        f.participation.add(participation_of(c));
        if (c.submitted_at) f.redo.count(c.redos > 0);
    }
    return f;
}

Standing Measures::standing() const {
    Standing all;
    for (const auto& grid : standing_) {
        all.open += grid.now.open;
        all.overdue += grid.now.overdue;
        all.waiting += grid.now.waiting;
    }
    return all;
}

std::vector<StageFigures> Measures::stages(Period period, const CalendarOf& calendar_of) const {
    std::vector<StageFigures> rows;
    for (const Stage stage :
         {Stage::sign_off, Stage::response, Stage::closure, Stage::review, Stage::end_to_end}) {
        StageFigures row;
        row.stage = stage;
        StageValues values;
        for (const auto& c : cases_) {
            if (!period.contains(c.accepted_at) || is_left_out(c.status)) continue;
            for (const auto& k : c.clocks)
                if (k.stage == stage) count_clock(k, calendar_of(c), now_, row, values);
        }
        row.gross = quantiles(values.gross);
        row.paused = quantiles(values.paused);
        row.net = quantiles(values.net);
        row.gross_working = quantiles(values.gross_working);
        row.paused_working = quantiles(values.paused_working);
        row.net_working = quantiles(values.net_working);
        row.limit_p50 = percentile(values.limits, 50);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GroupFigures> Measures::ranking(Period period, Grouping by, std::size_t digits) const {
    const auto key_of = [&](const Counted& c) -> std::string {
        switch (by) {
            case Grouping::division:
                return c.grid_code.substr(0, digits);
            case Grouping::matter:
                return c.matter;
            case Grouping::owner:
                return std::to_string(raw(c.owner.id));
        }
        return {};
    };
    std::map<std::string, GroupFigures> groups;
    const Instant at = std::min(period.to, now_);
    for (const auto& c : counted_) {
        if (!period.contains(c.accepted_at)) continue;
        auto& g = groups[key_of(c)];
        if (by == Grouping::owner) g.owner = c.owner;  // the latest snapshot of his post
        g.reports += c.filed;
        ++g.cases;
        if (left_out(c)) continue;
        close_rates(c, at, &g.closed, g.on_time);
        g.satisfaction.add(c.rated);
    }
    std::vector<GroupFigures> rows;
    for (auto& [key, group] : groups) {
        group.key = key;
        rows.push_back(std::move(group));
    }
    const auto bound = [by](const GroupFigures& g) {
        if (by == Grouping::matter) return static_cast<double>(g.reports);
        const auto interval = wilson_95(g.on_time);
        return interval ? interval->low : -1;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto& a, const auto& b) { return bound(a) > bound(b); });
    return rows;
}

std::vector<DayFigures> Measures::trend(Period period, const Calendar& calendar) const {
    std::vector<DayFigures> days;
    if (period.from >= period.to) return days;
    const LocalDay first = calendar.day_of(period.from);
    const LocalDay last = calendar.day_of(period.to - Millis{1});
    for (LocalDay day = first; day <= last; day += std::chrono::days{1}) days.push_back({day, 0, 0, 0});
    const auto day_of = [&](const std::optional<Instant>& at) -> DayFigures* {
        if (!at || !period.contains(*at)) return nullptr;
        return &days[static_cast<std::size_t>((calendar.day_of(*at) - first).count())];
    };
    for (const auto& c : counted_) {
        if (auto* day = day_of(c.accepted_at)) day->reports += c.filed;
        if (left_out(c)) continue;
        if (auto* day = day_of(c.closed_at)) ++day->closed;
        if (auto* day = day_of(c.late_at)) ++day->overdue;
    }
    return days;
}

std::vector<GridFigures> Measures::map(Period period) const {
    std::map<std::string, GridFigures> grids;
    for (const auto& grid : standing_) grids[grid.grid_code].now = grid.now;
    for (const auto& c : counted_) {
        if (!period.contains(c.accepted_at)) continue;
        auto& g = grids[c.grid_code];
        g.reports += c.filed;
        if (!left_out(c)) g.satisfaction.add(c.rated);
    }
    std::vector<GridFigures> rows;
    for (auto& [code, grid] : grids) {
        grid.grid_code = code;
        rows.push_back(std::move(grid));
    }
    return rows;
}

std::vector<TopicFigures> Measures::topics(Period period, Period before) const {
    std::map<std::string, TopicFigures> topics;
    for (const auto& c : counted_) {
        if (period.contains(c.accepted_at)) {
            auto& t = topics[c.matter];
            t.reports += c.filed;
            ++t.cases;
        }
        if (before.contains(c.accepted_at)) ++topics[c.matter].cases_before;
    }
    std::vector<TopicFigures> rows;
    for (auto& [matter, topic] : topics) {
        topic.matter = matter;
        rows.push_back(std::move(topic));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.reports > b.reports; });
    return rows;
}

}  // namespace mashang
