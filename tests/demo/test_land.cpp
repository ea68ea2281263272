// The demo's polygons, judged by a shoelace and a ray of our own in plain doubles.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <string>

#include "server/demo/district.hpp"

using namespace mashang;
using mashang::demo::make_district;

namespace {

const demo::District& district() {
    static const auto d = make_district();
    return d;
}

double area(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i)
        sum += (ring[i].lon - 120) * (ring[i + 1].lat - 30) - (ring[i + 1].lon - 120) * (ring[i].lat - 30);
    return sum / 2;
}

// A ray to the east: odd crossings are inside.
bool contains(const Ring& ring, Point p) {
    bool in = false;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const auto &a = ring[i], &b = ring[i + 1];
        if ((a.lat > p.lat) == (b.lat > p.lat)) continue;
        if (p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) in = !in;
    }
    return in;
}

using Whole = std::pair<long long, long long>;

Whole whole(Point p) {
    return {std::llround((p.lon - 120) * 1e7), std::llround((p.lat - 30) * 1e7)};
}

int side(Whole a, Whole b, Whole c) {
    const auto v = (b.first - a.first) * (c.second - a.second) - (b.second - a.second) * (c.first - a.first);
    return (v > 0) - (v < 0);
}

bool cross_properly(Whole a, Whole b, Whole c, Whole d) {
    return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

bool crosses_itself(const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i)
        for (std::size_t k = i + 1; k + 1 < ring.size(); ++k)
            if (cross_properly(whole(ring[i]), whole(ring[i + 1]), whole(ring[k]), whole(ring[k + 1])))
                return true;
    return false;
}

std::uint64_t fnv1a(std::uint64_t hash, long long value) {
    for (int byte = 0; byte < 8; ++byte) {
        hash ^= static_cast<std::uint64_t>(value >> (8 * byte)) & 0xff;
        hash *= 1099511628211ULL;
    }
    return hash;
}

}  // namespace

TEST_CASE("the grids' areas sum to the outline, and each level's to the level above") {
    const auto& d = district();
    std::map<std::string, double> below;
    double all = 0;
    for (const auto& grid : d.grids) {
        CHECK(area(grid.outline) > 0);  // counter-clockwise, as RFC 7946 wants it
        all += area(grid.outline);
        below[grid.code.substr(0, 12)] += area(grid.outline);
    }
    const auto outline = area(*d.divisions.front().outline);
    CHECK(std::abs(all - outline) < 1e-9 * outline);
    for (const auto& division : d.divisions) {
        if (division.code.size() == 12) {
            const auto own = area(*division.outline);
            CHECK(std::abs(below[division.code] - own) < 1e-9 * own);
            below[division.code.substr(0, 9)] += own;
        }
    }
    for (const auto& division : d.divisions)
        if (division.code.size() == 9) {
            const auto own = area(*division.outline);
            CHECK(std::abs(below[division.code] - own) < 1e-9 * own);
        }
}

TEST_CASE("a point of the district lies in exactly one grid, and in that grid's community and street") {
    const auto& d = district();
    std::map<std::string, const Ring*> outlines;
    for (const auto& division : d.divisions) outlines[division.code] = &*division.outline;
    std::mt19937_64 random(7);
    int within = 0;
    for (int n = 0; n < 3000; ++n) {
        const Point p{120.0 + static_cast<double>(random() % 1700000) / 1e7 + 3.1e-9,
                      30.1 + static_cast<double>(random() % 2700000) / 1e7 + 3.1e-9};
        int hits = 0;
        const Grid* hit = nullptr;
        for (const auto& grid : d.grids)
            if (contains(grid.outline, p)) ++hits, hit = &grid;
        const bool inside = contains(*d.divisions.front().outline, p);
        within += inside;
        REQUIRE(hits == (inside ? 1 : 0));
        if (!inside) continue;
        CHECK(contains(*outlines.at(hit->code.substr(0, 12)), p));
        CHECK(contains(*outlines.at(hit->code.substr(0, 9)), p));
    }
    CHECK(within > 1000);
}

TEST_CASE("every ring is closed, has an area one can walk on and never crosses itself") {
    const auto& d = district();
    for (const auto& grid : d.grids) {
        INFO(grid.code);
        REQUIRE(grid.outline.size() >= 4);
        CHECK(grid.outline.front() == grid.outline.back());
        CHECK_FALSE(crosses_itself(grid.outline));
        // A square degree here is about 111 km by 96 km; no grid is smaller than about 3 hectares.
        CHECK(area(grid.outline) * 111 * 96 > 0.03);
    }
    for (const auto& division : d.divisions) {
        INFO(division.code);
        CHECK(division.outline->front() == division.outline->back());
        CHECK_FALSE(crosses_itself(*division.outline));
    }
}

TEST_CASE("the streets lie about where their names would put them") {
    const auto& d = district();
    std::map<std::string, Point> centre;
    for (const auto& division : d.divisions) {
        if (division.code.size() != 9) continue;
        Point sum;
        for (const auto& p : *division.outline) sum = {sum.lon + p.lon, sum.lat + p.lat};
        const auto n = static_cast<double>(division.outline->size());
        centre[division.name] = {sum.lon / n, sum.lat / n};
    }
    REQUIRE(centre.size() == 12);
    for (const auto& [name, at] : centre) {
        INFO(name);
        CHECK((name == "三墩镇" || at.lat < centre["三墩镇"].lat));
        CHECK((name == "双浦镇" || at.lat > centre["双浦镇"].lat));
    }
    CHECK(centre["转塘街道"].lat < centre["西湖街道"].lat);
    CHECK(centre["西湖街道"].lat < centre["北山街道"].lat);
    CHECK(centre["留下街道"].lon < centre["西湖街道"].lon);
    CHECK(centre["蒋村街道"].lon < centre["文新街道"].lon);
    CHECK(centre["文新街道"].lon < centre["西溪街道"].lon);
    CHECK(centre["灵隐街道"].lon < centre["北山街道"].lon);
}

TEST_CASE("the land is the same on every machine: a hash of all its coordinates") {
    const auto& d = district();
    std::uint64_t hash = 14695981039346656037ULL;
    const auto add = [&hash](const Ring& ring) {
        for (const auto& p : ring) {
            hash = fnv1a(hash, std::llround(p.lon * 1e7));
            hash = fnv1a(hash, std::llround(p.lat * 1e7));
        }
    };
    for (const auto& division : d.divisions) add(*division.outline);
    for (const auto& grid : d.grids) add(grid.outline);
    for (const auto& code : d.codes) add({{code.place.lon, code.place.lat}});
    CHECK(hash == 16648560465197000596ULL);
}

TEST_CASE("the GeoJSON has every outline once, with seven decimals, and says that it is made up") {
    const auto& d = district();
    const auto text = demo::territory_geojson(d);
    const auto count = [&text](std::string_view what) {
        std::size_t n = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
        return n;
    };
    const auto all = 1 + 12 + 222 + d.grids.size();
    CHECK(count("\"type\":\"Feature\"") == all);
    CHECK(count("\"made_up\":true") == all);
    CHECK(count("\"level\":\"district\"") == 1);
    CHECK(count("\"level\":\"street\"") == 12);
    CHECK(count("\"level\":\"community\"") == 222);
    CHECK(count("\"level\":\"grid\"") == d.grids.size());
    CHECK(count("{") == count("}"));
    CHECK(count("[") == count("]"));
    // The free-hand outline begins at 120.0300, 30.1180.
    CHECK(text.find("[[[120.0300000,30.1180000],") != std::string::npos);
}
