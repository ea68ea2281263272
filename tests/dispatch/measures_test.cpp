// Rates and percentiles against cohorts counted by hand, published figures and oracles of another kind.
#include <catch2/catch.hpp>

#include "measures_cases.hpp"

using namespace mashang;
using namespace mashang::test;

namespace {

const Period november{shanghai("2026-11-01 00:00"), shanghai("2026-12-01 00:00")};
const Instant later = shanghai("2027-01-15 12:00");

bool same(Share share, std::int64_t n, std::int64_t of) {
    INFO(share.n << "/" << share.of << " where " << n << "/" << of << " was expected");
    CHECK(share == Share{n, of});
    return share == Share{n, of};
}

std::vector<Observed> finished(std::initializer_list<int> lengths) {
    std::vector<Observed> values;
    for (const int ms : lengths) values.push_back({Millis{ms}, false});
    return values;
}

// The product-limit estimate the other way round (B. Efron, 1967): each running value hands its weight to
// all that are longer, in equal parts. In whole numbers, for at most 7 values.
std::optional<Millis> by_redistribution(std::vector<Observed> values, int percent) {
    std::stable_sort(values.begin(), values.end(), [](auto& a, auto& b) { return a.censored < b.censored; });
    std::stable_sort(values.begin(), values.end(), [](auto& a, auto& b) { return a.length < b.length; });
    const auto n = values.size();
    std::vector<std::int64_t> weight(n, 5040);
    std::int64_t reached = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (values[i].censored) {
            const auto right = static_cast<std::int64_t>(n - 1 - i);
            for (std::size_t j = i + 1; j < n; ++j) weight[j] += weight[i] / right;
            continue;
        }
        reached += weight[i];
        if (reached * 100 >= static_cast<std::int64_t>(n) * 5040 * percent) return values[i].length;
    }
    return std::nullopt;
}

std::string rate_text(Share share) {
    const auto hundredths = share.percent_hundredths();
    if (!hundredths) return "none";
    const auto part = std::to_string(100 + *hundredths % 100);
    return std::to_string(*hundredths / 100) + "." + part.substr(1) + " %";
}

}  // namespace

TEST_CASE("996 filed, 972 due, 911 closed, 737 on time make 93.72 % and 75.82 % [domain.md fact 9]") {
    std::vector<Case> cases;
    const auto add = [&] {
        cases.push_back(accepted(static_cast<int>(cases.size()) + 1, "2026-11-09 09:00", "2026-11-10 17:30"));
        return &cases.back();
    };
    for (int i = 0; i < 737; ++i) close_at(*add(), "2026-11-10 17:30");
    for (int i = 0; i < 911 - 737; ++i) close_at(*add(), "2026-11-10 17:31");
    for (int i = 0; i < 972 - 911; ++i) add();
    for (int i = 0; i < 11; ++i) add()->status = Status::withdrawn;
    for (int i = 0; i < 6; ++i) add()->status = Status::rejected;
    for (int i = 0; i < 3; ++i) add()->status = Status::merged;
    for (int i = 0; i < 4; ++i) add()->clocks.front().due = shanghai("2027-03-01 17:30");
    const auto f = Measures(cases, later).figures(november);
    CHECK(f.cases == 996);
    same(f.closed, 911, 972);
    same(f.closed_on_time, 737, 972);
    CHECK(rate_text(f.closed) == "93.72 %");
    CHECK(rate_text(f.closed_on_time) == "75.82 %");
    CHECK(*f.closed.rate() == Approx(0.9372427983539094).epsilon(1e-15));
    CHECK(f.excluded == Excluded{11, 6, 3, 4});
    CHECK(f.cases - 11 - 6 - 3 - 4 == f.closed.of);
}

TEST_CASE("a rate of nothing is no rate, never 100 % [domain.md fact 9]") {
    const auto f = Measures({}, later).figures(november);
    for (const Share share : {f.dispatched_within_1s, f.sign_off, f.response, f.closed, f.closed_on_time,
                              f.satisfaction, f.participation, f.redo}) {
        same(share, 0, 0);
        CHECK_FALSE(share.rate());
        CHECK_FALSE(share.percent_hundredths());
        CHECK_FALSE(share.meets(0));
        CHECK_FALSE(wilson_95(share));
    }
    CHECK_FALSE(percentile({}, 50));
}

