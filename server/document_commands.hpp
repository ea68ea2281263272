// `mashang rules activate` and `mashang calendar check`: documents from a shell, by the rules of the API
// (server/documents.hpp).
//
// Blocks on the store; the command line only. While a server holds the folder nothing is activated: it would
// go on deciding by the version before.
#pragma once

#include <filesystem>

#include "dispatch/time.hpp"
#include "schema/texts.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct RulesActivateOptions {
    Config config;
    std::string what;  // a version's number, or a file that is kept as a new version first
    schema::Language language = schema::Language::zh;
    Instant now{};
};

// Prints every finding and what was put in force; false when errors keep it from being put in force. Errors:
// unavailable while a server runs, not_found, those of the store; a draft's faults are printed.
Result<bool> rules_activate_command(const RulesActivateOptions& options);

// Prints what is wrong with a calendar document; true when nothing is.
Result<bool> calendar_check_command(const std::filesystem::path& file, schema::Language language);

}  // namespace mashang::server
