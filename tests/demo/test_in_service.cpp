// The demo meets the engine it is made for: its map and its people are taken, and every report finds an
// owner.
#include <catch2/catch.hpp>

#include "dispatch/assign.hpp"
#include "dispatch/territory.hpp"
#include "server/demo/district.hpp"

using namespace mashang;
using mashang::demo::make_district;

namespace {

// Every day alike, at UTC+8.
std::shared_ptr<const Calendar> shift(const std::string& id, int open_minute, int close_minute) {
    CalendarSpec spec;
    spec.id = id;
    spec.zone = {{Instant{}, std::chrono::hours(8)}};
    spec.first_day = LocalDay{std::chrono::year{2026} / 1 / 1};
    spec.last_day = spec.horizon = LocalDay{std::chrono::year{2026} / 12 / 31};
    spec.weekly.fill({{open_minute, close_minute}});
    spec.working_day = {{open_minute, close_minute}};
    return Calendar::build(spec).value();
}

std::shared_ptr<const Roster> roster(const demo::District& district) {
    std::vector<Person> people;
    for (const auto& s : district.staff) people.push_back(s.person);
    auto built = Roster::build(1, std::move(people),
                               {{"day", shift("day", 510, 1050)},
                                {"early", shift("early", 360, 840)},
                                {"late", shift("late", 840, 1320)},
                                {"round_clock", shift("round_clock", 0, 1440)}});
    REQUIRE(built.has_value());
    return *built;
}

}  // namespace

TEST_CASE("the territory takes the demo's map and finds every code in its grid") {
    const auto d = make_district();
    const auto built = Territory::build(1, d.divisions, d.grids);
    REQUIRE(built.has_value());
    for (const auto& code : d.codes) {
        const auto* grid = (*built)->at({code.place.lon, code.place.lat});
        REQUIRE(grid);
        CHECK(grid->code == code.place.grid_code);
    }
    CHECK((*built)->street_name("330106012005001") == "灵隐街道");
    CHECK((*built)->community_name("330106012005001") == "浙大求是社区");
}

TEST_CASE("an ordinary report at the first code goes to 李敏, at work and by night") {
    const auto d = make_district();
    const auto people = roster(d);
    Need need;
    need.grid_code = d.codes.front().place.grid_code;
    need.matter = "S33010609011";
    Workload idle;
    idle.load = [](PersonId) { return Load{}; };
    // 2026-11-23, a Monday: 10:00 and 23:00 at UTC+8.
    for (const auto now : {Instant{Millis{1795399200000}}, Instant{Millis{1795446000000}}}) {
        need.now = now;
        const auto choice = choose_owner(need, *people, idle);
        REQUIRE(choice.has_value());
        CHECK(choice->owner.name == "李敏");
    }
}

TEST_CASE("every code's report has an owner at any hour, whatever the priority") {
    const auto d = make_district();
    const auto people = roster(d);
    Workload idle;
    idle.load = [](PersonId) { return Load{}; };
    for (const auto& code : d.codes)
        for (const auto priority : {Priority::ordinary, Priority::urgent, Priority::emergency})
            for (int hour = 0; hour < 24; hour += 4) {
                Need need;
                need.grid_code = code.place.grid_code;
                need.matter = "S33010606010";
                need.priority = priority;
                need.now = Instant{Millis{1795363200000}} + std::chrono::hours(hour);
                CHECK(choose_owner(need, *people, idle).has_value());
            }
}
