// The documents of the small district of tests, made in C++; World plays cases under them. Tests only.
#pragma once

#include <memory>
#include <vector>

#include "dispatch/lifecycle.hpp"

namespace mashang::build {

std::shared_ptr<const Calendar> office_hours();  // Monday to Friday 08:30-12:00, 14:00-17:30, no holidays
std::shared_ptr<const TimeStandards> limits();   // see namespace matter in world.hpp
std::shared_ptr<const Rulebook> rules();  // 爆管: emergency and the power company; 占道: the street
std::vector<Person> people();             // see namespace staff in world.hpp
std::shared_ptr<const Roster> roster_of(std::vector<Person> all);

}  // namespace mashang::build
