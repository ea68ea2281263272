#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "server/demo/district.hpp"

using namespace mashang;
using mashang::demo::chain_of;
using mashang::demo::make_district;

namespace {

const demo::District& district() {
    static const auto d = make_district();
    return d;
}

bool begins_any(const std::vector<std::string>& prefixes, const std::string& code) {
    for (const auto& prefix : prefixes)
        if (code.compare(0, prefix.size(), prefix) == 0) return true;
    return false;
}

bool contains(const Ring& ring, Point p) {
    bool in = false;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const auto &a = ring[i], &b = ring[i + 1];
        if ((a.lat > p.lat) == (b.lat > p.lat)) continue;
        if (p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) in = !in;
    }
    return in;
}

}  // namespace

TEST_CASE("the divisions are West Lake's 12 streets and towns with their 222 communities and villages") {
    const auto& d = district();
    CHECK(d.divisions.front().code == "330106");
    CHECK(d.divisions.front().name == "西湖区");
    const std::map<std::string, int> published{{"330106002", 7},  {"330106004", 12}, {"330106005", 12},
                                               {"330106007", 10}, {"330106008", 15}, {"330106009", 15},
                                               {"330106010", 46}, {"330106011", 9},  {"330106012", 7},
                                               {"330106013", 15}, {"330106109", 43}, {"330106110", 31}};
    std::map<std::string, std::string> names;
    std::map<std::string, int> counted;
    for (const auto& division : d.divisions) CHECK(names.emplace(division.code, division.name).second);
    for (const auto& division : d.divisions)
        if (division.code.size() == 12) ++counted[division.code.substr(0, 9)];
    CHECK(counted == published);
    CHECK(names.size() == 1 + 12 + 222);
    CHECK(names.at("330106012005") == "浙大求是社区");
    CHECK(names.at("330106002051") == "上保社区");
    CHECK(names.at("330106110227") == "双灵村委会");
    CHECK(names.at("330106109043") == "乾德社区");
}

TEST_CASE("every community has two to four grids, numbered from 001 under its own code") {
    const auto& d = district();
    std::map<std::string, int> grids;
    std::string before;
    for (const auto& grid : d.grids) {
        REQUIRE(grid.code.size() == 15);
        const auto number = ++grids[grid.code.substr(0, 12)];
        CHECK(grid.code.substr(12) == "00" + std::to_string(number));
        CHECK(grid.name.find('{') == std::string::npos);
    }
    CHECK(grids.size() == 222);
    for (const auto& [community, count] : grids) CHECK((count >= 2 && count <= 4));
}

TEST_CASE("behind every grid stands a full chain, and about a fifth of the grids have a backup") {
    const auto& d = district();
    std::size_t backups = 0;
    std::set<const demo::Staff*> workers;
    for (const auto& grid : d.grids) {
        INFO(grid.code);
        const auto chain = chain_of(d, grid.code);
        REQUIRE(chain.worker);
        REQUIRE(chain.leader);
        REQUIRE(chain.reviewer);
        REQUIRE(chain.community_desk);
        REQUIRE(chain.street_desk);
        REQUIRE(chain.street_officer);
        REQUIRE(chain.district_desk);
        REQUIRE(chain.district_officer);
        CHECK(chain.worker->person.party.role == Role::worker);
        CHECK(chain.leader->person.scope.front() == grid.code.substr(0, 12));
        CHECK(chain.street_desk->person.scope.front() == grid.code.substr(0, 9));
        CHECK(chain.community_desk->person.party.desk);
        CHECK(chain.district_desk->person.party.desk);
        CHECK_FALSE(chain.district_officer->person.party.desk);
        workers.insert(chain.worker);
        for (const auto& s : d.staff) {
            if (!begins_any(s.person.backup, grid.code)) continue;
            ++backups;
            CHECK(&s != chain.worker);
        }
    }
    const auto share = 100 * backups / d.grids.size();
    CHECK((share >= 14 && share <= 26));
    CHECK(workers.size() < d.grids.size());  // some grids share one
}

