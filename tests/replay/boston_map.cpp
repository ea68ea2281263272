#include "tests/replay/boston_map.hpp"

#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <cstdio>
#include <set>
#include <stdexcept>

namespace mashang::boston {
namespace {

namespace bg = boost::geometry;
using Flat = bg::model::d2::point_xy<double>;
using Shape = bg::model::polygon<Flat>;
using Shapes = bg::model::multi_polygon<Shape>;

const std::string district = "250170";

Shape shape_of(const Ring& outer) {
    Shape shape;
    for (const Point& p : outer) shape.outer().emplace_back(p.lon, p.lat);
    bg::correct(shape);
    return shape;
}

Ring ring_of(const Shape& shape) {
    Ring ring;
    for (const Flat& p : shape.outer()) ring.push_back({p.x(), p.y()});
    return ring;
}

std::string digits(std::size_t n) {
    char text[8];
    std::snprintf(text, sizeof text, "%03zu", n % 1000);
    return text;
}

struct Draft {
    std::vector<Division> divisions{{district, "Boston", {}}};
    std::vector<Grid> grids;
    std::vector<std::string> labels;  // of the grids
};

Draft draft_of(const std::vector<Area>& areas, AreaMap& map) {
    Draft draft;
    for (std::size_t a = 0; a < areas.size(); ++a) {
        const std::string street = district + digits(a + 1), community = street + "001";
        draft.divisions.push_back({street, areas[a].label, {}});
        draft.divisions.push_back({community, areas[a].label, {}});
        for (const auto& rings : areas[a].parts) {
            ++map.parts;
            map.holes += rings.size() - 1;
            draft.grids.push_back(
                {community + digits(draft.grids.size() + 1), areas[a].label, rings.front()});
            draft.labels.push_back(areas[a].label);
        }
    }
    return draft;
}

std::size_t index_in(const std::string& pointer) {
    return static_cast<std::size_t>(std::stoul(pointer.substr(std::string("/grids/").size())));
}

constexpr double sliver_square_degrees = 1e-9;

// An outline that comes back to a point it has passed is several: each loop without such a point.
std::vector<Ring> loops_of(const Ring& ring) {
    std::vector<Ring> loops;
    Ring path;
    std::map<std::pair<double, double>, std::size_t> passed;
    for (const Point& p : ring) {
        const auto before = passed.find({p.lon, p.lat});
        if (before == passed.end()) {
            passed[{p.lon, p.lat}] = path.size();
            path.push_back(p);
            continue;
        }
        const std::size_t begin = before->second;
        Ring loop(path.begin() + static_cast<std::ptrdiff_t>(begin), path.end());
        loop.push_back(p);
        for (std::size_t i = begin + 1; i < path.size(); ++i) passed.erase({path[i].lon, path[i].lat});
        path.resize(begin + 1);
        if (loop.size() >= 4 && bg::area(shape_of(loop)) > sliver_square_degrees)
            loops.push_back(std::move(loop));
    }
    return loops;
}

void into_loops(Draft& draft, std::size_t i, AreaMap& map) {
    auto loops = loops_of(draft.grids[i].outline);
    if (loops.empty()) throw std::runtime_error("nothing is left of " + draft.labels[i]);
    ++map.looped;
    // The largest first; a loop inside it is a hole that touches the border, and filled as holes are.
    std::sort(loops.begin(), loops.end(),
              [](const Ring& a, const Ring& b) { return bg::area(shape_of(a)) > bg::area(shape_of(b)); });
    const Shape largest = shape_of(loops.front());
    const auto inside = std::remove_if(loops.begin() + 1, loops.end(), [&](const Ring& loop) {
        return bg::covered_by(shape_of(loop), largest);
    });
    map.holes += static_cast<std::size_t>(loops.end() - inside);
    loops.erase(inside, loops.end());
    const Grid grid = draft.grids[i];
    const std::string label = draft.labels[i];
    draft.grids[i].outline = loops.front();
    for (std::size_t k = 1; k < loops.size(); ++k) {
        draft.grids.push_back({grid.code.substr(0, 12) + digits(draft.grids.size() + 1), label, loops[k]});
        draft.labels.push_back(label);
    }
}

// What is left of a grid when all before it are taken away: its largest piece and the others that count.
void give_way(Draft& draft, std::size_t i, AreaMap& map) {
    Shapes left;
    left.push_back(shape_of(draft.grids[i].outline));
    const double before = bg::area(left);
    for (std::size_t k = 0; k < i; ++k) {
        Shapes rest;
        bg::difference(left, shape_of(draft.grids[k].outline), rest);
        left = std::move(rest);
    }
    map.cut_square_degrees += before - bg::area(left);
    ++map.cut;
    const Shape* largest = nullptr;
    for (const Shape& piece : left)
        if (largest == nullptr || bg::area(piece) > bg::area(*largest)) largest = &piece;
    if (largest == nullptr) throw std::runtime_error("nothing is left of " + draft.labels[i]);
    map.dropped += left.size() - 1;
    draft.grids[i].outline = ring_of(*largest);
}

}  // namespace

const std::string* AreaMap::at(Point p) const {
    const Grid* grid = territory->at(p);
    return grid == nullptr ? nullptr : &label_of.at(grid->code);
}

AreaMap map_of(const std::vector<Area>& areas) {
    constexpr int rounds_max = 4;  // outlines first, then what overlaps, then what cutting has left
    AreaMap map;
    Draft draft = draft_of(areas, map);
    auto built = Territory::build(1, draft.divisions, draft.grids);
    for (int round = 0; round < rounds_max && !built; ++round) {
        const Error refusal = built.error();
        std::set<std::size_t> mended;  // a grid may have several faults
        for (const FieldError& fault : refusal.fields) {
            const std::size_t i = index_in(fault.pointer);
            if (!mended.insert(i).second) continue;
            std::printf("  %s (%s): %s\n", fault.pointer.c_str(), draft.labels.at(i).c_str(),
                        fault.key.c_str());
            if (fault.key == "error.ring_crosses") {
                into_loops(draft, i, map);
            } else if (fault.key == "error.grid_overlap") {
                give_way(draft, i, map);
            } else {
                throw std::runtime_error("a polygon is refused: " + fault.key);
            }
        }
        built = Territory::build(1, draft.divisions, draft.grids);
    }
    if (!built) throw std::runtime_error("refused even after mending: " + built.error().fields.front().key);
    map.territory = *built;
    for (std::size_t i = 0; i < draft.grids.size(); ++i) {
        map.label_of[draft.grids[i].code] = draft.labels[i];
        map.grid_of.try_emplace(draft.labels[i], draft.grids[i].code);
    }
    return map;
}

}  // namespace mashang::boston
