// The demo district: West Lake's real divisions by name and code, everything else made up, and said to be so.
//
// Divisions are facts (names and 12-digit codes of the National Bureau of Statistics, 2023). The outline, all
// polygons, grids, people, telephone numbers, units, places and notices are invented here from one seed; each
// person's name is drawn from common surnames and given characters. Pure and deterministic: every call gives
// the same district on every machine. Called by the command that fills an empty store, and by tests; any
// thread; no errors. Degrees are WGS-84, exact multiples of 1e-7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/roster.hpp"
#include "dispatch/territory.hpp"

namespace mashang::demo {

// An account. Workers w + grid, leaders l, agents g, reviewers r, officers o, community desks c, street desks
// s, district desk and officers d, units u, administrator a, integrator i: each + the code of its area and,
// where there are several, a hyphen and a number ("r330106012-2"). Passwords are the caller's business.
struct Staff {
    Person person;  // shift: "day", "early", "late" or "round_clock"; desks are always there
    std::string login;
    std::string phone;  // made up
};

struct SiteCode {
    Place place;
    std::string serial;  // "330106-0001", as printed on the plate
};

struct Notice {
    std::string scope;  // division prefix whose places show it, digits only
    std::string kind;   // "notice", "service", "care"
    std::string title_zh, body_zh, title_en, body_en;
    int days_ago = 0;  // published so many days before the demo was filled
};

struct District {
    std::string code;  // "330106"
    std::string name;
    bool made_up = true;              // outlines, grids, people, places; never the divisions' names and codes
    std::string divisions_source;     // where the divisions come from
    std::vector<Division> divisions;  // the district, its 12 streets and towns, then the 222 communities
    std::vector<Grid> grids;          // by code; they tile the communities exactly
    std::vector<Staff> staff;         // by id, from 1 on
    std::vector<SiteCode> codes;  // by id, from 1 on; the first 60 go round all streets, the very first is a
                                  // bicycle stand on 求是路
    std::vector<Notice> notices;
};

District make_district();

// Who stands behind a grid, from its worker up. Null where the district has nobody: never in the demo.
struct Chain {
    const Staff *worker = nullptr, *leader = nullptr, *reviewer = nullptr, *community_desk = nullptr,
                *street_desk = nullptr, *street_officer = nullptr, *district_desk = nullptr,
                *district_officer = nullptr;
};
Chain chain_of(const District& district, std::string_view grid_code);

// All outlines as one GeoJSON FeatureCollection (RFC 7946): properties level (district, street, community,
// grid), code, name, made_up. Coordinates have seven decimals.
std::string territory_geojson(const District& district);

}  // namespace mashang::demo