TEST_CASE("99.951 % is compared as it is, and a printed rate says all or none only when it is so [T10]") {
    CHECK_FALSE(Share{99951, 100000}.meets(1000));
    CHECK(Share{95, 100}.meets(950));
    CHECK_FALSE(Share{9499, 10000}.meets(950));
    CHECK(rate_text({99999, 100000}) == "99.99 %");
    CHECK(rate_text({1, 100000}) == "0.01 %");
    CHECK(rate_text({0, 5}) == "0.00 %");
    CHECK(rate_text({5, 5}) == "100.00 %");
    CHECK(rate_text({1, 3}) == "33.33 %");
    CHECK(rate_text({2, 3}) == "66.67 %");
    CHECK(rate_text({1, 800}) == "0.13 %");  // 0.125: a half goes up
}

TEST_CASE("closing at the due instant is on time, a second later is not [T4]") {
    auto in_time = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    auto late = accepted(2, "2026-11-09 09:00", "2026-11-10 17:30");
    close_at(in_time, "2026-11-10 17:30");
    close_at(late, "2026-11-10 17:30:01");
    same(Measures({in_time, late}, later).figures(november).closed_on_time, 1, 2);
}

TEST_CASE("an open case is due to be closed from the instant after its due, by the earlier of to and now") {
    const std::vector<Case> cases{accepted(1, "2026-11-09 09:00", "2026-11-10 17:30")};
    const auto due_at = [&](Instant now, Instant to) {
        return Measures(cases, now).figures({november.from, to}).closed.of;
    };
    const auto due = shanghai("2026-11-10 17:30");
    CHECK(due_at(due, november.to) == 0);
    CHECK(due_at(due + Millis{1}, november.to) == 1);
    CHECK(due_at(later, due) == 0);
    CHECK(due_at(later, due + Millis{1}) == 1);
}

TEST_CASE("a breach counts although nobody has looked since [T21][T41]") {
    auto open = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    open.clocks.push_back(clock_of(Stage::sign_off, "2026-11-09 09:00", "2026-11-09 09:30"));
    auto signed_late = accepted(2, "2026-11-09 09:00", "2026-11-10 17:30");
    signed_late.clocks.push_back(
        clock_of(Stage::sign_off, "2026-11-09 09:00", "2026-11-09 09:30", "2026-11-09 09:40"));
    auto signed_once = accepted(3, "2026-11-09 09:00", "2026-11-10 17:30");
    signed_once.clocks.push_back(
        clock_of(Stage::sign_off, "2026-11-09 09:00", "2026-11-09 09:30", "2026-11-09 09:30"));
    auto handed_on = accepted(4, "2026-11-09 09:00", "2026-11-10 17:30");
    handed_on.clocks.push_back(
        clock_of(Stage::sign_off, "2026-11-09 09:00", "2026-11-09 09:30", "2026-11-09 09:10"));
    handed_on.clocks.back().cancelled = true;
    const std::vector<Case> cases{open, signed_late, signed_once, handed_on};
    same(Measures(cases, shanghai("2026-11-09 09:30")).figures(november).sign_off, 1, 2);
    same(Measures(cases, shanghai("2026-11-09 09:31")).figures(november).sign_off, 1, 3);
}

TEST_CASE("a new attempt after reopening does not wash an earlier lateness away [T14]") {
    auto c = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    close_at(c, "2026-11-11 10:00");
    auto second = clock_of(Stage::closure, "2026-11-12 09:00", "2026-11-13 17:30", "2026-11-12 10:00");
    second.attempt = 2;
    c.clocks.push_back(second);
    same(Measures({c}, later).figures(november).closed_on_time, 0, 1);
    c.clocks.front() = clock_of(Stage::closure, "2026-11-09 09:00", "2026-11-10 17:30", "2026-11-10 17:00");
    same(Measures({c}, later).figures(november).closed_on_time, 1, 1);
}

