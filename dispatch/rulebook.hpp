// The rulebook: typed conditions over a report, ordered rules, the first match wins, the default is
// mandatory.
//
// Total and free of side effects (T30-T32): a missing fact makes a condition `unknown`, which is told apart
// from `no` in the trace and never matches; an error sends the report to the default with an alarm. The trace
// is made by the same evaluation that decides, never by a second one (T38).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/keyword.hpp"

namespace mashang {

// What is known of a report when it is judged.
struct Facts {
    std::string matter;  // "" when nobody chose and no keyword decided
    std::string place_kind;
    std::string grid_code;
    ReporterKind reporter = ReporterKind::resident;
    Priority priority = Priority::ordinary;
    int local_minute = 0;  // since local midnight
    int weekday = 0;       // 0 = Monday
    bool working_time = false;
    std::vector<std::string> words;  // the rulebook's own words found in the text
    int joined_reports = 0;
    std::optional<int> distance_m;
    friend bool operator==(const Facts&, const Facts&) = default;
};

struct Condition;
struct MatterIs {
    std::vector<std::string> prefixes;
};  // "S33010609", "M", whole codes
struct PlaceKindIs {
    std::vector<std::string> kinds;
};
struct DivisionIs {
    std::vector<std::string> prefixes;
};  // of the grid code
struct ReporterIs {
    std::vector<ReporterKind> kinds;
};
struct PriorityIs {
    std::vector<Priority> priorities;
};
struct LocalTimeIn {
    int from_minute = 0, to_minute = 0;
};  // half-open, may wrap midnight
struct WeekdayIn {
    std::vector<int> days;
};
struct WorkingTimeIs {
    bool working = true;
};
struct HasWord {
    std::vector<std::string> any;
};
struct JoinedAtLeast {
    int n = 1;
};
struct DistanceAtLeast {
    int metres = 0;
};
struct All {
    std::vector<Condition> of;
};  // of nothing: true ("always")
struct Any {
    std::vector<Condition> of;
};
struct Not {
    std::vector<Condition> of;
};  // exactly one
struct Condition {
    std::variant<All, Any, Not, MatterIs, PlaceKindIs, DivisionIs, ReporterIs, PriorityIs, LocalTimeIn,
                 WeekdayIn, WorkingTimeIs, HasWord, JoinedAtLeast, DistanceAtLeast>
        is;
};

// Who is to own the case: the grid's worker, or the desk (or leader) of a level.
struct Action {
    Role owner = Role::worker;             // worker, leader, community, street, district
    std::optional<PersonId> person;        // a named person before anybody else
    std::vector<std::string> co_handlers;  // unit kinds to bring in, e.g. "property"
    std::optional<Priority> priority;
    std::string condition;  // filing condition, "" leaves it
    bool supervise = false;
};

struct Rule {
    int order = 0;
    std::string id, name, name_en;
    Condition when;
    Action then;
};

// `error`: a fact that cannot be (weekday 9). It outweighs every other verdict around it.
enum class Verdict { yes, no, unknown, error };

// Why a rule matched or not: the leaf that decided it.
struct RuleTried {
    const Rule* rule = nullptr;
    Verdict verdict = Verdict::no;
    std::string leaf;      // code of the deciding condition ("matter", "place_kind", …)
    std::string expected;  // its wanted value(s), joined by '|'
    std::string found;     // the report's value, "" when unknown
    bool negated = false;  // the leaf stood under an odd number of `not`
};

struct Ruling {
    const Rule* rule = nullptr;    // never null
    std::vector<RuleTried> tried;  // every rule up to and including the one that matched
    bool alarm = false;            // a rule met an error: the default was taken, somebody must look
};

class Rulebook {
  public:
    Rulebook() = default;
    // Refuses (invalid, pointers "/rules/3/order", "/rules/3/when/all/0/weekday"): duplicate order or id, no
    // default (a last rule that always matches), Not without exactly one operand, empty lists, values out of
    // range, an owner that is no rung, nesting over 16. Rules are kept in the order of `order`.
    static Result<std::shared_ptr<const Rulebook>> build(int version, std::vector<Rule> rules);

    int version() const { return version_; }
    const std::vector<Rule>& rules() const { return rules_; }
    Ruling judge(const Facts& facts) const;
    // The rulebook's words that occur in a text: facts keep these, never the text itself.
    std::vector<std::string> words_in(std::string_view text) const;
    const std::vector<std::string>& words() const { return words_; }

  private:
    int version_ = 0;
    std::vector<Rule> rules_;
    std::vector<std::string> words_;
    KeywordIndex word_index_;
};

// Everything that Rulebook::build refuses; empty when the rules are sound. For build and the checker.
std::vector<FieldError> rule_faults(const std::vector<Rule>& rules);

// The leaf verdict of one condition; exposed for the checker and its tests.
Verdict evaluate(const Condition& condition, const Facts& facts);

// Code and wanted values of a condition without operands, as RuleTried has them: {"weekday", "sat|sun"}.
std::pair<std::string, std::string> leaf_words(const Condition& leaf);

}  // namespace mashang
