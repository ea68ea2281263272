// Cases at rest laid open again (schema/pack.hpp): so that nobody above the queries knows of packs. Private
// to schema/queries.
//
// A page of cases asks two questions more for all of its packs together, not two for each. What cannot be
// read stays as it is stored: no chain holds with it, and its decoding says so.
#pragma once

#include <vector>

#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

// Rows of the journal, each pack in the place of the rows that it stands for.
std::vector<JournalRow> laid_out(Tx&, int district, std::vector<JournalRow> stored);
// Rows of cases with their folded states, which those at rest leave to the journal.
std::vector<CaseRow> laid_open(Tx&, std::vector<CaseRow> stored);

// The texts of a case that is packed now, as a row that stands for them.
void pack_texts_of(Tx&, int district, CaseId id, const std::vector<TextRow>& texts);
// Takes the text out of the packs of its case, where it has any: its hash stands in the journal's from then
// on.
void unpack_text(Tx&, int district, CaseId id, std::int32_t number);

}  // namespace mashang::schema