TEST_CASE("a late first step does not make the whole closure late; the last step does") {
    auto c = accepted(1, "2026-11-09 09:00", "2026-11-13 17:30");
    close_at(c, "2026-11-12 10:00");
    auto fence = clock_of(Stage::closure, "2026-11-09 09:00", "2026-11-09 12:00", "2026-11-09 13:00");
    fence.step = "fence";
    c.clocks.insert(c.clocks.begin(), fence);
    same(Measures({c}, later).figures(november).closed_on_time, 1, 1);
}

TEST_CASE("three to five of five are satisfied, of those who rated, of those who were asked") {
    std::vector<Case> cases;
    for (int score = 1; score <= 5; ++score) {
        auto c = accepted(score, "2026-11-09 09:00", "2026-11-10 17:30");
        cases.push_back(rate(close_at(c, "2026-11-10 10:00"), score));
    }
    auto silent = accepted(6, "2026-11-09 09:00", "2026-11-10 17:30");
    silent.reports.push_back({ReportId{2}, {}, {}, {}, {}, {}});
    cases.push_back(close_at(silent, "2026-11-10 10:00"));
    cases.push_back(accepted(7, "2026-11-09 09:00", "2026-11-10 17:30"));
    const auto f = Measures(cases, later).figures(november);
    same(f.satisfaction, 3, 5);
    same(f.participation, 5, 7);
    CHECK(f.reports == 8);
    CHECK(f.cases == 7);
}

TEST_CASE("a dissatisfied report opened again still counts as invited, so nobody rates uninvited") {
    auto c = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    rate(close_at(c, "2026-11-10 10:00"), 1);
    c.status = Status::responded;
    c.closed_at.reset();
    const auto f = Measures({c}, shanghai("2026-11-10 11:00")).figures(november);
    same(f.participation, 1, 1);
    same(f.satisfaction, 0, 1);
}

TEST_CASE("redo counts cases sent back at least once, of those submitted at least once") {
    auto twice = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    close_at(twice, "2026-11-10 10:00").redos = 2;
    auto plain = accepted(2, "2026-11-09 09:00", "2026-11-10 17:30");
    close_at(plain, "2026-11-10 10:00");
    const auto untouched = accepted(3, "2026-11-09 09:00", "2026-11-10 17:30");
    same(Measures({twice, plain, untouched}, later).figures(november).redo, 1, 2);
}

TEST_CASE("dispatched within a second includes the second itself") {
    std::vector<Case> cases;
    for (const int ms : {0, 999, 1000, 1001}) {
        cases.push_back(accepted(static_cast<int>(cases.size()) + 1, "2026-11-09 09:00", "2026-11-10 17:30"));
        cases.back().dispatched_at += Millis{ms};
    }
    same(Measures(cases, later).figures(november).dispatched_within_1s, 3, 4);
}

TEST_CASE("a merged report counts once, where it was filed") {
    auto target = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    auto moved = ReportRef{ReportId{2}, {}, CaseId{2}, ReportId{1}, 5, {}};
    target.reports.push_back(moved);
    close_at(target, "2026-11-10 10:00");
    auto source = accepted(2, "2026-11-09 10:00", "2026-11-10 17:30");
    source.status = Status::merged;
    const auto f = Measures({target, source}, later).figures(november);
    CHECK(f.reports == 2);
    same(f.satisfaction, 1, 1);
    same(f.participation, 1, 2);
    CHECK(f.excluded == Excluded{0, 0, 1, 0});
}

TEST_CASE("accepted at from is inside, at to outside [T2]") {
    std::vector<Case> cases;
    for (const char* at :
         {"2026-10-31 23:59:59", "2026-11-01 00:00", "2026-11-30 23:59:59", "2026-12-01 00:00"})
        cases.push_back(accepted(static_cast<int>(cases.size()) + 1, at, "2027-01-10 17:30"));
    CHECK(Measures(cases, later).figures(november).cases == 2);
}

TEST_CASE("today is the district's civil day, not the last 24 hours [T44]") {
    const auto today = [](std::string_view at) { return civil_day(*china(), shanghai(at)); };
    const Period day{shanghai("2026-11-23 00:00"), shanghai("2026-11-24 00:00")};
    CHECK(today("2026-11-23 00:00") == day);
    CHECK(today("2026-11-23 23:59:59") == day);
    CHECK(today("2026-11-24 00:00").from == day.to);
    CHECK(civil_day(*china(), shanghai("2026-11-23 00:00") - Millis{1}).to == day.from);
    CHECK(day.from == utc("2026-11-22 16:00"));
}

