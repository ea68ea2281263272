// The hash chain of a case's journal: any change of a row breaks it.
//
// hash = BLAKE2b-256(prev_hash || district || case || seq || type || version || at || actor || payload), each
// field with its length (8 bytes, least significant first) before it, numbers as 8 such bytes, the instant as
// its milliseconds; base64url. The first row's prev_hash is "". Any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

// Fills prev_hash and hash of the row.
void link(JournalRow& row, std::string_view prev_hash);
bool linked(const JournalRow& row, std::string_view prev_hash);

// The event as its case's journal keeps it, linked to the row before. `c` has been folded with it.
JournalRow journal_row(const Case& c, const Event& e, std::string_view prev_hash);

// How many rows the case's journal has, all of them linked from seq 1 on without a gap; internal
// "error.chain_broken" with args case and seq names the first row that is not.
Result<int> verify_chain(Tx&, int district, CaseId);

// Salted hash of a text as events carry it: BLAKE2b-256(salt || text), base64url.
std::string text_hash(std::string_view salt, std::string_view text);
inline constexpr std::size_t salt_bytes = 16;
std::string new_salt();  // so many random bytes, base64url

// Root over the heads of a minute, chained to the root before.
std::string seal_root(std::string_view prev_root, const std::vector<std::pair<CaseId, std::string>>& heads);

}  // namespace mashang::schema
