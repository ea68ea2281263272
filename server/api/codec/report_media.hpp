// The photos that a report row names.
#pragma once

#include <string>
#include <vector>

namespace mashang::server {

// From the row's `extra` JSON; empty when there are none.
std::vector<std::string> media_of_report(const std::string& extra);

}  // namespace mashang::server
