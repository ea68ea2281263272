// Written by hand: a string of digits and escapes needs no JSON library, which lives in the codecs only.
#include <cmath>
#include <cstdio>

#include "server/demo/district.hpp"

namespace mashang::demo {
namespace {

void put_string(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            out += escape;
        } else {
            out += c;
        }
    }
    out += '"';
}

// Seven decimals from whole numbers, whatever the locale.
void put_degrees(std::string& out, double degrees) {
    const auto units = std::llround(degrees * 1e7);
    const auto fraction = std::to_string(units % 10000000);
    out += std::to_string(units / 10000000);
    out += '.';
    out.append(7 - fraction.size(), '0');
    out += fraction;
}

void put_feature(std::string& out, std::string_view level, std::string_view code, std::string_view name,
                 const Ring& outline) {
    out += out.back() == '[' ? "\n" : ",\n";
    out += R"({"type":"Feature","properties":{"level":)";
    put_string(out, level);
    out += R"(,"code":)";
    put_string(out, code);
    out += R"(,"name":)";
    put_string(out, name);
    out += R"(,"made_up":true},"geometry":{"type":"Polygon","coordinates":[[)";
    for (std::size_t i = 0; i < outline.size(); ++i) {
        out += i == 0 ? "[" : ",[";
        put_degrees(out, outline[i].lon);
        out += ',';
        put_degrees(out, outline[i].lat);
        out += ']';
    }
    out += "]]}}";
}

}  // namespace

std::string territory_geojson(const District& district) {
    std::string out = R"({"type":"FeatureCollection","features":[)";
    for (const auto& division : district.divisions) {
        const auto digits = division.code.size();
        const auto level = digits == 6 ? "district" : digits == 9 ? "street" : "community";
        if (division.outline) put_feature(out, level, division.code, division.name, *division.outline);
    }
    for (const auto& grid : district.grids) put_feature(out, "grid", grid.code, grid.name, grid.outline);
    out += "\n]}\n";
    return out;
}

}  // namespace mashang::demo
