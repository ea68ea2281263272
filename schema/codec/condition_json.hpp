// A rule's condition as JSON. For schema/codec only.
#pragma once

#include "dispatch/rulebook.hpp"
#include "schema/codec/document_reader.hpp"

namespace mashang::codec {

// "always" or an object with exactly one known key; nesting up to the rulebook's own bound.
Condition read_condition(const Node& node, int depth = 1);
Json condition_json(const Condition& condition);

}  // namespace mashang::codec
