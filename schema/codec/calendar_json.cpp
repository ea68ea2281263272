// calendar.json: weekly hours, public holidays, make-up workdays, the district's own overrides.
#include "schema/codec/calendar_reader.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

constexpr LocalDay first_day_default{std::chrono::year{2019} / 1 / 1};
// Due instants may lie beyond the horizon, marked provisional; further than this nothing is promised.
constexpr std::chrono::days beyond_horizon{3 * 366};

LocalDay read_day(const Node& node) {
    const std::string said = node.text();
    if (said.empty()) return first_day_default;
    if (const auto day = codec::parse_day(said)) return *day;
    node.fault("error.day_notation", {{"text", said}});
    return first_day_default;
}

// "2026-02-14", or the same with its name.
LocalDay read_named_day(const Node& node) {
    if (node.is_text()) return read_day(node);
    if (!node.object({"date", "name", "name_en"})) return first_day_default;
    return read_day(node["date"]);
}

std::vector<LocalDay> read_days(const Node& node) {
    std::vector<LocalDay> days;
    if (!node.there()) return days;
    for (const Node& item : node.items()) days.push_back(read_named_day(item));
    return days;
}

CalendarSpec read_spec(const Node& root, std::optional<int> version) {
    CalendarSpec spec;
    if (!root.object({"id", "version", "name", "name_en", "zone", "first_day", "horizon", "weekly",
                      "working_day", "roll_over_weekends", "holidays", "make_up_days", "overrides",
                      "source"})) {
        return spec;
    }
    spec.id = root["id"].text();
    spec.version = codec::version_of(root, version);
    spec.first_day = root["first_day"].there() ? read_day(root["first_day"]) : first_day_default;
    spec.horizon = read_day(root["horizon"]);
    spec.last_day = spec.horizon + beyond_horizon;
    spec.zone = codec::read_zone(root["zone"], spec.first_day, spec.last_day);
    spec.weekly = codec::read_weekly(root["weekly"]);
    spec.working_day = codec::read_pattern(root["working_day"]);
    if (const Node flag = root["roll_over_weekends"]; flag.there()) spec.roll_over_weekends = flag.flag();
    spec.public_holidays = read_days(root["holidays"]);
    spec.make_up_days = read_days(root["make_up_days"]);
    if (const Node overrides = root["overrides"]; overrides.there()) {
        for (const Node& item : overrides.items()) {
            if (!item.object({"date", "name", "name_en", "intervals"})) continue;
            spec.overrides.emplace_back(read_day(item["date"]), codec::read_pattern(item["intervals"]));
        }
    }
    return spec;
}

}  // namespace

Result<std::shared_ptr<const Calendar>> read_calendar(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    CalendarSpec spec = read_spec({&*document, "", faults}, version);
    auto calendar = codec::build_calendar(std::move(spec), "", faults);
    if (faults.any()) return faults.error();
    return calendar;
}

std::string write_calendar(const Calendar& calendar, std::string_view zone) {
    const CalendarSpec& spec = calendar.spec();
    Json root{{"id", spec.id}, {"version", spec.version}, {"zone", zone}};
    root["first_day"] = codec::day_text(spec.first_day);
    root["horizon"] = codec::day_text(spec.horizon);
    root["weekly"] = codec::weekly_json(spec.weekly);
    root["working_day"] = codec::pattern_json(spec.working_day);
    root["roll_over_weekends"] = spec.roll_over_weekends;
    root["holidays"] = Json::array();
    for (const LocalDay day : spec.public_holidays) root["holidays"].push_back(codec::day_text(day));
    root["make_up_days"] = Json::array();
    for (const LocalDay day : spec.make_up_days) root["make_up_days"].push_back(codec::day_text(day));
    root["overrides"] = Json::array();
    for (const auto& [day, pattern] : spec.overrides) {
        root["overrides"].push_back(
            {{"date", codec::day_text(day)}, {"intervals", codec::pattern_json(pattern)}});
    }
    return root.dump(2);
}

}  // namespace mashang
