// Cases at rest, compressed. A case that nobody touches any more keeps its whole journal in one row of type
// "pack" and its folded state as packed text; both come back byte for byte (ADR 0017).
//
// Packed text is "z1:" and base64url of a zstd frame with the dictionary of that number, which travels in the
// binary (schema/defaults/pack-1.dict). A dictionary that has been used is never changed or left out again:
// a better one gets the next number. Texts that are not packed pass through unpacked() as they are.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/rows.hpp"

namespace mashang::schema {

std::string packed(std::string_view text);
// Nothing, where a packed text cannot be read: damaged, or of a dictionary that this program does not know.
std::optional<std::string> unpacked(std::string_view text);

inline constexpr std::string_view pack_type = "pack";

// The rows of one case from seq 1 on, without a gap, as one row: of the last one's seq, instant and hash.
JournalRow pack_journal(const std::vector<JournalRow>&);
// The rows that a pack stands for, their chain computed anew but for the last hash, which is the pack's own:
// so a changed byte breaks the chain as it would in rows that lie apart. A pack that cannot be read is given
// back as it is, and no chain holds with it.
std::vector<JournalRow> unpack_journal(JournalRow pack);

}  // namespace mashang::schema
