// The demo's accounts: who works in which grid, and everybody up to the district's desk.
//
// Deterministic; only make_district calls it, and history.cpp for names; any thread; no errors.
#pragma once

#include <string>
#include <vector>

#include "server/demo/dice.hpp"
#include "server/demo/district.hpp"

namespace mashang::demo {

// A name nobody owns on purpose: surname and one or two given characters.
class Namer {
  public:
    Namer();
    std::string full_name(Dice& dice) const;

  private:
    std::vector<std::string_view> surnames_, first_, second_;
};

// Needs the district's code, name, divisions and grids.
std::vector<Staff> make_staff(const District& district);

}  // namespace mashang::demo
