// shifts.json: who works when, as weekly patterns that know no holidays.
#include <algorithm>
#include <set>

#include "schema/codec/calendar_reader.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

constexpr LocalDay first_day{std::chrono::year{2019} / 1 / 1};
constexpr LocalDay last_day{std::chrono::year{2049} / 12 / 31};
const DayPattern whole_day{{0, 24 * 60}};

Shift read_shift(const Node& node, const std::vector<ZoneOffset>& zone, int version, Faults& faults) {
    Shift shift;
    if (!node.object({"id", "name", "name_en", "weekly", "round_clock"})) return shift;
    shift.id = node["id"].text();
    shift.name = node["name"].text();
    if (node["name_en"].there()) shift.name_en = node["name_en"].text(0);
    CalendarSpec spec;
    spec.id = shift.id;
    spec.version = version;
    spec.zone = zone;
    spec.first_day = first_day;
    spec.last_day = spec.horizon = last_day;
    if (node["round_clock"].there() && node["round_clock"].flag()) {
        if (node["weekly"].there()) node["weekly"].fault("error.either_or", {{"other", "round_clock"}});
        spec.weekly.fill(whole_day);
    } else {
        spec.weekly = codec::read_weekly(node["weekly"]);
    }
    const auto some = std::find_if(spec.weekly.begin(), spec.weekly.end(),
                                   [](const DayPattern& day) { return !day.empty(); });
    if (some == spec.weekly.end()) {
        node["weekly"].fault("error.calendar_no_working_time");
    } else {
        spec.working_day = whole_day;  // asked for by the calendar, used by none: no shift has make-up days
        if (!zone.empty()) shift.calendar = codec::build_calendar(std::move(spec), node.pointer(), faults);
    }
    return shift;
}

}  // namespace

std::unordered_map<std::string, std::shared_ptr<const Calendar>> Shifts::calendars() const {
    std::unordered_map<std::string, std::shared_ptr<const Calendar>> all;
    for (const Shift& shift : shifts) all.emplace(shift.id, shift.calendar);
    return all;
}

const Shift* Shifts::find(std::string_view id) const {
    const auto found =
        std::find_if(shifts.begin(), shifts.end(), [id](const Shift& shift) { return shift.id == id; });
    return found == shifts.end() ? nullptr : &*found;
}

Result<Shifts> read_shifts(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    Shifts read;
    const Node root{&*document, "", faults};
    if (root.object({"version", "zone", "shifts", "source"})) {
        read.version = codec::version_of(root, version);
        read.zone = root["zone"].text();
        const auto zone = codec::read_zone(root["zone"], first_day, last_day);
        std::set<std::string> ids;
        for (const Node& item : root["shifts"].items(200)) {
            read.shifts.push_back(read_shift(item, zone, read.version, faults));
            const std::string& id = read.shifts.back().id;
            if (!id.empty() && !ids.insert(id).second) item["id"].fault("error.duplicate", {{"value", id}});
        }
    }
    if (faults.any()) return faults.error();
    return read;
}

std::string write_shifts(const Shifts& shifts) {
    Json root{{"version", shifts.version}, {"zone", shifts.zone}, {"shifts", Json::array()}};
    for (const Shift& shift : shifts.shifts) {
        Json item{{"id", shift.id}, {"name", shift.name}, {"name_en", shift.name_en}};
        const auto& weekly = shift.calendar->spec().weekly;
        if (std::all_of(weekly.begin(), weekly.end(), [](const auto& day) { return day == whole_day; })) {
            item["round_clock"] = true;
        } else {
            item["weekly"] = codec::weekly_json(weekly);
        }
        root["shifts"].push_back(std::move(item));
    }
    return root.dump(2);
}

}  // namespace mashang
