#include "server/demo_login_list.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "qr/symbol.hpp"
#include "server/demo_store.hpp"

namespace mashang::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t links = 60;  // these go round all streets

class Logins {
  public:
    void add(const demo::Staff* staff) {
        if (!staff || !seen_.insert(staff->login).second) return;
        list_.push_back(Json{{"role", to_string(staff->person.party.role)},
                             {"login", staff->login},
                             {"password", demo_password},
                             {"name", staff->person.party.name},
                             {"unit", staff->person.party.unit},
                             {"scope", staff->person.scope},
                             {"desk", staff->person.party.desk}});
    }
    Json take() { return std::move(list_); }

  private:
    std::set<std::string> seen_;
    Json list_ = Json::array();
};

void add_chain(Logins& logins, const demo::District& district, const std::string& grid) {
    const demo::Chain chain = demo::chain_of(district, grid);
    for (const auto* staff :
         {chain.worker, chain.leader, chain.reviewer, chain.district_officer, chain.community_desk,
          chain.street_officer, chain.street_desk, chain.district_desk})
        logins.add(staff);
}

}  // namespace

std::string demo_login_list(const Config& config, const Keys& keys, const demo::District& district) {
    Json scan_links = Json::array();
    Logins logins;
    for (std::size_t i = 0; i < district.codes.size() && i < links; ++i) {
        const auto id = static_cast<std::uint64_t>(raw(district.codes[i].place.code));
        const auto token = qr::make_place_token(keys.tokens, std::stoi(district.code), id);
        scan_links.push_back(config.url() + "/c/" + token);
    }
    add_chain(logins, district, district.codes.front().place.grid_code);
    // The units that assist there, every reviewer and officer of its street, and those who configure.
    for (const auto& s : district.staff) {
        const Role role = s.person.party.role;
        const bool here = covers(s.person.scope, district.codes.front().place.grid_code);
        const bool wanted = role == Role::unit || role == Role::reviewer || role == Role::street;
        if ((here && wanted) || role == Role::administrator) logins.add(&s);
    }
    for (std::size_t i = 1; i < district.codes.size() && i < links; ++i)
        add_chain(logins, district, district.codes[i].place.grid_code);
    return Json{{"url", config.url()}, {"scan_links", std::move(scan_links)}, {"logins", logins.take()}}.dump(
               1) +
           "\n";
}

}  // namespace mashang::server
