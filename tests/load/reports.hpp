// Nothing but reports, in open loop: from the instant at which one is due to its answer, which comes when an
// owner is durably assigned. And the reports themselves, for whoever sends them.
#pragma once

#include <string>
#include <vector>

#include "tests/load/open_loop.hpp"

namespace mashang::load {

// The body of the n-th report, and an Idempotency-Key that no other run has.
std::string report_body(const std::string& token, std::size_t n, const std::string& media = {});
std::string fresh_key(std::size_t n);
std::string report_request(const Target& to, const std::string& token, std::size_t n,
                           const std::string& media = {});

// One JSON object: the open loop's figures, and answers other than 201 by status.
std::string run_reports(const OpenLoop& loop, const std::vector<std::string>& tokens);

}  // namespace mashang::load
