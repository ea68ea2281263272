// The demo's places: about 300 plates, each inside its grid.
//
// Deterministic; only make_district calls it; any thread; no errors.
#pragma once

#include <vector>

#include "server/demo/district.hpp"
#include "server/demo/land.hpp"

namespace mashang::demo {

inline constexpr std::size_t site_code_count = 300;
inline constexpr std::size_t spread_codes = 60;  // these first go round the streets

// Where the story begins: the community around 求是路 and its first grid.
inline constexpr std::string_view first_code_grid = "330106012005001";

std::vector<SiteCode> make_site_codes(const District& district, const Land& land);

}  // namespace mashang::demo
