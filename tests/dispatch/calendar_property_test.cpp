// Invariants 1 and 2 of semantics.md, against generated instants and the minute-by-minute oracle.
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "calendar_oracle.hpp"

using namespace mashang;
using namespace mashang::test;
using std::chrono::minutes;

namespace {

const Oracle& oracle() {
    static const Oracle it(china_spec());
    return it;
}

// 2019 to 2026 to the millisecond, with edges of the day as likely as anything between.
rc::Gen<Instant> instants() {
    const auto first = shanghai("2019-01-01 00:00");
    const auto span = (shanghai("2027-01-01 00:00") - first).count();
    const auto edges = rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::int64_t>(0, span / 86'400'000),
                                                   rc::gen::element<std::int64_t>(0, 510, 720, 840, 1050),
                                                   rc::gen::inRange<std::int64_t>(-1, 2)),
                                    [first](const std::tuple<std::int64_t, std::int64_t, std::int64_t>& t) {
                                        const auto& [d, minute, ms] = t;
                                        return first + std::chrono::days{d} + minutes{minute} + Millis{ms};
                                    });
    const auto any = rc::gen::map(rc::gen::inRange<std::int64_t>(0, span),
                                  [first](std::int64_t ms) { return first + Millis{ms}; });
    return rc::gen::resize(1000, rc::gen::oneOf(edges, any));
}

Instant any_instant() {
    return *instants();
}
Instant any_minute() {
    return std::chrono::floor<minutes>(*instants());
}
std::int64_t upto(std::int64_t most) {
    return *rc::gen::resize(1000, rc::gen::inRange<std::int64_t>(1, most + 1));
}

}  // namespace

TEST_CASE("what is added is measured back exactly, in every unit that measures time [T3][T10]") {
    for (const Unit unit : {Unit::working_hours, Unit::working_minutes, Unit::hours, Unit::minutes,
                            Unit::emergency_hours, Unit::emergency_minutes}) {
        const bool in_hours =
            unit == Unit::working_hours || unit == Unit::hours || unit == Unit::emergency_hours;
        rc::prop("between(t, add(t, d)) = d for " + to_string({unit, 1}), [=] {
            const Instant t = any_instant();
            const Limit d{unit, upto(1000)};
            const Millis length = in_hours ? Millis{std::chrono::hours{d.amount}} : Millis{minutes{d.amount}};
            RC_ASSERT(china()->used_between(t, china()->add(t, d).at, unit) == length);
        });
    }
}

TEST_CASE("adding is monotone in the start and in the limit [T3]") {
    for (const Unit unit : {Unit::working_hours, Unit::working_minutes, Unit::working_days,
                            Unit::calendar_days, Unit::hours, Unit::emergency_minutes}) {
        rc::prop("for " + to_string({unit, 1}), [=] {
            const Instant a = any_instant();
            const Instant b = any_instant();
            const auto n = upto(200);
            const auto more = n + upto(200);
            RC_ASSERT(china()->add(std::min(a, b), {unit, n}).at <=
                      china()->add(std::max(a, b), {unit, n}).at);
            RC_ASSERT(china()->add(a, {unit, n}).at <= china()->add(a, {unit, more}).at);
            RC_ASSERT(china()->add(a, {unit, n}).at > a);
        });
    }
}

TEST_CASE("time between is additive at any cut, boundaries included [T3][T10]") {
    rc::prop("between(a, b) + between(b, c) = between(a, c)", [] {
        const Instant a = any_instant();
        const Instant b = any_instant();
        const Instant c = any_instant();
        for (const Unit unit : {Unit::working_hours, Unit::calendar_days}) {
            RC_ASSERT(china()->used_between(a, b, unit) + china()->used_between(b, c, unit) ==
                      china()->used_between(a, c, unit));
        }
    });
}

TEST_CASE("the counted intervals add up to the working time and lie in order [T2][T3]") {
    rc::prop("sum of counted(a, b) = between(a, b)", [] {
        const Instant a = any_instant();
        const Instant b = a + Millis{upto(std::int64_t{40} * 86'400'000)};
        Millis sum{0};
        Instant last = a;
        for (const auto& [open, close] : china()->counted(a, b, 1000)) {
            RC_ASSERT(last <= open);
            RC_ASSERT(open < close);
            sum += close - open;
            last = close;
        }
        RC_ASSERT(last <= b);
        RC_ASSERT(sum == china()->working_between(a, b));
    });
}

TEST_CASE("splitting a credit changes nothing for working and elapsed time [T13]") {
    for (const Unit unit : {Unit::working_minutes, Unit::emergency_hours}) {
        rc::prop("for " + to_string({unit, 1}), [=] {
            const Instant due = any_instant();
            const Instant from = any_instant();
            const Instant cut = from + Millis{upto(std::int64_t{5} * 86'400'000)};
            const Instant to = cut + Millis{upto(std::int64_t{5} * 86'400'000)};
            const auto once = china()->credit(due, unit, from, to);
            const auto first = china()->credit(due, unit, from, cut);
            RC_ASSERT(china()->credit(first.at, unit, cut, to).at == once.at);
        });
    }
}

TEST_CASE("adding agrees with an oracle that steps minutes and days [T3][T6]") {
    rc::prop("working minutes", [] {
        const Instant t = any_minute();
        const auto n = upto(3000);
        RC_ASSERT(china()->add(t, {Unit::working_minutes, n}).at == oracle().add_working_minutes(t, n));
    });
    rc::prop("working days", [] {
        const Instant t = any_instant();
        const auto n = upto(40);
        RC_ASSERT(china()->add(t, {Unit::working_days, n}).at == oracle().add_working_days(t, n));
    });
    rc::prop("working time between", [] {
        const Instant a = any_minute();
        const Instant b = a + minutes{upto(30000)};
        RC_ASSERT(china()->working_between(a, b) == minutes{oracle().minutes_between(a, b)});
    });
}

TEST_CASE("calendar days agree with an oracle that steps days, the switch on and off [T6]") {
    for (const bool roll : {true, false}) {
        auto spec = china_spec();
        spec.roll_over_weekends = roll;
        const auto calendar = built(spec);
        const Oracle stepping(spec);
        rc::prop(roll ? "on" : "off", [&] {
            const Instant t = any_instant();
            const auto n = upto(90);
            RC_ASSERT(calendar->add(t, {Unit::calendar_days, n}).at == stepping.add_calendar_days(t, n));
        });
    }
}

TEST_CASE("every minute of 2019 to 2026 agrees with the oracle, every make-up day among them [T3][T7]") {
    CHECK(oracle().differences(*china()) == 0);
}
