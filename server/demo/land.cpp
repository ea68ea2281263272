#include "server/demo/land.hpp"

#include <array>
#include <string_view>

#include "server/demo/dice.hpp"

namespace mashang::demo {
namespace {

constexpr std::uint64_t land_seed = 330106;

// The district by free hand: 1e-4 degree east of 120 and north of 30, counter-clockwise from the south-west.
constexpr std::array<Corner, 36> free_hand{
    {{300, 1180},  {480, 1105},  {700, 1130},  {905, 1190},  {1080, 1290}, {1175, 1420},
     {1300, 1530}, {1455, 1640}, {1540, 1790}, {1590, 1960}, {1560, 2130}, {1600, 2310},
     {1585, 2480}, {1545, 2640}, {1530, 2800}, {1460, 2950}, {1330, 3060}, {1270, 3200},
     {1190, 3330}, {1060, 3420}, {900, 3560},  {720, 3595},  {560, 3540},  {470, 3400},
     {380, 3270},  {400, 3090},  {300, 2930},  {230, 2760},  {260, 2580},  {130, 2400},
     {60, 2210},   {20, 2020},   {90, 1850},   {60, 1680},   {150, 1520},  {190, 1350}}};

// How the streets divide the land: a cut at right angles to `normal`; `behind` and `ahead` are rows of this
// table, or, negative, the last three digits of a street.
struct StreetCut {
    Corner normal;
    int behind, ahead;
};
constexpr std::array<StreetCut, 11> street_cuts{{
    {{40, 1000}, 1, -109},     // 三墩 in the north
    {{-60, 1000}, 2, 3},       // the south from the middle
    {{150, 1000}, -110, -10},  // 双浦 at the southern end, 转塘 above it
    {{90, 1000}, 4, 5},        // the hills from the town
    {{1000, -100}, -9, -8},    // 留下 in the west, 西湖 around the lake
    {{1000, 60}, -11, 6},      // 蒋村 by the wetland
    {{1000, -80}, -13, 7},     // 文新
    {{50, 1000}, 8, 9},        // the rows above and below 天目山路
    {{1000, 40}, -7, 10},      // 古荡
    {{1000, -60}, -5, -4},     // 翠苑, 西溪
    {{1000, -30}, -12, -2},    // 灵隐, 北山 nearest to the lake
}};

class Surveyor {
  public:
    explicit Surveyor(const std::vector<StreetPlan>& plan, Loop outline)
        : plan_(plan), mesh_(std::move(outline)), dice_(land_seed), street_polygons_(plan.size()) {}

    Land survey() {
        divide_streets(0, 0);
        std::vector<int> communities, grids;
        Land land;
        for (std::size_t s = 0; s < plan_.size(); ++s) {
            const auto parts = divide(street_polygons_[s], plan_[s].communities.size());
            for (std::size_t c = 0; c < parts.size(); ++c) {
                communities.push_back(parts[c]);
                land.communities.push_back({plan_[s].communities[c], {}});
            }
        }
        for (std::size_t c = 0; c < communities.size(); ++c) {
            const auto parts = divide(communities[c], static_cast<std::size_t>(dice_.between(2, 4)));
            for (std::size_t g = 0; g < parts.size(); ++g) {
                grids.push_back(parts[g]);
                land.grids.push_back({land.communities[c].code + "00" + std::to_string(g + 1), {}});
            }
        }
        // Only now: a cut anywhere may put a corner on the border of any outline.
        land.outline = mesh_.loop(0);
        for (std::size_t s = 0; s < plan_.size(); ++s)
            land.streets.push_back({plan_[s].code, mesh_.loop(street_polygons_[s])});
        for (std::size_t c = 0; c < communities.size(); ++c)
            land.communities[c].loop = mesh_.loop(communities[c]);
        for (std::size_t g = 0; g < grids.size(); ++g) land.grids[g].loop = mesh_.loop(grids[g]);
        return land;
    }

  private:
    std::size_t street_of(int three_digits) const {
        std::size_t s = 0;
        while (s + 1 < plan_.size() && std::stoi(plan_[s].code.substr(6)) != three_digits) ++s;
        return s;
    }

    std::int64_t communities_under(int node) const {
        if (node < 0) return static_cast<std::int64_t>(plan_[street_of(-node)].communities.size());
        const auto& row = street_cuts[static_cast<std::size_t>(node)];
        return communities_under(row.behind) + communities_under(row.ahead);
    }

    void divide_streets(int node, int polygon) {
        if (node < 0) {
            street_polygons_[street_of(-node)] = polygon;
            return;
        }
        const auto& row = street_cuts[static_cast<std::size_t>(node)];
        const auto behind = communities_under(row.behind), all = communities_under(node);
        auto parts = mesh_.cut(polygon, row.normal, behind, all);
        if (!parts) parts = mesh_.cut_across(polygon, 0, behind, all);
        bend(*parts, 7, 14);
        divide_streets(row.behind, parts->first);
        divide_streets(row.ahead, parts->second);
    }

    // Halves, halves of halves and so on, of somewhat unequal weight and direction.
    std::vector<int> divide(int polygon, std::size_t count) {
        std::vector<std::int64_t> weights;
        for (std::size_t i = 0; i < count; ++i) weights.push_back(dice_.between(80, 120));
        std::vector<int> parts(count);
        divide_by(polygon, weights, parts, 0, count);
        return parts;
    }

    void divide_by(int polygon, const std::vector<std::int64_t>& weights, std::vector<int>& parts,
                   std::size_t from, std::size_t to) {
        if (to - from == 1) {
            parts[from] = polygon;
            return;
        }
        auto middle = from + (to - from) / 2;
        if (to - from > 4) middle += static_cast<std::size_t>(dice_.below(2));
        std::int64_t before = 0, all = 0;
        for (auto i = from; i < to; ++i) {
            all += weights[i];
            if (i < middle) before += weights[i];
        }
        const auto turn = static_cast<int>(dice_.between(-2, 2));
        const auto [behind, ahead] = mesh_.cut_across(polygon, turn, before, all);
        bend({behind, ahead}, 1, 50);
        divide_by(behind, weights, parts, from, middle);
        divide_by(ahead, weights, parts, middle, to);
    }

    // Borders of the land are seldom rulers: `points` corners, up to `most` thousandths off the line.
    void bend(std::pair<int, int> parts, int points, std::int64_t most) {
        std::vector<std::int64_t> aside;
        for (int i = 0; i < points; ++i) aside.push_back(dice_.between(-most, most));
        mesh_.bend(parts, aside);
    }

    const std::vector<StreetPlan>& plan_;
    Mesh mesh_;
    Dice dice_;
    std::vector<int> street_polygons_;
};

}  // namespace

Land make_land(const std::vector<StreetPlan>& plan) {
    Loop outline;
    for (auto p : free_hand) outline.push_back({p.x * 1000, p.y * 1000});
    return Surveyor(plan, std::move(outline)).survey();
}

Point degrees(Corner corner) {
    // One correctly rounded division each: the nearest double to the seven decimals that are printed.
    return {static_cast<double>(1200000000 + corner.x) / 1e7,
            static_cast<double>(300000000 + corner.y) / 1e7};
}

Ring ring(const Loop& loop) {
    Ring out;
    for (auto corner : loop) out.push_back(degrees(corner));
    if (!loop.empty()) out.push_back(degrees(loop.front()));
    return out;
}

}  // namespace mashang::demo
