// Who is there: staff with posts, scopes, skills, shifts and leave, as one immutable snapshot.
//
// Shifts are calendars of their own (a weekly pattern without holidays), so "on duty" and "next shift" are
// the same engine as working time. Built by schema/codec, read by assign and lifecycle; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dispatch/calendar.hpp"
#include "dispatch/case.hpp"

namespace mashang {

// Minutes of the wall's day, from and to; past midnight when `to` is the earlier one, none when they are
// equal.
struct QuietHours {
    int from = 0, to = 0;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

inline constexpr int quiet_minutes_max = 12 * 60;  // more than half a day would be leave
inline constexpr int messages_an_hour_min = 3, messages_an_hour_max = 60, messages_an_hour_usual = 20;

struct Person {
    Party party;
    std::vector<std::string> scope;   // division or grid prefixes, digits only
    std::vector<std::string> backup;  // grids he stands in for
    std::vector<std::string> skills;  // matter prefixes he may take; empty: all
    std::string unit_kind;            // of a unit: "property", "operator", "utility" …
    int capacity = 0;                 // most open cases at once; 0: no bound
    bool active = true;
    std::string shift;  // id of a shift calendar; "" is round the clock
    std::vector<Interval> leave;
    QuietHours quiet;                               // his own wish: of messages only (delivery.hpp)
    int messages_an_hour = messages_an_hour_usual;  // more are bundled
};

class Roster {
  public:
    Roster() = default;
    // Refuses (invalid, pointers "/people/3/shift") unknown shifts, duplicate ids, scopes and backups that
    // are not 6, 9, 12 or 15 digits, empty leaves, wishes of quiet that no day or no limit allows.
    // Zero-padded division codes are cut to their level.
    static Result<std::shared_ptr<const Roster>> build(
        int version, std::vector<Person> people,
        std::unordered_map<std::string, std::shared_ptr<const Calendar>> shifts);

    // The same roster with one of its people changed, but for his scopes; the same again where he is unknown.
    std::shared_ptr<const Roster> with(Person changed) const;

    int version() const { return version_; }
    const std::vector<Person>& people() const { return people_; }
    const Person* find(PersonId id) const;

    // Whose scope covers the grid, with that role, desks included, active ones only; in the order of id.
    std::vector<const Person*> covering(std::string_view grid_code, Role role) const;
    // The same with those who are inactive, for the trace.
    std::vector<const Person*> posted(std::string_view grid_code, Role role) const;
    std::vector<const Person*> backups(std::string_view grid_code) const;

    bool on_leave(const Person& p, Instant t) const;
    bool on_duty(const Person& p, Instant t) const;  // desks always
    // The first instant at or after t when he is on shift, leave or not; far_future if never.
    Instant next_shift(const Person& p, Instant t) const;
    // The first instant at or after t when he is on shift and not on leave; far_future if never.
    Instant next_duty(const Person& p, Instant t) const;

  private:
    int version_ = 0;
    std::vector<Person> people_;
    std::unordered_map<std::int64_t, std::size_t> by_id_;
    std::unordered_map<std::string, std::shared_ptr<const Calendar>> shifts_;
    // (role, prefix) -> people; a lookup tries the four prefix lengths of a grid code
    std::unordered_map<std::string, std::vector<std::size_t>> by_scope_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_backup_;
};

// Whether somebody may wish for that: minutes of a day, at most quiet_minutes_max of them.
bool valid(const QuietHours& quiet);

// True when one of the prefixes begins the grid (or division) code; an empty prefix covers nothing.
bool covers(const std::vector<std::string>& prefixes, std::string_view grid_code);

// District 6, street 9, community 12, grid 15: the level a role stands on, smaller is higher. A grid leader
// is 14, between his workers and the community, so that ranks compare; no code is 14 digits long.
int rung_of(Role role);

}  // namespace mashang
