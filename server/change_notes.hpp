// What one server tells the others of a change: a short note, written by whoever changes something, inside
// his transaction; other_servers reads them. On SQLite nothing is ever heard.
#pragma once

#include <string>

#include "dispatch/case.hpp"
#include "schema/store.hpp"

namespace mashang::server {

// First words of the notes; schema/queries writes "data" itself when a document or an account changes.
inline constexpr const char* case_word = "case";
inline constexpr const char* log_out_word = "out";
inline constexpr const char* data_word = "data";

void note_case(schema::Tx& tx, CaseId id, int seq_before, int seq);
void note_log_out(schema::Tx& tx, const std::string& session_hash);

}  // namespace mashang::server
