// Sixty thousand real requests of a city in another zone with daylight saving, through our grids, calendar,
// lifecycle and clocks: what the city said of place and punctuality is what we say.
#include <date/tz.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <ctime>

#include "dispatch/clock.hpp"
#include "dispatch/lifecycle.hpp"
#include "schema/codec/documents.hpp"
#include "tests/replay/boston_map.hpp"

using namespace mashang;
using namespace mashang::boston;
using K = CommandKind;

namespace {

struct City {
    std::vector<Request> requests;
    std::vector<Area> wards, districts;
};

// Null, with a line that says so, where the data do not stand beside the checkout.
const City* city() {
    static const auto read = []() -> std::optional<City> {
        const auto folder = data_folder();
        if (folder.empty()) return std::nullopt;
        return City{read_requests(folder / "boston311_2015_60k.csv.gz"),
                    read_areas(folder / "boston_wards.geojson", "ward"),
                    read_areas(folder / "boston_police_districts.geojson", "district")};
    }();
    if (!read) std::puts("skipped: no shared data beside the checkout (MASHANG_SHARED_DATA)");
    return read ? &*read : nullptr;
}

std::shared_ptr<const Calendar> boston_time() {
    return read_calendar(R"({"id": "boston", "version": 1, "zone": "America/New_York",
        "first_day": "2014-12-01", "horizon": "2019-12-31",
        "weekly": {"mon": ["08:30-17:00"], "tue": ["08:30-17:00"], "wed": ["08:30-17:00"],
                   "thu": ["08:30-17:00"], "fri": ["08:30-17:00"]},
        "working_day": ["08:30-17:00"], "holidays": [], "make_up_days": [], "overrides": []})")
        .value();
}

// The instant at which the wall clock showed this, the earlier one in a fold (T1).
Instant instant_of(Wall wall, const Calendar& calendar) {
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    const Instant as_if_utc{wall.time_since_epoch()};
    const auto before = calendar.offset_at(calendar.start_of(day));
    const auto after = calendar.offset_at(calendar.start_of(day + std::chrono::days{1}));
    for (const auto offset : {std::max(before, after), std::min(before, after)})
        if (calendar.offset_at(as_if_utc - offset) == offset) return as_if_utc - offset;
    return as_if_utc - before;  // inside a gap
}

double percent(std::size_t n, std::size_t of) {
    return of == 0 ? 0 : 100.0 * static_cast<double>(n) / static_cast<double>(of);
}

struct Agreement {
    std::size_t agree = 0, other = 0, nowhere = 0, unlike_ray = 0, rays = 0;
};

Agreement agreement_of(const AreaMap& map, const std::vector<Area>& areas,
                       const std::vector<Request>& requests, const std::string Request::*label) {
    constexpr std::size_t ray_each = 7;  // casting all of them takes a minute
    Agreement n;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const Request& r = requests[i];
        const std::string* found = map.at(r.at);
        if (found == nullptr) {
            ++n.nowhere;
        } else {
            ++(*found == r.*label ? n.agree : n.other);
        }
        if (i % ray_each != 0) continue;
        ++n.rays;
        const Area* cast = nullptr;
        for (const Area& area : areas)
            if (cast == nullptr && ray_cast(area, r.at)) cast = &area;
        const bool same = cast == nullptr ? found == nullptr : found != nullptr && *found == cast->label;
        n.unlike_ray += !same;
    }
    return n;
}

void tell(const char* what, const AreaMap& map, const Agreement& n) {
    const std::size_t all = n.agree + n.other + n.nowhere;
    std::printf(
        "%s: %zu parts, %zu holes filled, %zu outlines that touch themselves, %zu cut by %.2e square "
        "degrees, %zu "
        "crumbs dropped\n",
        what, map.parts, map.holes, map.looped, map.cut, map.cut_square_degrees, map.dropped);
    std::printf(
        "%s: %zu of %zu points in the area of their label (%.2f %%), %zu in another, %zu in none; %zu "
        "of %zu unlike a ray cast\n",
        what, n.agree, all, percent(n.agree, all), n.other, n.nowhere, n.unlike_ray, n.rays);
}