TEST_CASE("accounts have ids in order, logins of their own, and the posts that the pages need") {
    const auto& d = district();
    std::set<std::string> logins, shifts;
    std::map<Role, int> roles;
    std::set<std::string> unit_kinds;
    std::int64_t id = 0;
    for (const auto& s : d.staff) {
        INFO(s.login);
        CHECK(raw(s.person.party.id) == ++id);
        CHECK(logins.insert(s.login).second);
        CHECK_FALSE(s.person.party.name.empty());
        CHECK_FALSE(s.person.party.unit.empty());
        CHECK(s.person.party.name.find('{') == std::string::npos);
        CHECK(s.phone.size() == 11);
        ++roles[s.person.party.role];
        shifts.insert(s.person.shift);
        if (s.person.party.role == Role::unit) unit_kinds.insert(s.person.unit_kind);
        if (s.person.party.role == Role::worker) CHECK(s.person.capacity == 40);
        for (const auto& scope : s.person.scope)
            CHECK(scope.find_first_not_of("0123456789") == std::string::npos);
    }
    CHECK(roles[Role::leader] == 222);
    CHECK(roles[Role::community] == 222);
    CHECK(roles[Role::reviewer] == 24);
    CHECK(roles[Role::street] == 36);   // a desk and two officers each
    CHECK(roles[Role::district] == 3);  // the desk and two officers
    CHECK(roles[Role::administrator] == 1);
    CHECK(roles[Role::integrator] == 1);
    CHECK(shifts == std::set<std::string>{"day", "early", "late", "round_clock"});
    CHECK(unit_kinds == std::set<std::string>{"property", "operator", "utility", "sanitation", "greening"});
    CHECK(logins.count("d330106"));
    CHECK(logins.count("w330106012005001"));
    CHECK(logins.count("r330106012-1"));
}

TEST_CASE("the first code is a bicycle stand on 求是路, whose worker is 李敏") {
    const auto& d = district();
    const auto& first = d.codes.front();
    CHECK(first.serial == "330106-0001");
    CHECK(first.place.kind == "bicycle_stand");
    CHECK(first.place.name.find("求是路") == 0);
    CHECK(first.place.address.find("求是路") != std::string::npos);
    CHECK(first.place.grid_code == "330106012005001");
    const auto chain = chain_of(d, first.place.grid_code);
    CHECK(chain.worker->person.party.name == "李敏");
    CHECK(chain.worker->person.party.unit == "浙大求是社区");
}

TEST_CASE("three hundred codes stand inside their grids, the first sixty in all twelve streets") {
    const auto& d = district();
    REQUIRE(d.codes.size() == 300);
    std::map<std::string, const Grid*> grids;
    for (const auto& grid : d.grids) grids[grid.code] = &grid;
    std::set<std::string> names, kinds;
    std::map<std::string, int> in_front;
    for (std::size_t i = 0; i < d.codes.size(); ++i) {
        const auto& p = d.codes[i].place;
        INFO(p.name);
        CHECK(raw(p.code) == static_cast<std::int64_t>(i) + 1);
        CHECK(contains(grids.at(p.grid_code)->outline, {p.lon, p.lat}));
        CHECK(names.insert(p.name).second);
        CHECK(p.name.find('{') == std::string::npos);
        kinds.insert(p.kind);
        if (i < 60) ++in_front[p.grid_code.substr(0, 9)];
    }
    CHECK(kinds == std::set<std::string>{"bicycle_stand", "lamp_post", "gate", "shop", "park", "road_section",
                                         "community_square", "bus_stop", "market", "river", "toilet",
                                         "construction_site"});
    CHECK(in_front.size() == 12);
    for (const auto& [street, count] : in_front) CHECK(count >= 4);
}

TEST_CASE("every street has notices of its own in both languages") {
    const auto& d = district();
    std::map<std::string, int> of_street;
    for (const auto& notice : d.notices) {
        if (notice.scope.size() == 9) ++of_street[notice.scope];
        for (const auto& text : {notice.title_zh, notice.body_zh, notice.title_en, notice.body_en}) {
            CHECK_FALSE(text.empty());
            CHECK(text.find('{') == std::string::npos);
        }
        CHECK((notice.kind == "notice" || notice.kind == "service" || notice.kind == "care"));
    }
    CHECK(of_street.size() == 12);
    for (const auto& [street, count] : of_street) CHECK(count >= 2);
}

TEST_CASE("two calls give the same district") {
    const auto a = make_district(), b = make_district();
    REQUIRE(a.staff.size() == b.staff.size());
    for (std::size_t i = 0; i < a.staff.size(); ++i) {
        CHECK(a.staff[i].person.party == b.staff[i].person.party);
        CHECK(a.staff[i].login == b.staff[i].login);
        CHECK(a.staff[i].person.backup == b.staff[i].person.backup);
    }
    REQUIRE(a.codes.size() == b.codes.size());
    for (std::size_t i = 0; i < a.codes.size(); ++i) CHECK(a.codes[i].place == b.codes[i].place);
    CHECK(territory_geojson(a) == territory_geojson(b));
}
