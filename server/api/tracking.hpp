// A tracking link resolved to its case and report.
#pragma once

#include "server/app.hpp"
#include "server/casefile.hpp"

namespace mashang::server {

struct Tracked {
    CaseFile file;
    ReportId report{1};
};
// Errors: forbidden for a forged link, not_found.
asio::awaitable<Result<Tracked>> tracked(App& app, std::string token);

}  // namespace mashang::server
