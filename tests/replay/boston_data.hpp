// The real requests of Boston beside the checkout: read as they are, traps included. Tests only.
//
// Hides gzip, CSV and GeoJSON. The files are not ours and may be absent: `data_folder` says so by an empty
// path. Anything that cannot be read throws std::runtime_error with the place.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/territory.hpp"

namespace mashang::boston {

using Wall = std::chrono::local_seconds;  // as a clock in Boston showed it

struct Request {
    std::int64_t id = 0;
    Wall open{};
    std::optional<Wall> target, closed;
    bool on_time = false;  // the city's own label
    std::string ward, police_district;
    Point at;
};

// One named area; each part is an outer ring and the holes in it.
struct Area {
    std::string label;
    std::vector<std::vector<Ring>> parts;
};

std::filesystem::path data_folder();  // of Boston; "" where there is none
std::vector<Request> read_requests(const std::filesystem::path& gzipped_csv);
std::vector<Area> read_areas(const std::filesystem::path& geojson, const std::string& label_property);

// Whether the ray to the east crosses the rings an odd number of times: written without any geometry library.
bool ray_cast(const Area& area, Point p);

}  // namespace mashang::boston
