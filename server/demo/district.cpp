#include "server/demo/district.hpp"

#include "server/demo/land.hpp"
#include "server/demo/site_codes.hpp"
#include "server/demo/staff.hpp"
#include "server/demo/tables.hpp"

namespace mashang::demo {
namespace {

std::vector<StreetPlan> read_divisions(District& district) {
    std::vector<StreetPlan> plan;
    std::vector<Division> communities;
    for (const auto& row : rows(Table::divisions)) {
        const std::string code(row[1]), name(row[2]);
        district.divisions.push_back({code, name, {}});
        if (row[0] == "district") {
            district.code = code;
            district.name = name;
            continue;
        }
        plan.push_back({code, {}});
        for (auto part : split(row[3], ' ')) {
            plan.back().communities.push_back(code + std::string(part.substr(0, 3)));
            communities.push_back({plan.back().communities.back(), std::string(part.substr(3)), {}});
        }
    }
    district.divisions.insert(district.divisions.end(), communities.begin(), communities.end());
    return plan;
}

void draw(District& district, const Land& land) {
    std::size_t next = 0;
    district.divisions[next++].outline = ring(land.outline);
    for (const auto& street : land.streets) district.divisions[next++].outline = ring(street.loop);
    for (const auto& community : land.communities) district.divisions[next++].outline = ring(community.loop);
    std::string community_name;
    for (const auto& grid : land.grids) {
        for (const auto& division : district.divisions)
            if (grid.code.compare(0, 12, division.code) == 0) community_name = division.name;
        const auto number = std::to_string(std::stoi(grid.code.substr(12)));
        const auto name = value(Table::staff, grid.code == first_code_grid ? "first_grid" : "grid");
        district.grids.push_back(
            {grid.code, fill(name, {{"c", community_name}, {"n", number}}), ring(grid.loop)});
    }
}

// A row for "*" is for the whole district, a row for "street" for each street in its turn of the list.
std::vector<Notice> make_notices(const District& district) {
    std::vector<Notice> notices;
    for (const auto& row : rows(Table::notices)) {
        const auto add = [&](std::string_view scope, std::string_view place, std::string_view road) {
            const auto in = [&](std::string_view text) { return fill(text, {{"s", place}, {"r", road}}); };
            notices.push_back({std::string(scope), std::string(row[1]), in(row[3]), in(row[4]), in(row[5]),
                               in(row[6]), std::stoi(std::string(row[2]))});
        };
        if (row[0] == "district") {
            add(district.code, district.name, "");
            continue;
        }
        std::size_t turn = 0;
        for (const auto& street : rows(Table::streets)) {
            const auto roads = split(street[2], ' ');
            // "even" and "odd" give neighbouring streets different notices.
            const bool odd = turn++ % 2 == 1;
            if (row[0] == "street" || (row[0] == "odd") == odd)
                add(street[0], street[1], roads[turn % roads.size()]);
        }
    }
    return notices;
}

bool covers_grid(const Staff& s, std::string_view grid_code) {
    for (const auto& prefix : s.person.scope)
        if (grid_code.starts_with(prefix)) return true;
    return false;
}

}  // namespace

District make_district() {
    District district;
    const auto land = make_land(read_divisions(district));
    district.divisions_source = value(Table::staff, "divisions_source");
    draw(district, land);
    district.staff = make_staff(district);
    for (auto& s : district.staff)
        if (s.person.party.role == Role::worker && s.person.scope.front() == first_code_grid)
            s.person.party.name = value(Table::staff, "first_worker");
    district.codes = make_site_codes(district, land);
    district.notices = make_notices(district);
    return district;
}

Chain chain_of(const District& district, std::string_view grid_code) {
    Chain chain;
    const auto take = [](const Staff*& rung, const Staff& s) {
        if (rung == nullptr) rung = &s;
    };
    for (const auto& s : district.staff) {
        if (!covers_grid(s, grid_code)) continue;
        const bool desk = s.person.party.desk;
        switch (s.person.party.role) {
            case Role::worker:
                take(chain.worker, s);
                break;
            case Role::leader:
                take(chain.leader, s);
                break;
            case Role::reviewer:
                take(chain.reviewer, s);
                break;
            case Role::community:
                take(chain.community_desk, s);
                break;
            case Role::street:
                take(desk ? chain.street_desk : chain.street_officer, s);
                break;
            case Role::district:
                take(desk ? chain.district_desk : chain.district_officer, s);
                break;
            case Role::unit:
            case Role::agent:
            case Role::administrator:
            case Role::integrator:
            case Role::resident:
            case Role::system:
                break;
        }
    }
    return chain;
}

}  // namespace mashang::demo
