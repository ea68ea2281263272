// What becomes of one made-up report: the steps of its script with their delays and words.
//
// Delays are chosen against the default time standards (sign-off 30 working minutes, response 1 to 2 working
// hours, closure from 4 working hours), so that plain cases keep them and late ones clearly break one.
// Deterministic; only history.cpp calls it; any thread; no errors.
#pragma once

#include <string>
#include <vector>

#include "server/demo/dice.hpp"
#include "server/demo/history.hpp"

namespace mashang::demo {

Script choose_script(Dice& dice);

std::vector<Step> plot(Script script, const std::string& matter, Pace pace, const std::string& unit_kind,
                       Dice& dice);

}  // namespace mashang::demo
