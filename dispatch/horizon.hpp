// Loading a year: what a newer calendar says of the days that an older one could only guess (T8).
//
// A case keeps the calendar that it was dispatched under (T17); only what lies beyond that calendar's horizon
// is taken from the newer one, and each due instant there is counted anew and put on record. Pure; any
// thread.
#pragma once

#include "dispatch/lifecycle.hpp"

namespace mashang {

// `older` up to its horizon, with its own weekly pattern, and the newer one's published days after it; null
// where the newer one publishes no more than the older.
std::shared_ptr<const Calendar> with_newer_years(const Calendar& older, const Calendar& newer);

// One calendar_extended event that counts anew each due instant which `was` had to mark provisional, on the
// clocks that have not ended, where `is` (the same with newer years) moves it or makes it certain; empty
// where there is none.
std::vector<Event> extend_calendar(const Case& c, Instant now, const Calendar& was, const Calendar& is);

// What such an event moves, for whoever decides on it.
struct DueMoved {
    Stage stage = Stage::sign_off;
    int attempt = 1;
    std::string step;
    Instant from{}, to{};
    bool provisional = false;  // it still lies beyond the horizon
    bool breached = false;     // missed before, which stays
    bool misses = false;       // the new due has passed already
    friend bool operator==(const DueMoved&, const DueMoved&) = default;
};
std::vector<DueMoved> dues_moved(const Case& before, const Event& event);

}  // namespace mashang
