#include "dispatch/territory.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <limits>

namespace mashang {
namespace {

Ring box(double west, double south, double east, double north) {
    return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

std::vector<Division> divisions() {
    return {{"330106", "西湖区", {}}, {"330106009000", "灵隐街道", {}}, {"330106009001", "求是社区", {}}};
}

// A row of `n` unit grids from (120, 30) eastwards, one hundredth of a degree wide.
std::vector<Grid> row(int n) {
    std::vector<Grid> grids;
    for (int i = 0; i < n; ++i) {
        const double west = 120 + i / 100.0;
        std::string number = std::to_string(i + 1);
        number.insert(0, 3 - number.size(), '0');
        grids.push_back(
            {"330106009001" + number, "grid " + number, box(west, 30, 120 + (i + 1) / 100.0, 30.01)});
    }
    return grids;
}

std::string fault_of(std::vector<Division> d, std::vector<Grid> g) {
    auto built = Territory::build(1, std::move(d), std::move(g));
    REQUIRE(built.has_error());
    return built.error().fields.at(0).pointer;
}

// Even-odd ray casting, written apart from the library under test.
bool inside(const Ring& ring, Point p) {
    bool in = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const Point &a = ring[i], &b = ring[j];
        if ((a.lat > p.lat) != (b.lat > p.lat) &&
            p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon) {
            in = !in;
        }
    }
    return in;
}

}  // namespace

TEST_CASE("a point is in its grid, on a shared border in the smaller code, outside in none") {
    const auto t = Territory::build(4, divisions(), row(3)).value();
    CHECK(t->at({120.005, 30.005})->code == "330106009001001");
    CHECK(t->at({120.025, 30.005})->code == "330106009001003");
    CHECK(t->at({120.01, 30.005})->code == "330106009001001");
    CHECK(t->at({120.005, 30.02}) == nullptr);
    CHECK(t->at({std::numeric_limits<double>::quiet_NaN(), 30}) == nullptr);
    CHECK(t->version() == 4);
}

TEST_CASE("divisions are known by 6, 9 or 12 digits, zero-padded or not") {
    const auto t = Territory::build(1, divisions(), row(1)).value();
    CHECK(t->division("330106009")->name == "灵隐街道");
    CHECK(t->division("330106009000")->name == "灵隐街道");
    CHECK(t->division("330106000000")->name == "西湖区");
    CHECK(t->division("330106010") == nullptr);
    CHECK(t->street_name("330106009001001") == "灵隐街道");
    CHECK(t->community_name("330106009001001") == "求是社区");
    CHECK(t->community_name("330106009777001").empty());
    CHECK(t->street_name("33").empty());
}

TEST_CASE("a territory is refused at the very place that is wrong") {
    auto d = divisions();
    d.push_back({"330107009", "nowhere", {}});
    CHECK(fault_of(d, {}) == "/divisions/3/code");
    d = divisions();
    d.push_back({"3301060", "short", {}});
    CHECK(fault_of(d, {}) == "/divisions/3/code");
    d = divisions();
    d.push_back(d[1]);
    CHECK(fault_of(d, {}) == "/divisions/3/code");
    auto g = row(2);
    g[1].code = "33010600900100";
    CHECK(fault_of(divisions(), g) == "/grids/1/code");
    g[1].code = "330106009002001";
    CHECK(fault_of(divisions(), g) == "/grids/1/code");
    g[1].code = g[0].code;
    CHECK(fault_of(divisions(), g) == "/grids/1/code");
    g = row(2);
    g[1].outline.pop_back();
    CHECK(fault_of(divisions(), g) == "/grids/1/outline");
    g = row(2);
    std::swap(g[1].outline[1], g[1].outline[2]);  // a bow tie
    CHECK(fault_of(divisions(), g) == "/grids/1/outline");
    g = row(2);
    g[1].outline[2].lat = 95;
    CHECK(fault_of(divisions(), g) == "/grids/1/outline/2");
}

TEST_CASE("grids may share a border and a sliver, but not ground") {
    auto g = row(2);
    g[1].outline = box(120.01 - 1e-8, 30, 120.02, 30.01);  // 1e-10 square degrees
    CHECK(Territory::build(1, divisions(), g).has_value());
    g[1].outline = box(120.009, 30, 120.02, 30.01);
    auto built = Territory::build(1, divisions(), g);
    REQUIRE(built.has_error());
    CHECK(built.error().fields.at(0).pointer == "/grids/1");
    CHECK(built.error().fields.at(0).args.at(0).second == "330106009001001");
    g[1].outline = box(120.002, 30.002, 120.004, 30.004);  // wholly within its neighbour
    CHECK(fault_of(divisions(), g) == "/grids/1");
}

TEST_CASE("the tree finds for any point what ray casting over every grid finds") {
    // Slanted strips, so that envelopes overlap and the polygons themselves decide.
    std::vector<Grid> grids = row(12);
    for (Grid& g : grids) {
        for (std::size_t i = 2; i < 4; ++i) g.outline[i].lon += 0.03;
    }
    const auto t = Territory::build(1, divisions(), grids).value();
    CHECK(rc::check([&] {
        const Point p{120 - 0.02 + *rc::gen::inRange(0, 200000) * 1e-6 + 3e-7,
                      30 - 0.002 + *rc::gen::inRange(0, 14000) * 1e-6 + 3e-7};
        const Grid* expected = nullptr;
        for (const Grid& g : grids) {
            if (inside(g.outline, p)) expected = &g;
        }
        const Grid* found = t->at(p);
        RC_ASSERT((found == nullptr) == (expected == nullptr));
        if (found != nullptr) RC_ASSERT(found->code == expected->code);
    }));
}

TEST_CASE("metres between points agree with hand calculation") {
    // One degree of latitude is pi/180 times the mean radius; at 60 north one of longitude is half of it.
    CHECK(distance_m({120, 30}, {120, 31}) == Approx(111195.08).epsilon(1e-7));
    CHECK(distance_m({0, 60}, {0.001, 60}) == Approx(111.19508 / 2).epsilon(1e-6));
    CHECK(distance_m({120, 30}, {120, 30}) == 0);
}

TEST_CASE("digits are ASCII and of the asked length") {
    CHECK(is_digits("330106", 6));
    CHECK_FALSE(is_digits("33010", 6));
    CHECK_FALSE(is_digits("33010x", 6));
    CHECK_FALSE(is_digits("３３", 6));
}

}  // namespace mashang
