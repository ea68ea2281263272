#include "dispatch/territory.hpp"

#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <cmath>
#include <numbers>
#include <set>
#include <unordered_map>

namespace mashang {
namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

// Degrees as a plane: grids are a few hundred metres wide, so only "inside or not" is asked of them.
using PlanePoint = bg::model::point<double, 2, bg::cs::cartesian>;
using Box = bg::model::box<PlanePoint>;
using Polygon = bg::model::polygon<PlanePoint>;
using Entry = std::pair<Box, std::size_t>;
using Tree = bgi::rtree<Entry, bgi::rstar<16>>;

constexpr double sliver_square_degrees = 1e-9;  // about ten square metres here
constexpr std::size_t ring_points_max = 20000;

Polygon polygon_of(const Ring& ring) {
    Polygon polygon;
    for (const Point& p : ring) polygon.outer().emplace_back(p.lon, p.lat);
    bg::correct(polygon);  // either direction of drawing is taken
    return polygon;
}

// Zero-padded 12-digit codes mean the level that their digits say.
std::string significant(std::string_view code) {
    while ((code.size() == 12 || code.size() == 9) && code.ends_with("000")) code.remove_suffix(3);
    return std::string(code);
}

bool is_code(const std::string& code) {
    return is_digits(code, 6) || is_digits(code, 9) || is_digits(code, 12);
}

class TerritoryFaults {
  public:
    void fault(std::string pointer, std::string key,
               std::vector<std::pair<std::string, std::string>> args = {}) {
        faults_.push_back({std::move(pointer), std::move(key), std::move(args)});
    }

    // False when the ring cannot be drawn at all.
    bool ring(const Ring& ring, const std::string& at) {
        const std::size_t before = faults_.size();
        if (ring.size() > ring_points_max) {
            fault(at, "error.too_many", {{"max", std::to_string(ring_points_max)}});
        } else if (ring.size() < 4) {
            fault(at, "error.ring_short");
        } else if (ring.front() != ring.back()) {
            fault(at, "error.ring_open");
        }
        for (std::size_t i = 0; i < ring.size() && faults_.size() == before; ++i) {
            const Point& p = ring[i];
            if (std::isfinite(p.lon) && std::isfinite(p.lat) && std::abs(p.lon) <= 180 &&
                std::abs(p.lat) <= 90) {
                continue;
            }
            fault(at + '/' + std::to_string(i), "error.position");
        }
        if (faults_.size() == before && !bg::is_valid(polygon_of(ring))) fault(at, "error.ring_crosses");
        return faults_.size() == before;
    }

    bool found() const { return !faults_.empty(); }
    std::vector<FieldError> take() { return std::move(faults_); }

  private:
    std::vector<FieldError> faults_;
};

}  // namespace

struct Territory::Index {
    int version = 0;
    std::vector<Division> divisions;
    std::vector<Grid> grids;
    std::unordered_map<std::string, std::size_t> division_by_code, grid_by_code;
    std::vector<Polygon> polygons;
    Tree tree;

    void check_divisions(TerritoryFaults& check) {
        for (std::size_t i = 0; i < divisions.size(); ++i) {
            Division& d = divisions[i];
            const std::string at = "/divisions/" + std::to_string(i);
            if (!is_code(d.code)) {
                check.fault(at + "/code", "error.division_code", {{"value", d.code}});
                continue;
            }
            d.code = significant(d.code);
            if (!division_by_code.emplace(d.code, i).second) {
                check.fault(at + "/code", "error.duplicate", {{"value", d.code}});
            }
            if (d.outline) check.ring(*d.outline, at + "/outline");
        }
        for (std::size_t i = 0; i < divisions.size(); ++i) {
            const std::string& code = divisions[i].code;
            if (!is_code(code) || code.size() == 6) continue;
            const std::string parent = code.substr(0, code.size() - 3);
            if (division_by_code.contains(parent)) continue;
            check.fault("/divisions/" + std::to_string(i) + "/code", "error.division_parent",
                        {{"value", parent}});
        }
    }

    void check_grids(TerritoryFaults& check) {
        for (std::size_t i = 0; i < grids.size(); ++i) {
            const Grid& g = grids[i];
            const std::string at = "/grids/" + std::to_string(i);
            if (!is_digits(g.code, 15)) {
                check.fault(at + "/code", "error.grid_code", {{"value", g.code}});
            } else if (!division_by_code.contains(g.code.substr(0, 12))) {
                check.fault(at + "/code", "error.division_parent", {{"value", g.code.substr(0, 12)}});
            } else if (!grid_by_code.emplace(g.code, i).second) {
                check.fault(at + "/code", "error.duplicate", {{"value", g.code}});
            }
            const bool drawn = check.ring(g.outline, at + "/outline");
            polygons.push_back(drawn ? polygon_of(g.outline) : Polygon{});
        }
    }

