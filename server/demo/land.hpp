// The made-up land under the demo's divisions: one outline, cut into streets, communities and grids.
//
// Nothing here is surveyed or copied: the outline is a free-hand polygon near the real district's place. The
// streets lie about where their names would put them (三墩 north, 双浦 south), each with room for its
// communities. Deterministic; only make_district calls it; any thread.
#pragma once

#include <string>
#include <vector>

#include "dispatch/territory.hpp"
#include "server/demo/mesh.hpp"

namespace mashang::demo {

struct Parcel {
    std::string code;
    Loop loop;
};

struct StreetPlan {
    std::string code;                      // 9 digits
    std::vector<std::string> communities;  // 12 digits each
};

struct Land {
    Loop outline;
    std::vector<Parcel> streets, communities, grids;  // in the order of the plan
};

Land make_land(const std::vector<StreetPlan>& plan);

// Units of the mesh as degrees, and a closed ring of them.
Point degrees(Corner corner);
Ring ring(const Loop& loop);

}  // namespace mashang::demo
