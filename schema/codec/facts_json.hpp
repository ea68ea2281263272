// What is known of a report when it is judged, as JSON: in decisions and as the checker's witnesses alike.
//
// {matter, place_kind, grid_code, reporter_kind, priority, local_minute, weekday, working_time, words,
// joined_reports, distance_m}; matter and place_kind "" and distance_m null where they are not known, weekday
// 0 is Monday. A witness that was printed is read back as the same facts.
#pragma once

#include "dispatch/rulebook.hpp"
#include "schema/codec/document_reader.hpp"

namespace mashang::codec {

Json facts_json(const Facts& facts);
// What is left out is not known, or 0, false or ordinary.
Facts read_facts(const Node& node);

}  // namespace mashang::codec
