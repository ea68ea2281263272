// The photos that a report row names.
#pragma once

#include <string>
#include <vector>

#include "server/casefile.hpp"

namespace mashang::server {

// From the row's `extra` JSON; empty when there are none.
std::vector<std::string> media_of_report(const std::string& extra);

// What one reporter sent, with the report and later; also where the report came by a merge or a split.
std::vector<std::string> own_media(const CaseFile& file, ReportId report);

}  // namespace mashang::server