TEST_CASE("a week earlier is the same civil span, also across a change of the clocks [T1][T44]") {
    CHECK(days_earlier(*china(), {shanghai("2026-11-23 00:00"), shanghai("2026-11-23 09:30")}, 7) ==
          Period{shanghai("2026-11-16 00:00"), shanghai("2026-11-16 09:30")});
    auto spec = china_spec();
    // New York left daylight saving time on 2026-11-01 at 06:00 UTC.
    spec.zone = {{utc("2026-03-08 07:00"), std::chrono::hours{-4}},
                 {utc("2026-11-01 06:00"), std::chrono::hours{-5}}};
    const auto day = civil_day(*built(spec), utc("2026-11-04 15:00"));
    CHECK(day == Period{utc("2026-11-04 05:00"), utc("2026-11-05 05:00")});
    CHECK(days_earlier(*built(spec), day, 7) == Period{utc("2026-10-28 04:00"), utc("2026-10-29 04:00")});
}

TEST_CASE("the period before ends where this one begins and has as many days [T44]") {
    const auto at = [](std::string_view from, std::string_view to) {
        return Period{shanghai(from), shanghai(to)};
    };
    CHECK(period_before(*china(), at("2026-11-20 00:00", "2026-11-23 00:00")) ==
          at("2026-11-17 00:00", "2026-11-20 00:00"));
    CHECK(period_before(*china(), at("2026-11-23 00:00", "2026-11-23 09:30")) ==
          at("2026-11-22 14:30", "2026-11-23 00:00"));
}

TEST_CASE("the percentile is a value that occurred: the nearest rank [T42]") {
    CHECK(percentile(finished({50, 15, 35, 20, 40}), 50) == Millis{35});
    CHECK(percentile(finished({50, 15, 35, 20, 40}), 90) == Millis{50});
    CHECK(percentile(finished({10, 9, 8, 7, 6, 5, 4, 3, 2, 1}), 50) == Millis{5});
    CHECK(percentile(finished({10, 9, 8, 7, 6, 5, 4, 3, 2, 1}), 90) == Millis{9});
    CHECK(percentile(finished({7}), 1) == Millis{7});
    CHECK(percentile(finished({1, 2}), 100) == Millis{2});
}

TEST_CASE("what still runs is censored, not dropped [T42]") {
    auto values = finished({1, 2, 3, 4});
    CHECK(percentile(values, 90) == Millis{4});
    values.push_back({Millis{100}, true});
    CHECK(percentile(values, 80) == Millis{4});
    CHECK_FALSE(percentile(values, 90));  // one in five lasts longer than any that has finished
    values.back().length = Millis{0};     // just begun: it tells nothing yet
    CHECK(percentile(values, 90) == Millis{4});
    CHECK_FALSE(percentile({{Millis{5}, true}}, 50));
}

TEST_CASE("percentiles agree with weights handed on by hand, for every small sample [T42]") {
    int compared = 0, different = 0;
    for (std::size_t n = 1; n <= 5; ++n) {
        std::size_t combinations = 1;
        for (std::size_t i = 0; i < n; ++i) combinations *= 8;
        for (std::size_t code = 0; code < combinations; ++code) {
            std::vector<Observed> values;
            for (std::size_t i = 0, rest = code; i < n; ++i, rest /= 8)
                values.push_back({Millis{static_cast<int>(rest % 4)}, rest % 8 >= 4});
            for (const int percent : {1, 25, 50, 60, 75, 90, 100}) {
                ++compared;
                if (percentile(values, percent) != by_redistribution(values, percent)) ++different;
            }
        }
    }
    CHECK(compared > 200000);
    CHECK(different == 0);
}

