// `mashang rules explain CASE`: why a case was dispatched as it was, and what would have made it another
// (T38).
//
// Reads only; blocks on the store; the command line only.
#pragma once

#include "schema/texts.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct ExplainOptions {
    Config config;
    std::string number;
    schema::Language language = schema::Language::zh;
    bool json = false;  // what GET /cases/{number}/decision answers
};

// Prints it; true when the trace made anew is the recorded one. Errors: not_found, those of the store.
Result<bool> explain_command(const ExplainOptions& options);

}  // namespace mashang::server
