// Time standards: how long each stage may take, by matter, filing condition and priority.
//
// The most specific entry wins: exact matter before class before kind before "*", then condition, then
// priority. Immutable and versioned; a case keeps the version it was dispatched under (T17).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/case.hpp"

namespace mashang {

struct ClosureStep {
    std::string id;  // "fence", "mend", "restore"; "" for a closure without steps
    Limit limit;
};

struct Standard {
    std::string id;            // "S33010609@3" unique in its version
    std::string matter = "*";  // "*", kind letter "S", or a prefix of a matter code ("S33010609", whole code)
    std::string condition = "*";
    std::optional<Priority> priority;  // none: any
    Limit sign_off, response, review;
    std::vector<ClosureStep> closure;  // in order; the last one is the whole closure
    std::optional<Limit> end_to_end;
    Limit supervision{Unit::working_hours, 4}, part{Unit::working_hours, 4};
    Limit reopen{Unit::working_days, 1};
    int redo_min_percent = 20;  // of the closure limit, at least that much after a redo
    int warn_percent[2] = {50, 80};
    Limit pause_max{Unit::working_days, 5};
    Limit extension_max{Unit::working_days, 5};
    int extensions_max = 2;
    bool evidence = false;   // closing needs a photo
    bool statutory = false;  // never pauses
    std::string source;      // where the limits come from, or "ours"
};

class TimeStandards {
  public:
    TimeStandards() = default;
    // Refuses (invalid, pointers "/standards/2/closure"): no entry for "*", duplicate keys, no closure step.
    static Result<std::shared_ptr<const TimeStandards>> build(int version, std::vector<Standard> entries);

    int version() const { return version_; }
    // Total: the "*" entry answers when nothing else does.
    const Standard& find(std::string_view matter, std::string_view condition, Priority priority) const;
    const std::vector<Standard>& entries() const { return entries_; }

  private:
    int version_ = 0;
    std::vector<Standard> entries_;  // most specific first
};

}  // namespace mashang
