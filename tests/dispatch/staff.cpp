#include "staff.hpp"

namespace mashang::staff {
namespace {

using std::chrono::days;

std::shared_ptr<const Calendar> shift(int first_weekday, int last_weekday, DayPattern pattern) {
    CalendarSpec spec;
    spec.id = "shift";
    spec.zone = {{Instant{}, std::chrono::hours{8}}};
    spec.first_day = LocalDay{std::chrono::year{2026} / 1 / 1};
    spec.last_day = spec.horizon = LocalDay{std::chrono::year{2027} / 12 / 31};
    for (int d = first_weekday; d <= last_weekday; ++d) spec.weekly.at(static_cast<std::size_t>(d)) = pattern;
    spec.working_day = std::move(pattern);
    return Calendar::build(std::move(spec)).value();
}

}  // namespace

Instant at(int year, unsigned month, unsigned day, int hour, int minute) {
    const auto date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
    return std::chrono::sys_days{date} + std::chrono::hours{hour - 8} + std::chrono::minutes{minute};
}

std::unordered_map<std::string, std::shared_ptr<const Calendar>> shifts() {
    static const std::unordered_map<std::string, std::shared_ptr<const Calendar>> all{
        {"day", shift(0, 4, {{510, 1050}})},
        {"late", shift(0, 4, {{1080, 1440}})},
        {"weekend", shift(5, 6, {{540, 960}})},
    };
    return all;
}

Person person(int id, Role role, std::string scope, std::string shift_id) {
    Person p;
    p.party = {PersonId{id}, "p" + std::to_string(id), role, "unit", false};
    p.scope = {std::move(scope)};
    p.shift = std::move(shift_id);
    return p;
}

Person desk(int id, Role role, std::string scope) {
    Person p = person(id, role, std::move(scope));
    p.party.desk = true;
    return p;
}

std::shared_ptr<const Roster> roster(std::vector<Person> people) {
    return Roster::build(1, std::move(people), shifts()).value();
}

std::vector<Person> desks() {
    return {desk(901, Role::community, "330106009001"), desk(902, Role::street, "330106009"),
            desk(903, Role::district, "330106")};
}

}  // namespace mashang::staff
