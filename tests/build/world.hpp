// A small district in which tests play cases by commands, the way the service does.
//
// Hides the making of roster, standards, rulebook and calendar, and keeps the journal of every case. Tests
// only; one thread. `give` answers the case after the command and throws std::logic_error with the refusal's
// key when it was refused: a test that wants the refusal uses `tried`. Time stands still until `now` is set.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dispatch/clock.hpp"
#include "dispatch/lifecycle.hpp"

namespace mashang::build {

// Shanghai wall time in November 2026; the 23rd is a Monday, and no day of the month is a holiday.
Instant at(int day, int hour, int minute = 0, int second = 0);
// "23 14:05"; with seconds and milliseconds only where there are any; "none" for no instant. Other months
// come with their number, "12-01 10:00".
std::string wall(std::optional<Instant> t);

// The people of grid 330106009001003, and one each from elsewhere.
namespace staff {
inline constexpr PersonId worker{101}, second_worker{102}, third_worker{103}, fourth_worker{104},
    fifth_worker{105}, worker_elsewhere{151};
inline constexpr PersonId leader{201}, second_leader{202}, leader_elsewhere{251};
inline constexpr PersonId community_desk{301}, community_officer{302};
inline constexpr PersonId street_desk{401}, street_officer{402};
inline constexpr PersonId district_desk{501}, district_officer{502};
inline constexpr PersonId reviewer{601}, second_reviewer{602}, reviewer_elsewhere{651};
inline constexpr PersonId property{701}, power_company{702};
inline constexpr PersonId agent{801}, administrator{901}, integrator{951};
}  // namespace staff

// Matters with limits of their own; any other one has the ordinary standard.
namespace matter {
inline const std::string ordinary = "S33010609011";   // sign-off 30wm, response 2wh, closure 8wh, review 4wh
inline const std::string slow = "S33010605001";       // closure 24wh, else as ordinary
inline const std::string quick = "S33010605002";      // closure 4wh
inline const std::string stepped = "B33010601001";    // fence 3eh, mend 8eh, restore 5wd
inline const std::string petition = "M33010699001";   // statutory, 60d
inline const std::string pictured = "S33010605003";   // closing needs a photo
inline const std::string in_days = "S33010605004";    // closure 5wd
inline const std::string whole_way = "S33010605005";  // end-to-end 16wh beside the ordinary limits
}  // namespace matter

inline const std::string grid = "330106009001003";

class World {
  public:
    World();

    Policy policy() const;
    Instant now = at(23, 9);  // Monday, half an hour after opening

    Submission report() const;  // a resident's, ordinary, at a bicycle stand
    Case submitted() { return submitted(report()); }
    Case submitted(const Submission& report);
    Case submitted(const std::string& matter_code);

    Actor as(PersonId id) const;
    Actor owner(const Case& c) const;
    static Actor resident(int report = 1);
    static Actor system();

    // A command with everything its kind needs; `change` makes it say something else.
    using Change = std::function<void(Command&)>;
    Command command(const Case& c, CommandKind kind, const Actor& actor, const Change& change = {}) const;
    Result<std::vector<Event>> tried(const Case& c, const Command& command) const;
    Case give(const Case& c, const Command& command);
    Case give(const Case& c, CommandKind kind, const Actor& actor, const Change& change = {});
    Case by_owner(const Case& c, CommandKind kind, const Change& change = {});
    // The error's kind, or nothing when the command is allowed.
    std::optional<Errc> refusal(const Case& c, CommandKind kind, const Actor& actor,
                                const Change& change = {}) const;

    // One firing at `instant`, which becomes now: what the timer does when it looks only then.
    Case fired(const Case& c, Instant instant);
    // A timer that never sleeps: fires at each instant at which something falls due, up to `instant`.
    Case passed(const Case& c, Instant instant);
    Case keep(const Case& c, const std::vector<Event>& events);

    const std::vector<Event>& journal(const Case& c) const { return journals_.at(raw(c.id)); }
    const Event& last(const Case& c) const { return journal(c).back(); }
    std::vector<Passed> thresholds(const Case& c) const;  // all that were recorded, in order

    // So many open cases at a person's door already.
    void burden(PersonId id, int open);
    void burden_everybody_below_the_desks();
    void replace_person(const Person& person);
    void send_home(PersonId id);  // no longer active

    // Monday 09:00, signed off at 09:10, responded at 09:20.
    Case in_hand(const std::string& matter_code = matter::ordinary);
    // The ways to each status, by commands, half an hour after each other.
    Case signed_off();
    Case responded();
    Case in_review();
    Case closed();

    std::shared_ptr<const Calendar> calendar;
    std::shared_ptr<const TimeStandards> standards;
    std::shared_ptr<const Rulebook> rulebook;
    std::shared_ptr<const Roster> roster;

  private:
    std::map<std::int64_t, Load> loads_;
    std::map<std::int64_t, std::vector<Event>> journals_;
    std::int64_t cases_ = 0;
};

// Where a stage's clock stands when it is read at `now`.
ClockState state(const Case& c, Stage stage, Instant now);
// The latest clock of the stage, judged by `now`.
Clock clock_of(const Case& c, Stage stage, Instant now);
std::string due(const Case& c, Stage stage);  // wall time of the latest attempt's due
std::string breach(const Case& c, Stage stage, Instant now);
std::string code_word(Errc code);

}  // namespace mashang::build
