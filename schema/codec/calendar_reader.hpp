// What calendars and shifts share: zones, weekly patterns, and faults of Calendar::build told at the
// document's own pointers. For schema/codec only.
#pragma once

#include "dispatch/calendar.hpp"
#include "schema/codec/document_reader.hpp"

namespace mashang::codec {

// Offsets of an IANA zone over [first, last]; empty (and a fault at the node) where there is no such zone.
std::vector<ZoneOffset> read_zone(const Node& zone, LocalDay first, LocalDay last);

DayPattern read_pattern(const Node& node);                // ["08:30-12:00", "14:00-17:30"]
std::array<DayPattern, 7> read_weekly(const Node& node);  // {"mon": […], …}; a day left out is a rest day
Json pattern_json(const DayPattern& pattern);
Json weekly_json(const std::array<DayPattern, 7>& weekly);

// Builds, or adds the faults below `at`.
std::shared_ptr<const Calendar> build_calendar(CalendarSpec spec, const std::string& at, Faults& faults);

}  // namespace mashang::codec
