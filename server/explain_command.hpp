// `mashang rules explain CASE`: why a case was dispatched as it was, and what would have made it another
// (T38).
//
// Reads only; blocks on the store; the command line only.
#pragma once

#include <filesystem>
#include <optional>

#include "dispatch/time.hpp"
#include "schema/texts.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct ExplainOptions {
    Config config;
    std::string number;
    schema::Language language = schema::Language::zh;
    bool json = false;  // what GET /cases/{number}/decision answers
};

// The same for a report that never was, as `mashang rules check` shows one beside each finding: which rule
// takes it and why those before do not; over a district also whom its chain would choose.
struct ExplainFactsOptions {
    std::optional<Config> district;  // none: only the rules of `rules`
    std::filesystem::path rules;     // "": those in force in the district
    std::string facts;               // JSON, or a file that holds it
    schema::Language language = schema::Language::zh;
    Instant now{};
};

// True when somebody would be chosen, or nobody was asked for. Errors: not_found, invalid, those of the
// store.
Result<bool> explain_facts_command(const ExplainFactsOptions& options);

// Prints it; true when the trace made anew is the recorded one. Errors: not_found, those of the store.
Result<bool> explain_command(const ExplainOptions& options);

}  // namespace mashang::server
