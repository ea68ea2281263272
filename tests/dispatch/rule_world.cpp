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

std::vector<RuleFinding> check(const Rulebook& rulebook) {
    return check_rules(rulebook, {catalogue().get(), &place_kinds(), territory().get(), nullptr});
}

std::vector<RuleFinding> of_kind(const std::vector<RuleFinding>& findings, FindingKind kind) {
    std::vector<RuleFinding> list;
    for (const RuleFinding& f : findings) {
        if (f.kind == kind) list.push_back(f);
    }
    return list;
}

}  // namespace mashang::rule_world
