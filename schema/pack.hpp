// Cases at rest, compressed. A case that nobody touches any more keeps its whole journal in one row of type
// "pack", what was said in it in one row of its texts, and no folded state, which its journal tells; all of
// it comes back byte for byte (ADR 0017, ADR 0021).
//
// Packed text is "z2:", then a zstd frame without its magic number, with the dictionary of that number, which
// travels in the binary (schema/defaults/pack-2.dict), seven bits a character. "z1:" was base64url and
// another dictionary; both are read, "z2:" is written. A dictionary that has been used is never changed or
// left out again: a better one gets the next number. Texts that are not packed pass through unpacked() as
// they are. Any thread.
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
// In the place of a folded state that is told by the journal.
inline constexpr std::string_view state_in_journal = "zj";
// Of the row that stands for the texts of a case at rest; those of a case begin with 1.
inline constexpr std::int32_t packed_texts_number = 0;

// The rows of one case from seq 1 on, without a gap, as one row: of the last one's seq, instant and hash. The
// hashes of the case's packed texts are left out: they are computed from the texts.
JournalRow pack_journal(const std::vector<JournalRow>& rows, const std::vector<TextRow>& texts = {});
// The rows that a pack stands for, their chain computed anew but for the last hash, which is the pack's own:
// so a changed byte breaks the chain as it would in rows that lie apart. A pack that cannot be read, or not
// without a text that is missing, is given back as it is, and no chain holds with it.
std::vector<JournalRow> unpack_journal(JournalRow pack, const std::vector<TextRow>& texts = {});

// The texts of one case as one row; none where a salt is not one of ours.
std::optional<TextRow> pack_texts(const std::vector<TextRow>& texts);
// None of a row that cannot be read.
std::vector<TextRow> unpack_texts(const TextRow& packed_row);

// Bytes as text that every database keeps, seven bits a character; none of what this never wrote.
std::string to_seven_bits(std::string_view bytes);
std::optional<std::string> from_seven_bits(std::string_view text);

}  // namespace mashang::schema
