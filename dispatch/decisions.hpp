// Private to the lifecycle: what every decision starts from. Included by decide_*.cpp, lifecycle.cpp,
// second_life.cpp, horizon.cpp and version_move.cpp only.
#pragma once

#include "dispatch/clock.hpp"
#include "dispatch/lifecycle.hpp"

namespace mashang {

struct Deciding {
    const Case& c;
    const Command& command;
    Instant at;  // max(now, the case's last instant)
    const Policy& policy;
    const Standard& standard;

    Event event(EventType type) const;  // with instant, actor, text and media of the command
    Error refused() const;              // 422: the table forbids it
};

using Decided = Result<std::vector<Event>>;

// routing
Decided decide_assign(const Deciding&);
Decided decide_return(const Deciding&);
Decided decide_return_ruling(const Deciding&);
Decided decide_transfer(const Deciding&);
Decided decide_adjudicate(const Deciding&);
Decided decide_add_co_handler(const Deciding&);
Decided decide_finish_part(const Deciding&);
Decided decide_waive_part(const Deciding&);
// handling
Decided decide_sign_off(const Deciding&);
Decided decide_respond(const Deciding&);
Decided decide_finish_step(const Deciding&);
Decided decide_close(const Deciding&);
Decided decide_review(const Deciding&);
Decided decide_rate(const Deciding&);
Decided decide_reopen(const Deciding&);
Decided decide_reject(const Deciding&);
Decided decide_withdraw(const Deciding&);
Decided decide_merge(const Deciding&);
Decided decide_split(const Deciding&);
Decided decide_supervise(const Deciding&);
Decided decide_answer(const Deciding&);
Decided decide_remark(const Deciding&);  // note, call-back, supplement
// time
Decided decide_pause(const Deciding&);
Decided decide_pause_ruling(const Deciding&);
Decided decide_resume(const Deciding&);
Decided decide_request_extension(const Deciding&);
Decided decide_extension_ruling(const Deciding&);
Decided decide_reclassify(const Deciding&);

// Effects that several decisions share.
ClockEffect effect_on(const Clock& clock, ClockAct act);
void cancel_running(const std::vector<Clock>& clocks, std::vector<ClockEffect>& effects,
                    std::initializer_list<Stage> stages);
void cancel_all(const std::vector<Clock>& clocks, std::vector<ClockEffect>& effects);
void start_sign_off(const Deciding& d, const Party& owner, Instant clock_start, Event& event);
// The new owner whom the engine chose, also where a desk only holds it until somebody is free (T36).
void given_to(const Choice& choice, Event& event);
void release_pause(const Deciding& d, Event& event);
// What a standard gives the clock; none for what has a limit of its own or, of end-to-end, none at all.
std::optional<Limit> limit_under(const Clock& clock, const Standard& standard);
// When the pause of now ends unless somebody ends it before; and the event that says it has.
std::optional<Instant> pause_end(const Case& c);
Event pause_ended(const Case& c, Instant at, const Policy& policy);
ClockEffect start_effect(Stage stage, int attempt, std::string step, Instant start, Limit limit,
                         const Calendar& calendar, const std::string& standard);
int next_attempt(const std::vector<Clock>& clocks, Stage stage);
Event co_handler_event(const Case& c, const Party& unit, int number, Instant at, Limit limit,
                       const Policy& policy, const std::string& standard);
// 0 unit, 1 worker, 2 leader, 3 community, 4 street, 5 district; -1 for who stands outside the ladder.
int rank_of(Role role);
bool is_reviewer_of(const Case& c, const Actor& actor);

}  // namespace mashang
