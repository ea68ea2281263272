#include "schema/codec/calendar_reader.hpp"

#include <date/tz.h>

#include <algorithm>

namespace mashang::codec {
namespace {

// The spec's member names to the document's.
std::string document_pointer(std::string pointer) {
    const auto replace = [&pointer](std::string_view from, std::string_view to) {
        if (!pointer.starts_with(from)) return;
        const char next = pointer.size() > from.size() ? pointer[from.size()] : '/';
        if (next == '/') pointer.replace(0, from.size(), to);
    };
    for (std::size_t day = 0; day < weekdays.size(); ++day) {
        replace("/weekly/" + std::to_string(day), std::string("/weekly/") + weekdays[day]);
    }
    replace("/public_holidays", "/holidays");
    replace("/last_day", "/horizon");
    if (pointer.starts_with("/overrides/")) {
        if (const auto at = pointer.find("/pattern"); at != std::string::npos) {
            pointer.replace(at, std::string_view("/pattern").size(), "/intervals");
        }
    }
    return pointer;
}

}  // namespace

std::vector<ZoneOffset> read_zone(const Node& node, LocalDay first, LocalDay last) {
    const std::string name = node.text();
    if (name.empty()) return {};
    std::vector<ZoneOffset> offsets;
    try {
        const date::time_zone* zone = date::locate_zone(name);
        // Two days of margin: a civil day begins up to fourteen hours away from the UTC one.
        date::sys_seconds at{first.time_since_epoch() - std::chrono::days{2}};
        const date::sys_seconds end{last.time_since_epoch() + std::chrono::days{3}};
        while (at < end) {
            const date::sys_info info = zone->get_info(at);
            if (offsets.empty() || offsets.back().offset != info.offset) {
                offsets.push_back({Instant{at.time_since_epoch()}, info.offset});
            }
            if (info.end <= at) break;
            at = info.end;
        }
    } catch (const std::exception&) {  // the library says so of a name that it does not know
        node.fault("error.zone_unknown", {{"value", name}});
        return {};
    }
    return offsets;
}

DayPattern read_pattern(const Node& node) {
    DayPattern pattern;
    for (const Node& item : node.items(24)) {
        const std::string said = item.text();
        if (said.empty()) continue;
        const auto open =
            parse_minute(std::string_view(said).substr(0, std::min<std::size_t>(5, said.size())));
        const auto close = said.size() == 11 && said[5] == '-'
                               ? parse_minute(std::string_view(said).substr(6))
                               : std::optional<int>{};
        if (open && close) {
            pattern.push_back({*open, *close});
        } else {
            item.fault("error.interval_notation", {{"text", said}});
        }
    }
    return pattern;
}

std::array<DayPattern, 7> read_weekly(const Node& node) {
    std::array<DayPattern, 7> weekly;
    if (!node.object({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})) return weekly;
    for (std::size_t day = 0; day < weekdays.size(); ++day) {
        if (const Node pattern = node[weekdays[day]]; pattern.there()) weekly[day] = read_pattern(pattern);
    }
    return weekly;
}

Json pattern_json(const DayPattern& pattern) {
    Json list = Json::array();
    for (const auto& [open, close] : pattern) list.push_back(minute_text(open) + '-' + minute_text(close));
    return list;
}

Json weekly_json(const std::array<DayPattern, 7>& weekly) {
    Json days = Json::object();
    for (std::size_t day = 0; day < weekdays.size(); ++day) days[weekdays[day]] = pattern_json(weekly[day]);
    return days;
}

std::shared_ptr<const Calendar> build_calendar(CalendarSpec spec, const std::string& at, Faults& faults) {
    auto built = Calendar::build(std::move(spec));
    if (built.has_value()) return *built;
    Error refusal = built.error();
    for (FieldError& fault : refusal.fields) fault.pointer = at + document_pointer(fault.pointer);
    faults.add_beside(refusal);
    return nullptr;
}

}  // namespace mashang::codec