// ---- the replay ------------------------------------------------------------------------------------------

constexpr PersonId first_worker{1000}, reviewer{1}, district_desk{2};

std::shared_ptr<const Roster> staff_of(const AreaMap& map) {
    std::vector<Person> people;
    const auto add = [&](PersonId id, Role role, std::string scope, bool desk) {
        Person p;
        p.party = {id, "post " + std::to_string(raw(id)), role, "Boston", desk};
        p.scope = {std::move(scope)};
        people.push_back(std::move(p));
    };
    add(reviewer, Role::reviewer, "250170", false);
    add(district_desk, Role::district, "250170", true);
    std::int64_t id = raw(first_worker);
    for (const auto& [label, grid] : map.grid_of)
        add(PersonId{id++}, Role::worker, grid.substr(0, 12), false);
    return Roster::build(1, std::move(people), {}).value();
}

std::shared_ptr<const Rulebook> one_rule() {
    Rule rest;
    rest.order = 1;
    rest.id = "rest";
    rest.name = rest.name_en = "Everything";
    rest.when.is = All{};
    return Rulebook::build(1, {rest}).value();
}

// The city's target as the limit of closure, in whole minutes of calendar time.
std::shared_ptr<const TimeStandards> target_as_limit(Instant open, std::optional<Instant> target) {
    Standard s;
    s.id = "target";
    s.sign_off = s.response = s.review = {Unit::hours, 24};
    const auto minutes =
        target ? std::chrono::ceil<std::chrono::minutes>(*target - open).count() : std::int64_t{1};
    s.closure = {{"", {Unit::minutes, std::max<std::int64_t>(1, minutes)}}};
    return TimeStandards::build(1, {s}).value();
}

struct Replay {
    const Calendar& calendar;
    const AreaMap& map;
    std::shared_ptr<const Roster> roster;
    std::shared_ptr<const Rulebook> rulebook;
    Millis rounding_max{0};  // how much the minutes of a limit added to a target
    std::size_t to_workers = 0;

    // The first event as an import of past cases writes it: the target to the second, or none (a clock
    // without a due only measures). The engine's own due, by the limit in minutes, lies at most a minute
    // after it.
    void import_target(Event& first, std::optional<Instant> target) {
        for (ClockEffect& effect : first.clocks) {
            if (effect.stage != Stage::closure) continue;
            if (target) rounding_max = std::max(rounding_max, *effect.due - *target);
            effect.due = target;
            if (!target) effect.limit.reset();
        }
    }

    Case play(const Request& r, Instant as_of) {
        const Instant open = instant_of(r.open, calendar);
        const auto target = r.target ? std::optional{instant_of(*r.target, calendar)} : std::nullopt;
        const auto standards = target_as_limit(open, target);
        const Policy policy{calendar, *standards, *rulebook, *roster, {}, {}};
        Submission s;
        s.district = 250170;
        s.id = CaseId{r.id};
        s.actor.party.role = Role::resident;
        const Grid* grid = map.territory->at(r.at);
        s.place.grid_code = grid ? grid->code : map.grid_of.at(r.ward);
        s.place.lat = r.at.lat;
        s.place.lon = r.at.lon;
        s.text = {1, "not kept"};
        auto events = submit(s, open, policy).value();
        import_target(events.front(), target);
        Case c;
        c.district = s.district;
        c.id = s.id;
        for (const Event& e : events) evolve(c, e);
        to_workers += c.owner.role == Role::worker;
        if (r.closed) {
            const Instant closed = instant_of(*r.closed, calendar);
            give(c, K::sign_off, c.owner.id, closed, policy);
            give(c, K::close, c.owner.id, closed, policy);
            give(c, K::review, reviewer, closed, policy);
        }
        advance(c.clocks, as_of);
        return c;
    }

