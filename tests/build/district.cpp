// The documents of the small district: calendar, standards, rules, people.
#include "district.hpp"

#include "world.hpp"

namespace mashang::build {
namespace {

using std::chrono::days;

constexpr Limit wm(int n) {
    return {Unit::working_minutes, n};
}
constexpr Limit wh(int n) {
    return {Unit::working_hours, n};
}
constexpr Limit wd(int n) {
    return {Unit::working_days, n};
}
constexpr Limit eh(int n) {
    return {Unit::emergency_hours, n};
}

std::shared_ptr<const Calendar> calendar_of(DayPattern pattern) {
    CalendarSpec spec;
    spec.id = "small";
    spec.version = 4;
    spec.zone = {{Instant{}, std::chrono::hours{8}}};
    spec.first_day = LocalDay{std::chrono::year{2026} / 1 / 1};
    spec.last_day = spec.horizon = LocalDay{std::chrono::year{2027} / 12 / 31};
    for (std::size_t day = 0; day < 5; ++day) spec.weekly.at(day) = pattern;
    spec.working_day = std::move(pattern);
    return Calendar::build(std::move(spec)).value();
}

Standard ordinary(std::string id, std::string matter_prefix) {
    Standard s;
    s.id = std::move(id);
    s.matter = std::move(matter_prefix);
    s.sign_off = wm(30);
    s.response = wh(2);
    s.closure = {{"", wh(8)}};
    s.review = wh(4);
    s.supervision = s.part = wh(4);
    s.reopen = wd(1);
    s.pause_max = wd(5);
    s.extension_max = wh(8);
    s.extensions_max = 2;
    s.source = "ours";
    return s;
}

Person person(PersonId id, Role role, std::string scope, std::string shift = "") {
    Person p;
    p.party = {id, "person " + std::to_string(raw(id)), role, "unit", false};
    p.scope = {std::move(scope)};
    p.shift = std::move(shift);
    return p;
}

Person desk(PersonId id, Role role, std::string scope) {
    Person p = person(id, role, std::move(scope));
    p.party.desk = true;
    return p;
}

Person bounded(Person p, int capacity) {
    p.capacity = capacity;
    return p;
}

Person unit(PersonId id, std::string kind) {
    Person p = person(id, Role::unit, "330106009");
    p.unit_kind = std::move(kind);
    return p;
}

}  // namespace

std::shared_ptr<const Calendar> office_hours() {
    return calendar_of({{8 * 60 + 30, 12 * 60}, {14 * 60, 17 * 60 + 30}});
}

std::shared_ptr<const TimeStandards> limits() {
    Standard slow = ordinary("slow", matter::slow);
    slow.closure = {{"", wh(24)}};
    Standard quick = ordinary("quick", matter::quick);
    quick.closure = {{"", wh(4)}};
    Standard stepped = ordinary("stepped", matter::stepped);
    stepped.closure = {{"fence", eh(3)}, {"mend", eh(8)}, {"restore", wd(5)}};
    Standard petition = ordinary("petition", matter::petition);
    petition.closure = {{"", {Unit::calendar_days, 60}}};
    petition.statutory = true;
    Standard pictured = ordinary("pictured", matter::pictured);
    pictured.evidence = true;
    Standard in_days = ordinary("in_days", matter::in_days);
    in_days.closure = {{"", wd(5)}};
    Standard whole_way = ordinary("whole_way", matter::whole_way);
    whole_way.end_to_end = wh(16);
    Standard emergency = ordinary("emergency", "*");
    emergency.priority = Priority::emergency;
    emergency.sign_off = {Unit::emergency_minutes, 15};
    emergency.response = {Unit::emergency_minutes, 30};
    emergency.closure = {{"", eh(3)}};
    return TimeStandards::build(7, {ordinary("ordinary", "*"), slow, quick, stepped, petition, pictured,
                                    in_days, whole_way, emergency})
        .value();
}

std::shared_ptr<const Rulebook> rules() {
    Rule burst;
    burst.order = 10;
    burst.id = "burst";
    burst.name = "爆管";
    burst.name_en = "A burst main";
    burst.when.is = HasWord{{"爆管"}};
    burst.then.priority = Priority::emergency;
    burst.then.co_handlers = {"power"};
    Rule street;
    street.order = 20;
    street.id = "street";
    street.name = "占道";
    street.name_en = "For the street";
    street.when.is = HasWord{{"占道"}};
    street.then.owner = Role::street;
    Rule rest;
    rest.order = 30;
    rest.id = "rest";
    rest.name = "其余";
    rest.name_en = "Everything else";
    rest.when.is = All{};
    return Rulebook::build(3, {burst, street, rest}).value();
}

std::vector<Person> people() {
    namespace s = staff;
    std::vector<Person> all;
    for (const PersonId id :
         {s::worker, s::second_worker, s::third_worker, s::fourth_worker, s::fifth_worker})
        all.push_back(bounded(person(id, Role::worker, grid, "day"), 20));
    all.push_back(bounded(person(s::worker_elsewhere, Role::worker, "330106010001001", "day"), 20));
    all.push_back(bounded(person(s::leader, Role::leader, grid), 20));
    all.push_back(bounded(person(s::second_leader, Role::leader, "330106009001"), 20));
    all.push_back(person(s::leader_elsewhere, Role::leader, "330106010001001"));
    all.push_back(desk(s::community_desk, Role::community, "330106009001"));
    all.push_back(bounded(person(s::community_officer, Role::community, "330106009001"), 20));
    all.push_back(desk(s::street_desk, Role::street, "330106009"));
    all.push_back(bounded(person(s::street_officer, Role::street, "330106009"), 20));
    all.push_back(desk(s::district_desk, Role::district, "330106"));
    all.push_back(bounded(person(s::district_officer, Role::district, "330106"), 20));
    all.push_back(person(s::reviewer, Role::reviewer, "330106009"));
    all.push_back(person(s::second_reviewer, Role::reviewer, "330106009"));
    all.push_back(person(s::reviewer_elsewhere, Role::reviewer, "330106010"));
    all.push_back(unit(s::property, "property"));
    all.push_back(unit(s::power_company, "power"));
    all.push_back(person(s::agent, Role::agent, "330106"));
    all.push_back(person(s::administrator, Role::administrator, "330106"));
    all.push_back(person(s::integrator, Role::integrator, "330106"));
    return all;
}

std::shared_ptr<const Roster> roster_of(std::vector<Person> all) {
    // The workers' shift goes on through lunch; nobody of them is there at night or at the weekend.
    static const auto day = calendar_of({{8 * 60 + 30, 17 * 60 + 30}});
    return Roster::build(5, std::move(all), {{"day", day}}).value();
}

}  // namespace mashang::build
