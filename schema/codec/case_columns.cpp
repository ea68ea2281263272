#include "schema/codec/case_columns.hpp"

#include "dispatch/lifecycle.hpp"
#include "schema/codec/case_json.hpp"

namespace mashang::schema {
int flag_bits(const Flags& flags) {
    return (flags.returning ? 1 : 0) | (flags.adjudicating ? 2 : 0) | (flags.paused ? 4 : 0) |
           (flags.supervised ? 8 : 0) | (flags.provisional ? 16 : 0);
}

Flags flags_of_bits(int bits) {
    return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
}

CaseRow case_columns(const Case& c, std::optional<Instant> next_timer) {
    CaseRow row;
    row.district = c.district;
    row.id = c.id;
    row.day = c.day;
    row.serial = c.serial;
    row.status = c.status;
    row.flags = flag_bits(c.flags);
    row.priority = c.priority;
    row.code = c.place.code;
    row.grid_code = c.place.grid_code;
    row.matter = c.matter;
    row.owner = c.owner.id;
    row.revision = c.revision;
    row.reports = static_cast<int>(c.reports.size());
    row.accepted_at = c.accepted_at;
    row.dispatched_at = c.dispatched_at;
    row.signed_off_at = c.signed_off_at;
    row.responded_at = c.responded_at;
    row.submitted_at = c.submitted_at;
    row.closed_at = c.closed_at;
    row.next_due = next_due(c);
    row.next_timer = next_timer;
    for (const auto& clock : c.clocks) {
        if (clock.breached_at) row.late |= 1 << static_cast<int>(clock.stage);
    }
    row.redos = c.redos;
    if (!c.reports.empty()) row.score = c.reports.front().score.value_or(0);
    row.state = encode_case(c);
    return row;
}

}  // namespace mashang::schema
