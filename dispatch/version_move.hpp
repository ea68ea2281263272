// Moving an open case to another version of the time standards or of the calendar (T17).
//
// A case is judged by the documents that were in force when it was dispatched, until somebody moves it. Then
// each clock that has not ended is counted anew from its original start (T16), its holds credited again; what
// was granted beyond that (an extension, the least time after a redo) stays granted, in the clock's own
// measure. A breach that happened stays (T14), the first due stays on record, and thresholds that were told
// are not told again (T22). The rule set decides at dispatch only: there is nothing of a case to be moved to
// another one. Pure; any thread.
#pragma once

#include "dispatch/horizon.hpp"

namespace mashang {

// What due instants are counted by.
struct CountedBy {
    const Calendar& calendar;
    const TimeStandards& standards;
};

// One versions_moved event, also where no due instant moves: what comes later is counted by the new
// documents. Empty for a case that is not open, or is under these versions already. `was` is what the case
// has been counted by so far, newer years included. What the event moves: dues_moved.
std::vector<Event> move_versions(const Case& c, const Party& by, Instant now, const CountedBy& was,
                                 const CountedBy& is, const Versions& to);

}  // namespace mashang
