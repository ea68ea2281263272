// From the folded case to the columns that are searched and measured: a pure projection, any thread.
#pragma once

#include <optional>

#include "schema/rows.hpp"

namespace mashang::schema {

// `next_timer` needs the thresholds, which only dispatch knows: the caller passes the clock's answer.
// `state` is encode_case(c). Flags and late are bits as CaseRow says.
CaseRow case_columns(const Case& c, std::optional<Instant> next_timer = std::nullopt);

// The small numbers of what a case counts as, eight bits each; none when one of them needs more.
std::optional<std::int64_t> pack_counts(const Counted& c);
void unpack_counts(std::int64_t packed, Counted& c);

int flag_bits(const Flags& flags);
Flags flags_of_bits(int bits);

}  // namespace mashang::schema
