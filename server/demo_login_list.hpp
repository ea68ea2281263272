// demo.json: where to scan and how to log in.
#pragma once

#include <string>

#include "server/config.hpp"
#include "server/demo/district.hpp"
#include "server/keys.hpp"

namespace mashang::server {

// {url, scan_links, logins: [{role, login, password, name}]}: the first link's own people come first.
std::string demo_login_list(const Config& config, const Keys& keys, const demo::District& district);

}  // namespace mashang::server
