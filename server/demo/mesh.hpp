// A plane of polygons over shared corners: cutting one in two keeps the whole an exact tiling.
//
// Hides the bookkeeping that makes it exact: corners are whole numbers (units of 1e-7 degree east of 120 and
// north of 30, about a centimetre), and a new corner on a border is put into every polygon that has that
// border, its ancestors included. So areas add up without any remainder, whatever the rounding. Integers
// only, hence the same on every machine. Coordinates stay below 2^23, directions below 2^11. One owner.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mashang::demo {

struct Corner {
    std::int64_t x = 0, y = 0;
    friend bool operator==(const Corner&, const Corner&) = default;
};

using Loop = std::vector<Corner>;  // open: the last corner is not the first; counter-clockwise

// Twice the area of a loop in square units; positive when counter-clockwise.
std::int64_t area2(const Loop& loop);
// True strictly inside; a corner on the border may be told either way.
bool inside(const Loop& loop, Corner p);
// The centre of gravity, rounded; inside for every convex loop.
Corner centroid(const Loop& loop);

class Mesh {
  public:
    // The first polygon, number 0.
    explicit Mesh(Loop outline);

    // Cuts polygon `which` by a line at right angles to `normal`, so that the part behind the line (where the
    // normal comes from) has about share/of of the area; answers the numbers of that part and of the other.
    // `which` remains as their outline. None when such a line meets the border more than twice.
    std::optional<std::pair<int, int>> cut(int which, Corner normal, std::int64_t share, std::int64_t of);

    // As cut, across the polygon's longest way, turned by `turn` steps of 5.6 degrees, or by more if need be.
    std::pair<int, int> cut_across(int which, int turn, std::int64_t share, std::int64_t of);

    // Bends the straight border that a cut has just made between two parts: `aside` gives, for evenly spaced
    // points along it, the distance from the straight line in thousandths of its length.
    void bend(std::pair<int, int> parts, const std::vector<std::int64_t>& aside);

    Loop loop(int which) const;

  private:
    int add_between(int u, int v, Corner corner);
    int corner_on(int which, std::size_t edge, Corner normal, std::int64_t offset);

    std::vector<Corner> corners_;
    std::vector<std::vector<int>> polygons_;
};

}  // namespace mashang::demo