TEST_CASE("the 95 % interval solves Wilson's equation, to twelve places") {
    const auto holds = [](Share share, double low, double high) {
        const auto interval = wilson_95(share);
        REQUIRE(interval);
        CHECK(interval->low == Approx(low).margin(1e-12));
        CHECK(interval->high == Approx(high).margin(1e-12));
    };
    // Roots of (p - n/of)^2 = z^2 p (1 - p) / of in 40 decimals.
    holds({737, 972}, 0.7303313549407653, 0.7840964708729357);
    holds({81, 263}, 0.2552885198782742, 0.3662095769828000);
    holds({0, 10}, 0.0, 0.2775327998628892);
    holds({10, 10}, 0.7224672001371107, 1.0);
    holds({1, 1}, 0.2065493143772374, 1.0);
    holds({1, 2}, 0.0945312057342307, 0.9054687942657692);
}

TEST_CASE("stages keep gross, paused and net in calendar and in working time [T41]") {
    // Friday 16:30 to Monday 09:30: 65 h; worked 1 h on Friday and 1 h on Monday.
    auto c = accepted(1, "2026-11-20 16:30", "2026-11-23 17:30");
    close_at(c, "2026-11-23 09:30");
    // Held from Friday 17:00 to Monday 09:00: 64 h, of them half an hour worked on either side.
    c.clocks.front().holds.push_back(
        {HoldKind::pause, shanghai("2026-11-20 17:00"), shanghai("2026-11-23 09:00"), std::nullopt});
    const auto rows = Measures({c}, later).stages(november, [](const Case&) -> const Calendar& {
        static const auto calendar = china();
        return *calendar;
    });
    REQUIRE(rows.size() == 5);
    const auto& closure = rows[2];
    CHECK(closure.stage == Stage::closure);
    CHECK(closure.n == 1);
    same(closure.on_time, 1, 1);
    using namespace std::chrono;
    CHECK(closure.gross.p50 == hours{65});
    CHECK(closure.paused.p50 == hours{64});
    CHECK(closure.net.p50 == hours{1});
    CHECK(closure.gross_working.p50 == hours{2});
    CHECK(closure.paused_working.p50 == hours{1});
    CHECK(closure.net_working.p50 == hours{1});
    CHECK(closure.limit_p50 == hours{8});
    CHECK(rows[0].n == 0);
    same(rows[0].on_time, 0, 0);
    CHECK_FALSE(rows[0].gross.p50);
}

TEST_CASE("a stage counts what runs, what has not begun and what is late, each by its name") {
    const auto now = shanghai("2026-11-23 10:00");
    std::vector<Case> cases;
    for (const auto& [start, due] : {std::pair{"2026-11-23 09:00", "2026-11-23 17:30"},
                                     std::pair{"2026-11-23 08:30", "2026-11-23 09:30"},
                                     std::pair{"2026-11-23 14:00", "2026-11-23 17:30"}}) {
        cases.push_back(accepted(static_cast<int>(cases.size()) + 1, "2026-11-23 08:00", due));
        cases.back().clocks.front().start = shanghai(start);
    }
    cases.push_back(accepted(4, "2026-11-23 08:00", "2026-11-23 09:00"));
    cases.back().status = Status::withdrawn;
    static const auto calendar = china();
    const auto row =
        Measures(cases, now).stages(november, [](const Case&) -> const Calendar& { return *calendar; })[2];
    CHECK(row.running == 2);
    CHECK(row.pending == 1);
    CHECK(row.breached == 1);
    CHECK(row.n == 0);
    same(row.on_time, 0, 1);
    CHECK_FALSE(row.gross.p50);
}

TEST_CASE("open, overdue and waiting are of now, whenever accepted") {
    auto old = accepted(1, "2026-09-01 09:00", "2026-09-02 17:30");
    auto waiting = accepted(2, "2026-11-23 09:00", "2027-02-01 17:30");
    waiting.status = Status::waiting;
    auto held = accepted(3, "2026-11-23 09:00", "2026-11-24 17:30");
    held.clocks.front().holds.push_back(
        {HoldKind::pause, shanghai("2026-11-24 09:00"), far_future, std::nullopt});
    auto closed = accepted(4, "2026-11-23 09:00", "2026-11-24 17:30");
    close_at(closed, "2026-12-24 17:30");
    CHECK(Measures({old, waiting, held, closed}, later).standing() == Standing{3, 1, 1});
    CHECK_FALSE(is_overdue(old, shanghai("2026-09-02 17:30")));
    CHECK(is_overdue(old, shanghai("2026-09-02 17:30:01")));
}

