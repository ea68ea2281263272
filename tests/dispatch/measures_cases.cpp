#include "measures_cases.hpp"

namespace mashang::test {

Clock clock_of(Stage stage, std::string_view start, std::string_view due, std::string_view stopped) {
    Clock k;
    k.stage = stage;
    k.start = shanghai(start);
    if (!due.empty()) k.due = k.original_due = shanghai(due);
    k.limit = Limit{Unit::working_hours, 8};
    if (stopped.empty()) return k;
    k.stopped = shanghai(stopped);
    if (k.due && *k.stopped > *k.due) k.breached_at = k.due;
    return k;
}

Case accepted(int id, std::string_view at, std::string_view closure_due) {
    Case c;
    c.id = CaseId{id};
    c.status = Status::dispatched;
    c.accepted_at = c.dispatched_at = shanghai(at);
    c.place.grid_code = "330106009001001";
    c.matter = "S33010609011";
    c.owner.id = PersonId{7};
    c.owner.name = "owner";
    c.reports.push_back({ReportId{1}, {}, {}, {}, {}, {}});
    c.clocks.push_back(clock_of(Stage::closure, at, closure_due));
    return c;
}

Case& close_at(Case& c, std::string_view at) {
    c.status = Status::closed;
    c.submitted_at = c.closed_at = shanghai(at);
    auto& k = c.clocks.front();
    k.stopped = c.closed_at;
    if (*k.stopped > *k.due) k.breached_at = k.due;
    return c;
}

Case& rate(Case& c, int score, int report) {
    for (auto& r : c.reports)
        if (r.id == ReportId{report}) r.score = score;
    return c;
}

}  // namespace mashang::test
