// How a message reaches a person (T29): when, and by itself or in a bundle with others.
//
// Of messages alone: what is recorded of a breach keeps its own instant, whoever sleeps. Pure; any thread.
#pragma once

#include <functional>

#include "dispatch/roster.hpp"

namespace mashang {

struct Delivery {
    Instant at{};          // never before it was said
    bool bundled = false;  // all that is bundled for one person and one instant is one message: "12 more"
    friend bool operator==(const Delivery&, const Delivery&) = default;
};

// The first instant at or after t that is in nobody's quiet hours; a bound of wall time as the calendar's
// zone has it on that day.
Instant quiet_until(const QuietHours& quiet, const Calendar& calendar, Instant t);

// When a message said at t may reach him: what is ordinary waits for the next instant when he is on duty and
// outside the quiet hours of his own; urgent cases and desks know no duty hours, and urgent cases no quiet
// either. Somebody who is never on duty again, or only in quiet hours, hears at once or on duty.
Instant hears_at(const Roster& roster, const Calendar& calendar, const Person& to, Priority priority,
                 Instant t);

// The clock hour that caps are counted by.
Instant hour_of(Instant t);

// At most `messages_an_hour` reach him in a clock hour: two of them may be bundles (of what is urgent and of
// what is not), the others come alone, first come first served; past those a message goes into the bundle
// after that hour. An emergency always comes alone and at once. `alone_in` tells how many come to him alone
// in the hour that begins then.
Delivery deliver(const Roster& roster, const Calendar& calendar, const Person& to, Priority priority,
                 Instant said, const std::function<int(Instant hour)>& alone_in);

}  // namespace mashang
