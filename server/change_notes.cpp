#include "server/change_notes.hpp"

#include <sstream>

#include "schema/queries.hpp"

namespace mashang::server {

void note_case(schema::Tx& tx, CaseId id, int seq_before, int seq) {
    std::ostringstream text;
    text << case_word << ' ' << raw(id) << ' ' << seq_before << ' ' << seq;
    schema::note(tx, text.str());
}

void note_log_out(schema::Tx& tx, const std::string& session_hash) {
    schema::note(tx, std::string(log_out_word) + " " + session_hash);
}

}  // namespace mashang::server
