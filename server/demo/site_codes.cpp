#include "server/demo/site_codes.hpp"

#include <map>
#include <set>

#include "server/demo/dice.hpp"
#include "server/demo/tables.hpp"

namespace mashang::demo {
namespace {

constexpr std::uint64_t places_seed = 300;

class Registrar {
  public:
    Registrar(const District& district, const Land& land)
        : district_(district), dice_(places_seed), kinds_(rows(Table::places)) {
        for (const auto& row : kinds_) weights_.push_back(std::stoi(std::string(row[1])));
        for (const auto& row : rows(Table::streets)) roads_[std::string(row[0])] = split(row[2], ' ');
        for (const auto& street : land.streets) streets_.push_back(street.code);
        for (const auto& grid : land.grids) grids_[grid.code.substr(0, 9)].push_back(&grid);
        const auto committee =
            value(Table::staff, "committee");  // a square is the village's, not its office's
        for (const auto& division : district.divisions) {
            std::string_view name = division.name;
            if (name.ends_with(committee)) name.remove_suffix(committee.size());
            names_[division.code] = name;
        }
    }

    std::vector<SiteCode> issue() {
        place_first();
        // Round the streets, then wherever there are many grids.
        for (std::size_t i = 1; codes_.size() < spread_codes; ++i) place_in(streets_[i % streets_.size()]);
        std::vector<std::int64_t> sizes;
        for (const auto& street : streets_) sizes.push_back(static_cast<std::int64_t>(grids_[street].size()));
        while (codes_.size() < site_code_count) place_in(streets_[dice_.weighted(sizes)]);
        return std::move(codes_);
    }

  private:
    void place_first() {
        for (const auto* grid : grids_[std::string(first_code_grid.substr(0, 9))])
            if (grid->code == first_code_grid)
                place(*grid, kinds_.front(), value(Table::staff, "first_road"), 8);
    }

    void place_in(const std::string& street) {
        const auto& grid = *dice_.pick(grids_[street]);
        const auto& kind = kinds_[dice_.weighted(weights_)];
        const auto road = dice_.pick(roads_[street]);
        place(grid, kind, road, dice_.between(1, 398));
    }

    void place(const Parcel& grid, const Row& kind, std::string_view road, std::int64_t house) {
        const auto number = std::to_string(house);
        const auto& community = names_[grid.code.substr(0, 12)];
        Place p;
        p.name = fill(kind[2], {{"r", road}, {"n", number}, {"c", community}});
        if (!taken_.insert(p.name).second) return;  // the caller counts and tries again
        p.code = CodeId{static_cast<std::int64_t>(codes_.size()) + 1};
        p.grid_code = grid.code;
        p.kind = kind[0];
        p.address = names_[grid.code.substr(0, 9)] + fill(kind[3], {{"r", road}, {"n", number}});
        const auto at = degrees(point_in(grid.loop));
        p.lon = at.lon;
        p.lat = at.lat;
        const auto serial = std::to_string(10000 + codes_.size() + 1).substr(1);
        codes_.push_back({std::move(p), district_.code + "-" + serial});
    }

    // Between the centre and a corner, so that neighbours do not lie on one spot. Where the grid is not
    // convex the centre itself may lie outside: then any of its corners with two others makes a start.
    Corner point_in(const Loop& loop) {
        auto centre = centroid(loop);
        for (std::size_t i = 0; !inside(loop, centre) && i + 2 < loop.size(); ++i)
            centre = centroid({loop[i], loop[i + 1], loop[i + 2]});
        for (int tries = 0; tries < 20; ++tries) {
            const auto towards = dice_.pick(loop);
            const auto percent = dice_.between(5, 60);
            const Corner p{centre.x + (towards.x - centre.x) * percent / 100,
                           centre.y + (towards.y - centre.y) * percent / 100};
            if (inside(loop, p)) return p;
        }
        return centre;
    }

    const District& district_;
    Dice dice_;
    std::vector<Row> kinds_;
    std::vector<std::int64_t> weights_;
    std::map<std::string, std::vector<std::string_view>> roads_;
    std::vector<std::string> streets_;
    std::map<std::string, std::vector<const Parcel*>> grids_;
    std::map<std::string, std::string> names_;
    std::set<std::string> taken_;
    std::vector<SiteCode> codes_;
};

}  // namespace

std::vector<SiteCode> make_site_codes(const District& district, const Land& land) {
    return Registrar(district, land).issue();
}

}  // namespace mashang::demo
