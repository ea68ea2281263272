// Real polygons as grids of a Territory, which takes neither overlaps nor holes: what had to be cut is told.
// Tests only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/replay/boston_data.hpp"

namespace mashang::boston {

struct AreaMap {
    std::shared_ptr<const Territory> territory;
    std::map<std::string, std::string> label_of;  // grid code -> label of its area
    std::map<std::string, std::string> grid_of;   // label -> grid code of its first part
    std::size_t parts = 0, holes = 0;
    std::size_t looped = 0;   // outlines that touch themselves, taken as several
    std::size_t cut = 0;      // grids that lost what a neighbour has too
    std::size_t dropped = 0;  // pieces of cuts too small to be drawn
    double cut_square_degrees = 0;

    const std::string* at(Point p) const;  // label; null outside all
};

// One grid a part, in the order of the areas; a later one gives way to those before it. Throws where even
// what is left is refused.
AreaMap map_of(const std::vector<Area>& areas);

}  // namespace mashang::boston
