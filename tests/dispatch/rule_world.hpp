// A small world for the checker of rule sets: three matters, two place kinds, three grids in two streets.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "dispatch/rule_check.hpp"

namespace mashang::rule_world {

inline const std::string bicycles = "S33010609011", rubbish = "S33010606010", cover = "B33010601002";
inline const std::string north_grid = "330106009001001", other_north_grid = "330106009001002",
                         south_grid = "330106010001001";

std::shared_ptr<const Catalogue> catalogue();
std::shared_ptr<const Territory> territory();
const std::vector<std::string>& place_kinds();  // gate, park

template <class Leaf>
Condition is(Leaf leaf) {
    return Condition{std::move(leaf)};
}
inline Condition always() {
    return is(All{});
}

Rule rule(std::string id, Condition when, Role owner = Role::worker,
          std::optional<Priority> priority = std::nullopt);

// In the order given, and the default behind them.
std::shared_ptr<const Rulebook> book(std::vector<Rule> rules);

// Every day 06:00-08:00 and 08:00-22:00, make-up workdays only the latter.
std::shared_ptr<const Calendar> calendar();

// The catalogue, the place kinds and the territory above; nobody on the roster.
std::vector<RuleFinding> check(const Rulebook& rulebook, const Calendar* calendar = nullptr);

std::vector<RuleFinding> of_kind(const std::vector<RuleFinding>& findings, FindingKind kind);

}  // namespace mashang::rule_world