    void give(Case& c, K kind, PersonId by, Instant at, const Policy& policy) const {
        const Person* person = roster->find(by);
        Command command;
        command.kind = kind;
        command.actor = {person->party, person->scope, {}};
        command.text = TextRef{2, "not kept"};
        command.yes = true;
        for (const Event& e : decide(c, command, at, policy).value()) evolve(c, e);
    }
};

}  // namespace

TEST_CASE("real wards and police districts, drawn as grids, hold the points that the city says [T1]") {
    if (!city()) return;
    const auto wards = map_of(city()->wards), districts = map_of(city()->districts);
    const auto by_ward = agreement_of(wards, city()->wards, city()->requests, &Request::ward);
    const auto by_district =
        agreement_of(districts, city()->districts, city()->requests, &Request::police_district);
    tell("wards", wards, by_ward);
    tell("police districts", districts, by_district);
    const std::size_t all = city()->requests.size();
    CHECK(all == 60000);
    CHECK(percent(by_ward.agree, all) > 98.85);
    CHECK(percent(by_district.agree, all) > 99.34);
    CHECK(by_ward.unlike_ray * 1000 <= by_ward.rays);
    CHECK(by_district.unlike_ray * 1000 <= by_district.rays);
}

TEST_CASE("wall times of a zone with daylight saving are the instants that the zone library says [T1]") {
    if (!city()) return;
    const auto calendar = boston_time();
    const date::time_zone* zone = date::locate_zone("America/New_York");
    std::size_t compared = 0, unlike = 0;
    const auto compare = [&](std::optional<Wall> wall) {
        if (!wall) return;
        ++compared;
        const date::local_seconds local{wall->time_since_epoch()};
        unlike += Instant{zone->to_sys(local, date::choose::earliest).time_since_epoch()} !=
                  instant_of(*wall, *calendar);
    };
    for (const Request& r : city()->requests) {
        compare(r.open);
        compare(r.target);
        compare(r.closed);
    }
    CHECK(compared == 60000 + 47514 + 50728);
    CHECK(unlike == 0);
}

TEST_CASE("every closed request gets the city's own verdict from our clocks [T4][T12][T21]") {
    if (!city()) return;
    const auto calendar = boston_time();
    const auto wards = map_of(city()->wards);
    Replay replay{*calendar, wards, staff_of(wards), one_rule()};
    Instant as_of{};
    for (const Request& r : city()->requests)
        if (r.closed) as_of = std::max(as_of, instant_of(*r.closed, *calendar));
    std::size_t closed = 0, agree = 0, open = 0, open_agree = 0, before_opening = 0;
    const std::clock_t begun = std::clock();
    for (const Request& r : city()->requests) {
        const Case c = replay.play(r, as_of);
        const Clock* closure = latest(c.clocks, Stage::closure);
        const bool same = (state_of(*closure, as_of) != ClockState::breached) == r.on_time;
        ++(r.closed ? closed : open);
        (r.closed ? agree : open_agree) += same;
        before_opening += r.closed && *r.closed < r.open;
        if (r.closed && c.status != Status::closed) FAIL("case " << r.id << " did not close");
    }
    const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    const double speed = static_cast<double>(closed + open) / seconds;
    std::printf(
        "verdicts: %zu of %zu closed ones as the city's (%.3f %%), %zu of them closed before they "
        "opened\n",
        agree, closed, percent(agree, closed), before_opening);
    std::printf(
        "open ones at the last close on file: %zu of %zu as the city's (%.2f %%); %zu given to workers\n",
        open_agree, open, percent(open_agree, open), replay.to_workers);
    std::printf("replay: %.0f cases/s on one core (submit, sign off, close, approve)\n", speed);
    CHECK(closed == 50728);
    CHECK(agree == closed);
    CHECK(before_opening == 100);
    CHECK(replay.to_workers == closed + open);
    CHECK(replay.rounding_max <= std::chrono::minutes{1});
    CHECK(speed > 2000);
}
