#include "server/api/codec/map.hpp"

#include <nlohmann/json.hpp>

#include "dispatch/roster.hpp"

namespace mashang::server {
namespace {

using Json = nlohmann::ordered_json;

Json polygon(const Ring& ring) {
    Json points = Json::array();
    for (const auto& p : ring) points.push_back(Json::array({p.lon, p.lat}));
    return Json{{"type", "Polygon"}, {"coordinates", Json::array({std::move(points)})}};
}

// A leader's scope is smaller than a street: whoever works inside an outline sees it.
bool touches(const std::vector<std::string>& scope, const std::string& code) {
    if (covers(scope, code)) return true;
    for (const auto& prefix : scope)
        if (prefix.starts_with(code)) return true;
    return false;
}

}  // namespace

std::optional<MapLevel> map_level(std::string_view word) {
    if (word == "street") return MapLevel::street;
    if (word == "community") return MapLevel::community;
    if (word == "grid") return MapLevel::grid;
    return std::nullopt;
}

std::string encode_map(const Territory& territory, const std::vector<std::string>& scope, MapLevel level) {
    Json features = Json::array();
    const auto add = [&](const std::string& code, const std::string& name, const Ring& ring) {
        features.push_back(Json{{"type", "Feature"},
                                {"properties", Json{{"grid_code", code},
                                                    {"name", name},
                                                    {"division_code", code.substr(0, 12)},
                                                    {"street", territory.street_name(code)},
                                                    {"community", territory.community_name(code)},
                                                    {"made_up", true}}},
                                {"geometry", polygon(ring)}});
    };
    if (level == MapLevel::grid)
        for (const auto& g : territory.grids())
            if (touches(scope, g.code)) add(g.code, g.name, g.outline);
    const std::size_t digits = level == MapLevel::street ? 9 : 12;
    if (level != MapLevel::grid)
        for (const auto& d : territory.divisions())
            if (d.code.size() == digits && d.outline && touches(scope, d.code))
                add(d.code, d.name, *d.outline);
    return Json{{"type", "FeatureCollection"}, {"features", std::move(features)}}.dump();
}

}  // namespace mashang::server
