// The configuration documents: JSON text to what dispatch judges by, and back.
//
// Hides the JSON library and the zone database. Called by the server's administration, the importer and the
// tests; any thread. A text is taken whole or refused whole: `invalid` with every fault found (at most 100),
// each at its JSON pointer. Unknown and repeated keys are faults, an unknown one with the nearest known key
// in its arguments; broken JSON is one fault "error.json_syntax" with line and column. Limits: 16 MiB,
// nesting 40.
//
// `version` overrides the document's own number, for the store numbers what is uploaded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dispatch/calendar.hpp"
#include "dispatch/catalogue.hpp"
#include "dispatch/rulebook.hpp"
#include "dispatch/territory.hpp"
#include "dispatch/time_standard.hpp"

namespace mashang {

// {id, version, zone, first_day?, horizon, weekly, working_day, roll_over_weekends?, holidays, make_up_days,
// overrides}. The zone is an IANA name; the index reaches from first_day (2019-01-01 unless said) to three
// years past the horizon.
Result<std::shared_ptr<const Calendar>> read_calendar(std::string_view json, std::optional<int> version = {});

// {version, matters: [{code, kind, name, class, keywords, questions, place_kinds, priority, conditions, …}]}
Result<std::shared_ptr<const Catalogue>> read_catalogue(std::string_view json,
                                                        std::optional<int> version = {});

// {version, standards: [{matter, condition?, priority?, sign_off, …, closure | steps}]}. What an entry leaves
// out it takes from the "*" entry of its priority, else from the "*" entry for any.
Result<std::shared_ptr<const TimeStandards>> read_standards(std::string_view json,
                                                            std::optional<int> version = {});

// {version, rules: [{order, id, name, when, then}]}; `when` is "always" or an object with exactly one of all,
// any, not, matter, class, place_kind, division, reporter_kind, priority, local_time, weekday, working_time,
// words, joined_reports, distance_m.
Result<std::shared_ptr<const Rulebook>> read_rules(std::string_view json, std::optional<int> version = {});

// The facts of a report as JSON on one line, and back; what is said in facts_json.hpp holds.
Result<Facts> read_facts(std::string_view json);
std::string write_facts(const Facts& facts);

// The same as the text gives them, in its order: for findings that point into it.
struct RuleList {
    int version = 1;
    std::vector<Rule> rules;
};
Result<RuleList> read_rule_list(std::string_view json, std::optional<int> version = {});
// What can be read of a text that is refused, for looking further: faults are answered by read_rule_list.
std::vector<Rule> rules_as_far_as_read(std::string_view json);
struct StandardList {
    int version = 1;
    std::vector<Standard> standards;
};
Result<StandardList> read_standard_list(std::string_view json, std::optional<int> version = {});
std::vector<Standard> standards_as_far_as_read(std::string_view json);

// GeoJSON (RFC 7946) FeatureCollection; properties {level: district|street|community|grid, code, name,
// made_up}; a grid has a Polygon of one ring, a division one or null.
Result<std::shared_ptr<const Territory>> read_territory(std::string_view json,
                                                        std::optional<int> version = {});

// Duty shifts: weekly patterns without holidays, each a calendar for Roster::build.
struct Shift {
    std::string id, name, name_en;
    std::shared_ptr<const Calendar> calendar;  // never null
};
struct Shifts {
    int version = 1;
    std::string zone;
    std::vector<Shift> shifts;
    // By id: what Roster::build takes.
    std::unordered_map<std::string, std::shared_ptr<const Calendar>> calendars() const;
    const Shift* find(std::string_view id) const;
};

// {version, zone, shifts: [{id, name, name_en?, weekly | round_clock: true}]}; 2019 to 2049.
Result<Shifts> read_shifts(std::string_view json, std::optional<int> version = {});

// The inverse, pretty-printed: reading what was written gives the same again. Names of holidays, sources of
// whole documents and, for a calendar, the zone's name are not kept by dispatch: the zone is given again.
std::string write_calendar(const Calendar& calendar, std::string_view zone);
std::string write_catalogue(const Catalogue& catalogue);
std::string write_standards(const TimeStandards& standards);
std::string write_rules(const Rulebook& rules);
std::string write_territory(const Territory& territory);
std::string write_shifts(const Shifts& shifts);

}  // namespace mashang
