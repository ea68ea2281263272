// What PostgreSQL needs beside SOCI: its address, what its refusals mean, the plain commands of a connection.
//
// Known to schema/*.cpp only; speaks libpq, so that BEGIN, COMMIT and LISTEN are seen as they are answered
// and not as SOCI sums them up. One thread a connection at a time. Every failure is a StoreFault without the
// values that a statement carried.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/session.hpp"

struct pg_conn;

namespace mashang::schema::postgres {

bool is_url(std::string_view url);  // postgresql:// or postgres://

// SQL for the channel of this database's notes: a schema's own.
inline constexpr std::string_view note_channel = "'mashang_' || md5(current_schema())";

// The address with every value percent-encoded and an application's name in it: SOCI takes an address apart
// at spaces and equals signs, and this is the form that survives it. Throws StoreFault where it is none.
std::string address(const std::string& url);

// As Session::Use wants it: UTF-8, synchronous commit, limits on waiting. Refuses a database that keeps text
// otherwise than in UTF-8.
void set_up(pg_conn* connection, Session::Use use);

// One statement without values; the first value of its first row, "" where there is none.
std::string execute(pg_conn* connection, const std::string& text);

// Tells the other servers when the transaction commits; its number, by which its fate can be asked.
std::string notify(pg_conn* connection, const std::vector<std::string>& payloads);

// COMMIT, and nothing less: a transaction that had already failed answers ROLLBACK to it, which is a fault.
void commit(pg_conn* connection);

bool is_lost(pg_conn* connection);
bool is_sound(pg_conn* connection);  // inside a transaction that has not failed

// A literal, quoted.
std::string quoted(pg_conn* connection, std::string_view text);

// `message` may hold values in its later lines (DETAIL), and in its first where the state begins with 22.
StoreFault fault_of(pg_conn* connection, std::string_view state, std::string_view message,
                    std::string_view where);

}  // namespace mashang::schema::postgres
