// Events and cases as JSON text: journal payloads, and the folded state inside the case row.
//
// Only members that are set are written, keys are short, the order is fixed: the same value gives the same
// bytes, because payload bytes are hashed as written. Old event versions are raised here when read.
#pragma once

#include <string>
#include <string_view>

#include "dispatch/case.hpp"
#include "schema/rows.hpp"

namespace mashang::schema {

// Payload without type, version and instant, which are columns of their own (the actor is inside).
std::string encode_event(const Event& event);
Result<Event> decode_event(const JournalRow& row);

std::string encode_case(const Case& c);
Result<Case> decode_case(std::string_view state);

// "staff:12", "resident:1", "system": the journal's actor column.
std::string actor_word(const Event& event);

}  // namespace mashang::schema