TEST_CASE("a case read twice counts once") {
    const auto c = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    const Measures measures({c, c}, later);
    CHECK(measures.figures(november).cases == 1);
    CHECK(measures.standing().open == 1);
}

TEST_CASE("ranking puts nine of ten above one of one: a small number proves little") {
    std::vector<Case> cases;
    const auto add = [&](const char* grid, bool on_time) {
        auto c = accepted(static_cast<int>(cases.size()) + 1, "2026-11-09 09:00", "2026-11-10 17:30");
        c.place.grid_code = grid;
        cases.push_back(close_at(c, on_time ? "2026-11-10 10:00" : "2026-11-11 10:00"));
    };
    add("330106001001001", true);
    for (int i = 0; i < 10; ++i) add("330106002001001", i > 0);
    auto open = accepted(50, "2026-11-09 09:00", "2027-05-10 17:30");
    open.place.grid_code = "330106003001001";
    cases.push_back(open);
    const auto rows = Measures(cases, later).ranking(november, Grouping::division, 9);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].key == "330106002");
    same(rows[0].on_time, 9, 10);
    CHECK(rows[1].key == "330106001");
    CHECK(rows[2].key == "330106003");
    same(rows[2].on_time, 0, 0);
    CHECK(Measures(cases, later).ranking(november, Grouping::owner, 9).front().key == "7");
    CHECK(Measures(cases, later).ranking(november, Grouping::matter, 9).front().reports == 12);
}

TEST_CASE("the trend counts each event on its own civil day") {
    auto c = accepted(1, "2026-11-20 23:59", "2026-11-22 00:00");
    close_at(c, "2026-11-23 00:00");
    const Period span{shanghai("2026-11-20 00:00"), shanghai("2026-11-24 00:00")};
    const auto days = Measures({c}, later).trend(span, *china());
    REQUIRE(days.size() == 4);
    CHECK(days[0] == DayFigures{day("2026-11-20"), 1, 0, 0});
    CHECK(days[1] == DayFigures{day("2026-11-21"), 0, 0, 0});
    CHECK(days[2] == DayFigures{day("2026-11-22"), 0, 0, 1});
    CHECK(days[3] == DayFigures{day("2026-11-23"), 0, 1, 0});
}

TEST_CASE("the map tells per grid what is open now and what was rated of the period") {
    auto here = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    rate(close_at(here, "2026-11-10 10:00"), 4);
    auto there = accepted(2, "2026-08-09 09:00", "2026-08-10 17:30");
    there.place.grid_code = "330106009001002";
    const auto grids = Measures({there, here}, later).map(november);
    REQUIRE(grids.size() == 2);
    CHECK(grids[0].grid_code == "330106009001001");
    CHECK(grids[0].now == Standing{0, 0, 0});
    CHECK(grids[0].reports == 1);
    same(grids[0].satisfaction, 1, 1);
    CHECK(grids[1].now == Standing{1, 1, 0});
    CHECK(grids[1].reports == 0);
}

TEST_CASE("topics stand by their reports, beside the period before") {
    auto many = accepted(1, "2026-11-09 09:00", "2026-11-10 17:30");
    many.reports.push_back({ReportId{2}, {}, {}, {}, {}, {}});
    auto one = accepted(2, "2026-11-09 09:00", "2026-11-10 17:30");
    one.matter = "S33010609002";
    auto before = accepted(3, "2026-10-09 09:00", "2026-10-10 17:30");
    before.matter = "S33010609002";
    const Period october{shanghai("2026-10-01 00:00"), shanghai("2026-11-01 00:00")};
    const auto topics = Measures({one, many, before}, later).topics(november, october);
    REQUIRE(topics.size() == 2);
    CHECK(topics[0].matter == "S33010609011");
    CHECK(topics[0].reports == 2);
    CHECK(topics[0].cases_before == 0);
    CHECK(topics[1].cases == 1);
    CHECK(topics[1].cases_before == 1);
}
