#include "schema/codec/case_columns.hpp"

#include "dispatch/lifecycle.hpp"
#include "schema/codec/case_json.hpp"

namespace mashang::schema {
namespace {

// In the order of the bytes, the lowest first.
template <class C, class Visit>
void each_small_count(C& c, Visit visit) {
    visit(c.filed);
    visit(c.sign_off.n);
    visit(c.sign_off.of);
    visit(c.response.n);
    visit(c.response.of);
    visit(c.rated.n);
    visit(c.rated.of);
}
constexpr int count_bits = 8;
constexpr std::int64_t count_max = (1 << count_bits) - 1;

}  // namespace

std::optional<std::int64_t> pack_counts(const Counted& c) {
    std::int64_t packed = 0;
    int shift = 0;
    bool fits = true;
    each_small_count(c, [&](const auto& number) {
        fits = fits && number >= 0 && number <= count_max;
        packed |= static_cast<std::int64_t>(number) << shift;
        shift += count_bits;
    });
    return fits ? std::optional(packed) : std::nullopt;
}

void unpack_counts(std::int64_t packed, Counted& c) {
    each_small_count(c, [&](auto& number) {
        number = static_cast<std::remove_reference_t<decltype(number)>>(packed & count_max);
        packed >>= count_bits;
    });
}

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
    const Counted count = count_of(c, c.last_at);
    row.counts = pack_counts(count);
    row.late_at = count.late_at;
    row.counts_until = counts_until(c);
    row.state = encode_case(c);
    return row;
}

}  // namespace mashang::schema
