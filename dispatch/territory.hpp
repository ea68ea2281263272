// The district's map: divisions with names, grids with polygons, an R-tree from a point to its grid.
//
// The code on the lamp post fixes place and grid; this is for registering codes, drawing maps and checking
// documents, never for moving a report (domain.md, fact 1). Immutable, versioned; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/result.hpp"

namespace mashang {

struct Point {
    double lon = 0, lat = 0;  // WGS-84 degrees
    friend bool operator==(const Point&, const Point&) = default;
};
using Ring = std::vector<Point>;  // closed: the last point repeats the first

struct Division {
    std::string code;  // 6, 9 or 12 significant digits: district, street or town, community or village
    std::string name;
    std::optional<Ring> outline;
};

struct Grid {
    std::string code;  // 15 digits
    std::string name;
    Ring outline;
};

class Territory {
  public:
    Territory();
    ~Territory();
    // Refuses (invalid, pointers "/grids/12"): wrong code lengths, unknown parents, duplicates, rings that
    // cross themselves, grids that overlap by more than a sliver (1e-9 square degrees).
    static Result<std::shared_ptr<const Territory>> build(int version, std::vector<Division> divisions,
                                                          std::vector<Grid> grids);

    int version() const;
    const std::vector<Division>& divisions() const;
    const std::vector<Grid>& grids() const;
    const Division* division(std::string_view code) const;  // by 6, 9 or 12 digits
    const Grid* grid(std::string_view code) const;
    // The grid that contains the point; on a shared border the smaller code; none outside all.
    const Grid* at(Point p) const;
    // "北山街道" and "宝石社区" of a grid code; "" when unknown.
    std::string street_name(std::string_view grid_code) const;
    std::string community_name(std::string_view grid_code) const;

  private:
    struct Index;
    std::unique_ptr<Index> index_;
};

// Metres between two points (haversine, mean earth radius 6 371 008.8 m).
double distance_m(Point a, Point b);

// True when the string is `length` ASCII digits.
bool is_digits(std::string_view s, std::size_t length);

}  // namespace mashang
