// `mashang rules check`: what is wrong with a rule set, told on a terminal before anybody activates it (T39).
//
// Reads only; blocks for up to seconds; the command line only.
#pragma once

#include <filesystem>
#include <optional>

#include "dispatch/time.hpp"
#include "schema/texts.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct RulesCheckOptions {
    std::filesystem::path file;
    // The store whose district the rules are for; none: the default catalogue and calendar, and nobody's map
    // and people.
    std::optional<Config> district;
    schema::Language language = schema::Language::zh;
    bool json = false;  // one list (schema/codec/rule_findings.hpp) instead of sentences
    Instant now{};      // whose leave and shifts count
};

// Prints every finding to stdout: its severity, its place in the document, a sentence, and the report that
// shows it as JSON; faults of a document that does not read likewise. True when it may be activated. Errors:
// not_found when the file is not there, those of the store.
Result<bool> rules_check_command(const RulesCheckOptions& options);

}  // namespace mashang::server
