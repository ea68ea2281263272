// An explained decision as a terminal shows it: the sentences of encode_decision's answer, line by line.
#pragma once

#include "server/api/codec/encode.hpp"

namespace mashang::server {

std::vector<std::string> decision_text(const std::string& decision, schema::Language language);

}  // namespace mashang::server
