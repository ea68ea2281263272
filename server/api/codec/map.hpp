// The map as GeoJSON (RFC 7946), cut to what the asker looks after.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dispatch/territory.hpp"

namespace mashang::server {

enum class MapLevel { street, community, grid };
std::optional<MapLevel> map_level(std::string_view word);

std::string encode_map(const Territory& territory, const std::vector<std::string>& scope, MapLevel level);

}  // namespace mashang::server
