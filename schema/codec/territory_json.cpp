// territory.geojson: divisions and grids of a district (RFC 7946, WGS-84, longitude first).
#include "schema/codec/document_reader.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

constexpr std::size_t features_max = 50000;
constexpr std::size_t points_max = 20000;

void expect(const Node& node, std::string_view word) {
    const std::string said = node.text();
    if (!said.empty() && said != word) node.fault("error.expected_word", {{"expected", std::string(word)}});
}

Ring read_ring(const Node& polygon) {
    Ring ring;
    const auto rings = polygon.items(100);
    if (rings.size() != 1) {
        // A grid with a hole would leave ground to nobody.
        if (polygon.is_list()) polygon.fault("error.one_ring");
        return ring;
    }
    for (const Node& position : rings.front().items(points_max)) {
        const auto numbers = position.items(3);
        if (numbers.size() < 2) {
            if (position.is_list()) position.fault("error.position");
            continue;
        }
        ring.push_back({numbers[0].number(), numbers[1].number()});
    }
    return ring;
}

std::optional<Ring> read_geometry(const Node& geometry) {
    if (!geometry.there() || geometry.is_null()) return std::nullopt;
    if (!geometry.object({"type", "coordinates", "bbox"})) return std::nullopt;
    expect(geometry["type"], "Polygon");
    return read_ring(geometry["coordinates"]);
}

// What was read, with each one's place in the document for the faults that Territory::build finds.
struct Features {
    std::vector<Division> divisions;
    std::vector<Grid> grids;
    std::vector<std::size_t> division_at, grid_at;
    std::size_t read = 0;  // of the document, placed or not
};

void read_feature(const Node& node, std::size_t i, Features& features) {
    if (!node.object({"type", "id", "properties", "geometry", "bbox"})) return;
    expect(node["type"], "Feature");
    const Node properties = node["properties"];
    if (!properties.object({"level", "code", "name", "name_en", "made_up", "source"})) return;
    const std::string level = properties["level"].text();
    const std::string code = properties["code"].text();
    const std::string name = properties["name"].text();
    if (properties["made_up"].there()) properties["made_up"].flag();
    auto outline = read_geometry(node["geometry"]);
    if (level == "grid") {
        if (!outline) node["geometry"].fault("error.missing");
        features.grids.push_back({code, name, outline.value_or(Ring{})});
        features.grid_at.push_back(i);
        return;
    }
    const std::size_t digits = level == "district"    ? 6U
                               : level == "street"    ? 9U
                               : level == "community" ? 12U
                                                      : 0U;
    if (digits == 0) {
        if (!level.empty()) properties["level"].fault("error.unknown_word", {{"value", level}});
        return;
    }
    if (!is_digits(code, digits) && !is_digits(code, 12)) {
        properties["code"].fault("error.division_code", {{"value", code}});
    }
    features.divisions.push_back({code, name, std::move(outline)});
    features.division_at.push_back(i);
}

// "/grids/3/outline/2" to "/features/7/geometry/coordinates/0/2".
std::string document_pointer(const std::string& pointer, const Features& features) {
    const bool grid = pointer.starts_with("/grids/");
    const std::size_t number_at = grid ? 7 : std::string_view("/divisions/").size();
    const std::size_t end = std::min(pointer.find('/', number_at), pointer.size());
    const auto i = static_cast<std::size_t>(std::stoul(pointer.substr(number_at, end - number_at)));
    std::string rest = pointer.substr(end);
    if (rest.starts_with("/code")) rest = "/properties/code";
    if (rest.starts_with("/outline")) rest.replace(0, 8, "/geometry/coordinates/0");
    return "/features/" + std::to_string(grid ? features.grid_at.at(i) : features.division_at.at(i)) + rest;
}

Json ring_json(const Ring& ring) {
    Json positions = Json::array();
    for (const Point& p : ring) positions.push_back({p.lon, p.lat});
    return {{"type", "Polygon"}, {"coordinates", Json::array({std::move(positions)})}};
}

Json feature_json(std::string_view level, const std::string& code, const std::string& name, Json geometry) {
    return {{"type", "Feature"},
            {"properties", {{"level", level}, {"code", code}, {"name", name}}},
            {"geometry", std::move(geometry)}};
}

}  // namespace

Result<std::shared_ptr<const Territory>> read_territory(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    const Node root{&*document, "", faults};
    Features features;
    int number = 1;
    if (root.object({"type", "version", "name", "source", "made_up", "features", "bbox"})) {
        expect(root["type"], "FeatureCollection");
        // GeoJSON knows no version; one that stands there is taken.
        number = root["version"].there() ? codec::version_of(root, version) : version.value_or(1);
        std::size_t i = 0;
        for (const Node& item : root["features"].items(features_max)) read_feature(item, i++, features);
        features.read = i;
    }
    auto built = Territory::build(number, features.divisions, features.grids);
    if (built.has_value() && !faults.any()) return built;
    Error refusal = built.has_value() ? Error{} : built.error();
    for (FieldError& fault : refusal.fields) fault.pointer = document_pointer(fault.pointer, features);
    // Of a feature that could not be read nobody knows what it is: it may be another's parent.
    if (features.divisions.size() + features.grids.size() < features.read)
        std::erase_if(refusal.fields, [](const FieldError& f) { return f.key == "error.division_parent"; });
    faults.add_beside(refusal);
    return faults.error();
}

std::string write_territory(const Territory& territory) {
    Json root{{"type", "FeatureCollection"}, {"version", territory.version()}, {"features", Json::array()}};
    for (const Division& d : territory.divisions()) {
        const std::string_view level = d.code.size() == 6   ? "district"
                                       : d.code.size() == 9 ? "street"
                                                            : "community";
        root["features"].push_back(
            feature_json(level, d.code, d.name, d.outline ? ring_json(*d.outline) : Json(nullptr)));
    }
    for (const Grid& g : territory.grids()) {
        root["features"].push_back(feature_json("grid", g.code, g.name, ring_json(g.outline)));
    }
    return root.dump();
}

}  // namespace mashang