    void plant() {
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < polygons.size(); ++i) {
            if (polygons[i].outer().empty()) continue;  // no sound outline: told of, and compared with nobody
            entries.emplace_back(bg::return_envelope<Box>(polygons[i]), i);
        }
        tree = Tree(entries);
    }

    void check_overlaps(TerritoryFaults& check) const {
        for (const auto& [box, i] : tree) {
            for (auto near = tree.qbegin(bgi::intersects(box)); near != tree.qend(); ++near) {
                if (near->second >= i) continue;  // each pair once, told at the later one
                std::vector<Polygon> shared;
                bg::intersection(polygons[i], polygons[near->second], shared);
                double area = 0;
                for (const Polygon& p : shared) area += std::abs(bg::area(p));
                if (area <= sliver_square_degrees) continue;
                check.fault("/grids/" + std::to_string(i), "error.grid_overlap",
                            {{"other", grids[near->second].code}});
            }
        }
    }
};

Territory::Territory() : index_(std::make_unique<Index>()) {}
Territory::~Territory() = default;

Result<std::shared_ptr<const Territory>> Territory::build(int version, std::vector<Division> divisions,
                                                          std::vector<Grid> grids) {
    auto made = std::make_shared<Territory>();
    Index& index = *made->index_;
    index.version = version;
    index.divisions = std::move(divisions);
    index.grids = std::move(grids);
    TerritoryFaults check;
    index.check_divisions(check);
    index.check_grids(check);
    index.plant();
    index.check_overlaps(check);
    if (check.found()) {
        auto faults = check.take();
        std::sort(faults.begin(), faults.end(),
                  [](const FieldError& a, const FieldError& b) { return a.pointer < b.pointer; });
        return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    }
    return std::shared_ptr<const Territory>(std::move(made));
}

int Territory::version() const {
    return index_->version;
}
const std::vector<Division>& Territory::divisions() const {
    return index_->divisions;
}
const std::vector<Grid>& Territory::grids() const {
    return index_->grids;
}

const Division* Territory::division(std::string_view code) const {
    const auto found = index_->division_by_code.find(significant(code));
    return found == index_->division_by_code.end() ? nullptr : &index_->divisions[found->second];
}

const Grid* Territory::grid(std::string_view code) const {
    const auto found = index_->grid_by_code.find(std::string(code));
    return found == index_->grid_by_code.end() ? nullptr : &index_->grids[found->second];
}

const Grid* Territory::at(Point p) const {
    if (!std::isfinite(p.lon) || !std::isfinite(p.lat)) return nullptr;
    const PlanePoint point{p.lon, p.lat};
    const Grid* best = nullptr;
    for (auto near = index_->tree.qbegin(bgi::intersects(point)); near != index_->tree.qend(); ++near) {
        if (!bg::covered_by(point, index_->polygons[near->second])) continue;
        const Grid& grid = index_->grids[near->second];
        if (best == nullptr || grid.code < best->code) best = &grid;
    }
    return best;
}

std::string Territory::street_name(std::string_view grid_code) const {
    const Division* street = grid_code.size() < 9 ? nullptr : division(grid_code.substr(0, 9));
    return street == nullptr || street->code.size() != 9 ? "" : street->name;
}

std::string Territory::community_name(std::string_view grid_code) const {
    const Division* community = grid_code.size() < 12 ? nullptr : division(grid_code.substr(0, 12));
    return community == nullptr || community->code.size() != 12 ? "" : community->name;
}

double distance_m(Point a, Point b) {
    constexpr double earth_radius_m = 6371008.8;
    constexpr double radians = std::numbers::pi / 180;
    const double dlat = (b.lat - a.lat) * radians;
    const double dlon = (b.lon - a.lon) * radians;
    const double h = std::pow(std::sin(dlat / 2), 2) +
                     std::cos(a.lat * radians) * std::cos(b.lat * radians) * std::pow(std::sin(dlon / 2), 2);
    return 2 * earth_radius_m * std::asin(std::min(1.0, std::sqrt(h)));
}

bool is_digits(std::string_view s, std::size_t length) {
    return s.size() == length && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace mashang
