#include "rule_world.hpp"

namespace mashang::rule_world {
namespace {

Matter matter(const std::string& code) {
    Matter m;
    m.code = code;
    m.kind = code[0];
    m.name = "name of " + code;
    return m;
}

Grid grid(const std::string& code, double west) {
    const double east = west + 0.01;
    return {code, code, {{west, 30}, {east, 30}, {east, 30.01}, {west, 30.01}, {west, 30}}};
}

}  // namespace

std::shared_ptr<const Catalogue> catalogue() {
    static const auto made = Catalogue::build(1, {matter(bicycles), matter(rubbish), matter(cover)}).value();
    return made;
}

std::shared_ptr<const Territory> territory() {
    static const auto made =
        Territory::build(1,
                         {{"330106", "district", {}},
                          {"330106009", "north", {}},
                          {"330106010", "south", {}},
                          {"330106009001", "north community", {}},
                          {"330106010001", "south community", {}}},
                         {grid(north_grid, 120), grid(other_north_grid, 120.01), grid(south_grid, 120.02)})
            .value();
    return made;
}

const std::vector<std::string>& place_kinds() {
    static const std::vector<std::string> kinds{"gate", "park"};
    return kinds;
}

Rule rule(std::string id, Condition when, Role owner, std::optional<Priority> priority) {
    Rule r;
    r.name = id;
    r.id = std::move(id);
    r.when = std::move(when);
    r.then.owner = owner;
    r.then.priority = priority;
    return r;
}

std::shared_ptr<const Rulebook> book(std::vector<Rule> rules) {
    rules.push_back(rule("default", always()));
    for (std::size_t i = 0; i < rules.size(); ++i) rules[i].order = static_cast<int>(i + 1) * 10;
    return Rulebook::build(1, std::move(rules)).value();
}

std::shared_ptr<const Calendar> calendar() {
    static const auto made = [] {
        CalendarSpec spec;
        spec.id = "c";
        spec.zone = {{Instant{}, std::chrono::hours{8}}};
        spec.first_day = LocalDay{std::chrono::year{2026} / 1 / 1};
        spec.last_day = spec.horizon = LocalDay{std::chrono::year{2026} / 12 / 31};
        spec.weekly.fill({{6 * 60, 8 * 60}, {8 * 60, 22 * 60}});
        spec.working_day = {{8 * 60, 22 * 60}};
        return Calendar::build(std::move(spec)).value();
    }();
    return made;
}

std::vector<RuleFinding> check(const Rulebook& rulebook, const Calendar* calendar) {
    return check_rules(rulebook, {catalogue().get(), &place_kinds(), territory().get(), nullptr, calendar});
}

std::vector<RuleFinding> of_kind(const std::vector<RuleFinding>& findings, FindingKind kind) {
    std::vector<RuleFinding> list;
    for (const RuleFinding& f : findings) {
        if (f.kind == kind) list.push_back(f);
    }
    return list;
}

}  // namespace mashang::rule_world
