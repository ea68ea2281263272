// Due instants a second on one core: Calendar::add over a calendar of ten years, for working hours, working
// days and calendar days in turn, beside the plain way of stepping from day to day. Both are asked the same
// and have to answer the same.
//
//   calendar_rate SECONDS    prints {"adds_per_s":..,"day_loop_per_s":..,"asked":..}
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include "dispatch/calendar.hpp"

namespace {

using namespace mashang;
using std::chrono::days;
using std::chrono::minutes;

constexpr std::chrono::hours offset{8};

// Monday to Friday with a lunch break; every year a week of October off, and the Sunday before it worked.
CalendarSpec ten_years() {
    CalendarSpec spec;
    spec.id = "ten years";
    spec.zone = {{Instant{}, offset}};
    spec.first_day = LocalDay{std::chrono::year{2019} / 1 / 1};
    spec.last_day = spec.horizon = LocalDay{std::chrono::year{2028} / 12 / 31};
    spec.working_day = {{8 * 60 + 30, 12 * 60}, {14 * 60, 17 * 60 + 30}};
    for (std::size_t weekday = 0; weekday < 5; ++weekday) spec.weekly.at(weekday) = spec.working_day;
    for (int year = 2019; year <= 2028; ++year) {
        const LocalDay first{std::chrono::year{year} / 10 / 1};
        for (int day = 0; day < 7; ++day) spec.public_holidays.push_back(first + days{day});
        spec.make_up_days.push_back(first - days{std::chrono::weekday{first - days{1}}.c_encoding() + 1});
    }
    return spec;
}

// The plain way: from day to day, from interval to interval.
class DayLoop {
  public:
    explicit DayLoop(CalendarSpec spec) : spec_(std::move(spec)) {}

    Instant add(Instant start, Limit limit) const {
        LocalDay day{std::chrono::floor<days>(start.time_since_epoch() + offset)};
        if (limit.unit == Unit::working_hours) return add_working(start, day, minutes{limit.amount * 60});
        if (limit.unit == Unit::working_days) {
            for (auto left = limit.amount; left > 0; left -= pattern(day).empty() ? 0 : 1) day += days{1};
        } else {
            day += days{limit.amount};
            while (pattern(day).empty()) day += days{1};
        }
        return wall(day, pattern(day).back().close_minute);
    }

  private:
    Instant add_working(Instant start, LocalDay day, Millis left) const {
        for (;; day += days{1}) {
            for (const auto& [open, close] : pattern(day)) {
                const Instant from = std::max(start, wall(day, open));
                const Instant to = wall(day, close);
                if (to <= from) continue;
                if (left <= to - from) return from + left;
                left -= to - from;
            }
        }
    }
    const DayPattern& pattern(LocalDay day) const {
        static const DayPattern rest;
        const auto listed = [day](const auto& list) {
            return std::binary_search(list.begin(), list.end(), day);
        };
        if (listed(spec_.make_up_days)) return spec_.working_day;
        if (listed(spec_.public_holidays)) return rest;
        return spec_.weekly[std::chrono::weekday{day}.iso_encoding() - 1];
    }
    static Instant wall(LocalDay day, int minute) {
        return Instant{day.time_since_epoch()} + minutes{minute} - offset;
    }

    CalendarSpec spec_;
};

struct Question {
    Instant start;
    Limit limit;
};

// Anywhere in eight of the ten years, limits as standards have them: up to 40 hours, 20 days, 60 days.
std::vector<Question> questions() {
    std::mt19937_64 random(330106);
    const Instant first{LocalDay{std::chrono::year{2019} / 2 / 1}.time_since_epoch()};
    std::vector<Question> all;
    for (int i = 0; i < 1 << 16; ++i) {
        const Instant start = first + Millis{static_cast<std::int64_t>(random() % (8ULL * 365 * 86'400'000))};
        constexpr std::pair<Unit, unsigned> kinds[] = {
            {Unit::working_hours, 40}, {Unit::working_days, 20}, {Unit::calendar_days, 60}};
        const auto& [unit, most] = kinds[i % 3];
        all.push_back({start, {unit, static_cast<std::int64_t>(1 + random() % most)}});
    }
    return all;
}

// In seconds of the core's own time: what else the machine does takes nothing away.
double core_s() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <class Engine>
double rate_per_s(double seconds, const std::vector<Question>& asked, std::int64_t& sum, Engine add) {
    const double start = core_s();
    std::uint64_t n = 0;
    for (;;) {
        for (int i = 0; i < 1000; ++i) {
            const Question& q = asked[n++ % asked.size()];
            sum += add(q).time_since_epoch().count();
        }
        const double past = core_s() - start;
        if (past >= seconds) return static_cast<double>(n) / past;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    const auto spec = ten_years();
    const auto calendar = Calendar::build(spec).value();
    const DayLoop loop(spec);
    const auto asked = questions();
    for (const Question& q : asked) {
        if (calendar->add(q.start, q.limit).at == loop.add(q.start, q.limit)) continue;
        std::fprintf(stderr, "the two answer differently for %s\n", to_string(q.limit).c_str());
        return 1;
    }
    std::int64_t sum = 0;
    const double ours = rate_per_s(seconds, asked, sum,
                                   [&](const Question& q) { return calendar->add(q.start, q.limit).at; });
    const double plain =
        rate_per_s(seconds, asked, sum, [&](const Question& q) { return loop.add(q.start, q.limit); });
    std::printf("{\"adds_per_s\":%.0f,\"day_loop_per_s\":%.0f,\"asked\":%zu}\n", ours, plain, asked.size());
    return sum == 0 ? 1 : 0;
}
