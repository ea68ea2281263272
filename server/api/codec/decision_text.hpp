// An explained decision as a terminal shows it: the sentences of encode_decision's answer, line by line.
#pragma once

#include "server/api/codec/encode.hpp"

namespace mashang::server {

// One rule that was tried: whether it matched, and why not.
std::string rule_text(const RuleTried& tried, schema::Language language);
std::vector<std::string> decision_text(const std::string& decision, schema::Language language);

}  // namespace mashang::server
