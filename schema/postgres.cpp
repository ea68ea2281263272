#include "schema/postgres.hpp"

#include <libpq-fe.h>

#include <array>
#include <memory>

namespace mashang::schema::postgres {
namespace {

constexpr std::size_t where_shown_max = 100;

using Cause = StoreFault::Cause;

struct Options {
    PQconninfoOption* all;
    ~Options() { PQconninfoFree(all); }
};

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char ch : text) {
        const bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                           ch == '-' || ch == '.' || ch == '_' || ch == '~';
        if (plain) {
            out += static_cast<char>(ch);
        } else {
            out.append("%").append(1, digits[ch >> 4]).append(1, digits[ch & 0xf]);
        }
    }
    return out;
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
Cause cause_of(std::string_view state) {
    // Serialization failure, deadlock, a lock not had in time: another transaction was in the way.
    for (const std::string_view race : {"40001", "40P01", "55P03"})
        if (state == race) return Cause::race;
    if (state == "23505") return Cause::duplicate;
    // The server shuts down, or cut this session off: nothing was committed, another connection may do.
    for (const std::string_view lost : {"57P01", "57P02", "57P03", "57P05", "25P03"})
        if (state == lost) return Cause::lost;
    return state.starts_with("08") ? Cause::lost : Cause::own;
}

// Disk full, out of memory, too many connections, I/O errors, broken pages, a standby that cannot be written.
bool is_machine_trouble(std::string_view state) {
    for (const std::string_view kind : {"53", "58", "XX001", "XX002", "28", "3D", "F0"})
        if (state.starts_with(kind)) return true;
    return false;
}

}  // namespace

bool is_url(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

std::string address(const std::string& url) {
    char* problem = nullptr;
    const Options options{PQconninfoParse(url.c_str(), &problem)};
    PQfreemem(problem);  // may show the password: not told
    if (!options.all) throw StoreFault(Errc::invalid, "not an address of PostgreSQL");
    std::string out = "postgresql://?application_name=mashang";
    const auto add = [&](std::string_view name, std::string_view value) {
        out.append("&").append(name).append("=").append(percent_encoded(value));
    };
    bool patience = false;
    for (const auto* o = options.all; o->keyword; ++o) {
        if (!o->val) continue;
        add(o->keyword, o->val);
        patience = patience || std::string_view(o->keyword) == "connect_timeout";
    }
    if (!patience) add("connect_timeout", "5");
    return out;
}

void set_up(pg_conn* connection, Session::Use use) {
    if (execute(connection, "show server_encoding") != "UTF8")
        throw StoreFault(Errc::unavailable, "the database does not keep text in UTF-8");
    PQsetErrorVerbosity(connection, PQERRORS_TERSE);
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);  // faults are told where they are met
    execute(connection,
            "set client_encoding = 'UTF8'; set client_min_messages = warning; set jit = off;"
            "set extra_float_digits = 1; set standard_conforming_strings = on;"
            "set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '60s'");
    if (use != Session::Use::write) return;
    // A writer asks the same few things by key all day: a plan made once serves, where one made anew for each
    // run's values (as PostgreSQL does when it guesses that to be cheaper) costs more than the run.
    execute(connection, "set plan_cache_mode = force_generic_plan");
    // A stronger promise than ours stays (remote_apply waits for the replicas too), a weaker one does not.
    execute(connection,
            "select set_config('synchronous_commit', case current_setting('synchronous_commit')"
            " when 'remote_apply' then 'remote_apply' else 'on' end, false)");
}

std::string execute(pg_conn* connection, const std::string& text) {
    const Result result(PQexec(connection, text.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        throw fault_of(connection, state ? state : "", PQerrorMessage(connection), text);
    }
    if (status != PGRES_TUPLES_OK || PQntuples(result.get()) == 0 || PQnfields(result.get()) == 0) return {};
    return PQgetvalue(result.get(), 0, 0);
}

std::string notify(pg_conn* connection, const std::vector<std::string>& payloads) {
    std::string text = "select pg_current_xact_id()::text";
    for (const auto& payload : payloads)
        text.append(", pg_notify(").append(note_channel).append(", ") += quoted(connection, payload) + ")";
    return execute(connection, text);
}

void commit(pg_conn* connection) {
    const Result result(PQexec(connection, "commit"), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        throw fault_of(connection, state ? state : "", PQerrorMessage(connection), "commit");
    }
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
        throw StoreFault(Errc::internal, "a transaction that had failed was to be committed");
}

bool is_lost(pg_conn* connection) {
    return PQstatus(connection) != CONNECTION_OK;
}

bool is_sound(pg_conn* connection) {
    return PQtransactionStatus(connection) == PQTRANS_INTRANS;
}

std::string quoted(pg_conn* connection, std::string_view text) {
    char* literal = PQescapeLiteral(connection, text.data(), text.size());
    if (!literal) throw StoreFault(Errc::internal, "not to be quoted");
    std::string out(literal);
    PQfreemem(literal);
    return out;
}

StoreFault fault_of(pg_conn* connection, std::string_view state, std::string_view message,
                    std::string_view where) {
    message = message.substr(0, message.find('\n'));
    if (state.starts_with("22")) message = "a value of the wrong form";
    std::string what(message);
    what.append(" [").append(state).append("] in: ").append(where.substr(0, where_shown_max));
    const auto cause = is_lost(connection) ? Cause::lost : cause_of(state);
    const bool machine = cause == Cause::lost || cause == Cause::race || is_machine_trouble(state);
    return StoreFault(machine ? Errc::unavailable : Errc::internal, what, cause);
}

}  // namespace mashang::schema::postgres
