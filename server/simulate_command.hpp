// `mashang rules simulate`: last month under a draft, told to a person on a terminal (T40).
#pragma once

#include <string>

#include "dispatch/time.hpp"
#include "schema/texts.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct SimulateOptions {
    std::string from, to;                            // civil days of the district, [from, to); or instants
    std::string rules, standards, calendar, shifts;  // documents; "" is the one in force
    schema::Language language = schema::Language::zh;
    bool json = false;
    std::size_t samples = 20;
};

// Prints the diff to stdout and progress to stderr. Reads the store only. Errors: of the documents, with
// their pointers; of simulate_history.
Result<void> simulate_command(const Config& config, const SimulateOptions& options, Instant now);

}  // namespace mashang::server
