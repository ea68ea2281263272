#include "server/packing.hpp"

#include <limits>

#include "schema/chain.hpp"
#include "schema/codec/case_columns.hpp"
#include "schema/codec/case_json.hpp"
#include "schema/pack.hpp"
#include "schema/queries.hpp"
#include "server/casebook.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t round_looked_at_max = 2000, round_packed_max = 500;

bool pack_one(schema::Tx& tx, int district, CaseId id, Instant before) {
    const auto rows = schema::journal_of(tx, district, id, std::numeric_limits<int>::max());
    // A journal with a flaw stays as it is: packing must not hide where it lies.
    if (rows.empty() || rows.back().at >= before || !schema::verify_chain(tx, district, id)) return false;
    auto row = schema::case_by_id(tx, district, id);
    const auto folded = replayed(tx, district, id);
    // The journal alone tells the case from now on.
    if (!row || !folded || schema::encode_case(*folded) != row->state) return false;
    if (!row->counts) *row = schema::case_columns(*folded, row->next_timer);
    schema::pack_journal_of(tx, district, id);
    schema::pack_case(tx, *row);
    return true;
}

Result<bool> forget_all(schema::Store& store, Instant before) {
    while (true) {
        const auto forgotten = write_now<std::size_t>(store, [&](schema::Tx& tx) -> Result<std::size_t> {
            const auto district = schema::first_district(tx);
            if (!district) return make_error(Errc::unavailable, "error.no_district");
            return schema::forget_messages(tx, *district, before, round_looked_at_max);
        });
        if (!forgotten) return forgotten.error();
        if (*forgotten == 0) return true;
    }
}

}  // namespace

PackingRound pack_round(schema::Tx& tx, int district, CaseId after, Instant before, std::size_t looked_at_max,
                        std::size_t packed_max) {
    PackingRound round;
    round.last = after;
    const auto rows = schema::cases_at_rest(tx, district, after, before, looked_at_max);
    for (const auto& row : rows) {
        if (round.packed == packed_max) return round;
        round.last = row.id;
        if (row.is_open == 0 && row.mark != schema::state_in_journal)
            round.packed += pack_one(tx, district, row.id, before) ? 1 : 0;
    }
    round.end = rows.size() < looked_at_max;
    return round;
}

Result<std::size_t> pack_all(schema::Store& store, Instant before) {
    std::size_t all = 0;
    CaseId after{};
    while (true) {
        const auto round = write_now<PackingRound>(store, [&](schema::Tx& tx) -> Result<PackingRound> {
            const auto district = schema::first_district(tx);
            if (!district) return make_error(Errc::unavailable, "error.no_district");
            return pack_round(tx, *district, after, before, round_looked_at_max, round_packed_max);
        });
        if (!round) return round.error();
        all += round->packed;
        after = round->last;
        if (!round->end) continue;
        const auto forgotten = forget_all(store, before);
        if (!forgotten) return forgotten.error();
        return all;
    }
}

}  // namespace mashang::server
