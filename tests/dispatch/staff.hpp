// People, shifts and instants of the judgement tests: one grid of Xihu with its chain, built by hand.
#pragma once

#include <string>

#include "dispatch/roster.hpp"

namespace mashang::staff {

inline const std::string grid = "330106009001003";
inline const std::string other_grid = "330106009001004";

// Wall time of Shanghai (UTC+8, no daylight saving) to an instant.
Instant at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0);

// Monday to Friday 08:30-17:30; Monday to Friday 18:00-24:00; Saturday and Sunday 09:00-16:00.
std::unordered_map<std::string, std::shared_ptr<const Calendar>> shifts();

Person person(int id, Role role, std::string scope, std::string shift = "");
Person desk(int id, Role role, std::string scope);

std::shared_ptr<const Roster> roster(std::vector<Person> people);

// Desks of community (901), street (902) and district (903) above the grid.
std::vector<Person> desks();

}  // namespace mashang::staff
