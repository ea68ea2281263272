// When a message reaches a person, calculated by hand and, over drawn people and days, by a slow oracle that
// walks minute by minute.
#include "dispatch/delivery.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "staff.hpp"

namespace mashang {
namespace {

using namespace staff;

const Calendar& zone() {
    static const auto days = shifts().at("day");
    return *days;
}

Instant heard(const Person& p, Instant said, Priority priority = Priority::ordinary) {
    return hears_at(*roster({p}), zone(), p, priority, said);
}

Person sleeper(QuietHours quiet, std::string shift = "") {
    Person p = person(1, Role::worker, grid, std::move(shift));
    p.quiet = quiet;
    return p;
}

constexpr QuietHours nights{22 * 60, 7 * 60};

// A person's outbox, kept as a store keeps it.
struct Outbox {
    std::shared_ptr<const Roster> people;
    std::map<Instant, int> alone;         // by clock hour, emergencies among them
    std::map<Instant, int> bundled;       // by the instant of the bundle
    std::map<Instant, int> bundles_hour;  // distinct bundles by clock hour

    Delivery put(const Person& p, Priority priority, Instant said) {
        const auto d = deliver(*people, zone(), p, priority, said, [this](Instant hour) {
            const auto found = alone.find(hour);
            return found == alone.end() ? 0 : found->second;
        });
        if (!d.bundled) ++alone[hour_of(d.at)];
        if (d.bundled && bundled[d.at]++ == 0) ++bundles_hour[hour_of(d.at)];
        return d;
    }
};

// Wall clock of Shanghai by hand: UTC and eight hours.
int wall_minute_of(Instant t) {
    return static_cast<int>((t.time_since_epoch().count() / 60000 + 480) % 1440);
}

bool quiet_by_hand(const QuietHours& q, Instant t) {
    std::set<int> minutes;
    for (int m = q.from; m != q.to; m = (m + 1) % 1440) minutes.insert(m);
    return minutes.contains(wall_minute_of(t));
}

}  // namespace

TEST_CASE("quiet hours of one's own end a night's silence at their end, and not before [T29]") {
    const Person p = sleeper(nights);
    CHECK(heard(p, at(2026, 11, 23, 21, 59)) == at(2026, 11, 23, 21, 59));
    CHECK(heard(p, at(2026, 11, 23, 22, 0)) == at(2026, 11, 24, 7, 0));
    CHECK(heard(p, at(2026, 11, 24, 3, 30)) == at(2026, 11, 24, 7, 0));
    CHECK(heard(p, at(2026, 11, 24, 7, 0)) == at(2026, 11, 24, 7, 0));
    const Person napper = sleeper({12 * 60, 13 * 60 + 30});
    CHECK(heard(napper, at(2026, 11, 24, 12, 0)) == at(2026, 11, 24, 13, 30));
    CHECK(heard(napper, at(2026, 11, 24, 23, 0)) == at(2026, 11, 24, 23, 0));
}

TEST_CASE(
    "quiet hours and duty hours both hold: the message waits for the first instant outside both [T29]") {
    // 08:30-17:30 on weekdays, quiet until 09:00: Friday evening's message comes on Monday at nine.
    const Person p = sleeper({21 * 60, 9 * 60}, "day");
    CHECK(heard(p, at(2026, 11, 27, 18, 0)) == at(2026, 11, 30, 9, 0));
    CHECK(heard(p, at(2026, 11, 30, 8, 45)) == at(2026, 11, 30, 9, 0));
    // Who wishes for quiet all his working day is told when he comes to work.
    CHECK(heard(sleeper({8 * 60, 18 * 60}, "day"), at(2026, 11, 27, 18, 0)) == at(2026, 11, 30, 8, 30));
}

TEST_CASE("urgent cases and emergencies know no quiet [T29]") {
    for (const auto priority : {Priority::urgent, Priority::emergency})
        CHECK(heard(sleeper(nights, "day"), at(2026, 11, 24, 3, 0), priority) == at(2026, 11, 24, 3, 0));
}

TEST_CASE("quiet hours are two minutes of a day and at most half a day long [T29]") {
    CHECK(valid({0, 0}));
    CHECK(valid({22 * 60, 10 * 60}));
    CHECK_FALSE(valid({22 * 60, 10 * 60 + 1}));
    CHECK_FALSE(valid({-1, 60}));
    CHECK_FALSE(valid({23 * 60, 24 * 60}));
    auto refused = Roster::build(1, {sleeper({60, 50})}, shifts());
    REQUIRE(refused.has_error());
    CHECK(refused.error().fields.at(0).pointer == "/people/0/quiet");
    Person chatty = person(1, Role::worker, grid);
    chatty.messages_an_hour = 2;
    auto bounded = Roster::build(1, {chatty}, shifts());
    REQUIRE(bounded.has_error());
    CHECK(bounded.error().fields.at(0).pointer == "/people/0/messages_an_hour");
}

TEST_CASE(
    "what is more than an hour's messages comes as one after that hour; an emergency always alone [T29]") {
    Person p = person(1, Role::leader, grid);
    p.messages_an_hour = 5;  // three alone, two places for bundles
    Outbox box;
    box.people = roster({p});
    for (int minute = 0; minute < 3; ++minute)
        CHECK(box.put(p, Priority::ordinary, at(2026, 11, 23, 9, minute)) ==
              Delivery{at(2026, 11, 23, 9, minute), false});
    for (int minute = 10; minute < 22; ++minute)
        CHECK(box.put(p, Priority::ordinary, at(2026, 11, 23, 9, minute)) ==
              Delivery{at(2026, 11, 23, 10, 0), true});
    CHECK(box.bundled.at(at(2026, 11, 23, 10, 0)) == 12);  // "12 more"
    CHECK(box.put(p, Priority::emergency, at(2026, 11, 23, 9, 59)) ==
          Delivery{at(2026, 11, 23, 9, 59), false});
    CHECK(box.put(p, Priority::ordinary, at(2026, 11, 23, 10, 1)) ==
          Delivery{at(2026, 11, 23, 10, 1), false});
}

TEST_CASE("a night's messages come at its end, so many alone and the rest as one [T29]") {
    Person p = sleeper(nights);
    p.messages_an_hour = 10;
    Outbox box;
    box.people = roster({p});
    for (int n = 0; n < 30; ++n) box.put(p, Priority::ordinary, at(2026, 11, 24, 1, n));
    CHECK(box.alone == std::map<Instant, int>{{at(2026, 11, 24, 7), 8}});
    CHECK(box.bundled == std::map<Instant, int>{{at(2026, 11, 24, 8), 22}});
}

TEST_CASE(
    "no clock hour brings more than its cap, nothing is lost, nobody is woken, emergencies at once [T29]") {
    REQUIRE(rc::check([] {
        Person p = person(1, Role::worker, grid, *rc::gen::element<std::string>("", "", "day", "late"));
        const int from = *rc::gen::inRange(0, 1440), length = *rc::gen::inRange(0, quiet_minutes_max + 1);
        p.quiet = {from, (from + length) % 1440};
        p.messages_an_hour = *rc::gen::inRange(messages_an_hour_min, 9);
        Outbox box;
        box.people = roster({p});
        Instant said = at(2026, 11, 23) + std::chrono::minutes{*rc::gen::inRange(0, 2880)};
        std::map<Instant, int> hour_items;
        const int all = *rc::gen::inRange(1, 60);
        int emergencies = 0;
        for (int n = 0; n < all; ++n) {
            said += std::chrono::seconds{*rc::gen::element(1, 30, 400, 4000)};
            const auto priority = *rc::gen::element(Priority::ordinary, Priority::ordinary, Priority::urgent,
                                                    Priority::emergency);
            const auto d = box.put(p, priority, said);
            RC_ASSERT(d.at >= said);
            if (priority == Priority::emergency) {
                ++emergencies;
                RC_ASSERT(d == (Delivery{said, false}));
            } else if (!d.bundled) {
                ++hour_items[hour_of(d.at)];
            }
            const bool all_quiet = p.shift == "late" ? length > 300 : p.shift == "day" && length > 500;
            if (priority == Priority::ordinary && !all_quiet) {
                RC_ASSERT(!quiet_by_hand(p.quiet, d.at));
                RC_ASSERT(box.people->on_duty(p, d.at));
            }
        }
        int given = emergencies;
        for (const auto& [hour, n] : box.bundles_hour) hour_items[hour] += n;
        for (const auto& [hour, n] : hour_items) RC_ASSERT(n <= p.messages_an_hour);
        for (const auto& [hour, n] : box.alone) given += n;
        for (const auto& [instant, n] : box.bundled) given += n;
        RC_ASSERT(given == all + emergencies);
    }));
}

TEST_CASE(
    "a message comes at the first minute that a walk from minute to minute finds loud and on duty [T29]") {
    REQUIRE(rc::check([] {
        const std::string shift = *rc::gen::element<std::string>("", "day", "late", "weekend");
        Person p = person(1, Role::worker, grid, shift);
        const int from = *rc::gen::inRange(0, 1440), length = *rc::gen::inRange(0, 200);
        p.quiet = {from, (from + length) % 1440};
        if (*rc::gen::inRange(0, 3) == 0) p.leave = {{at(2026, 11, 23, 11), at(2026, 11, 24, 16)}};
        const auto people = roster({p});
        const Instant said = at(2026, 11, 22, 20) + std::chrono::minutes{*rc::gen::inRange(0, 2000)};
        std::set<int> quiet_minutes;
        for (int m = p.quiet.from; m != p.quiet.to; m = (m + 1) % 1440) quiet_minutes.insert(m);
        Instant walked = said;
        while (quiet_minutes.contains(wall_minute_of(walked)) || !people->on_duty(p, walked))
            walked += std::chrono::minutes{1};
        RC_ASSERT(hears_at(*people, zone(), p, Priority::ordinary, said) == walked);
    }));
}

}  // namespace mashang
