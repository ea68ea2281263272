// Instants as the API writes them: RFC 3339 with milliseconds and the district's offset.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dispatch/calendar.hpp"

namespace mashang::server {

// "2026-11-23T14:05:00.000+08:00"
std::string format_instant(Instant at, std::chrono::seconds offset);
// Date, 'T' or blank, time with optional fraction, 'Z' or an offset; nullopt for anything else.
std::optional<Instant> parse_instant(std::string_view text);
// "2026-11-23" as a civil day.
std::optional<std::chrono::local_days> parse_day(std::string_view text);
// Either; a civil day of the calendar means its first instant.
std::optional<Instant> parse_day_or_instant(std::string_view text, const Calendar& calendar);
std::string format_day(std::chrono::local_days day);

}  // namespace mashang::server
