#include "schema/session.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "schema/notes.hpp"
#include "schema/paced_writes.hpp"
#include "schema/postgres.hpp"
#include "schema/queries/ahead.hpp"
#include "schema/queries/later.hpp"
#include "schema/sqlite_trouble.hpp"

namespace mashang::schema {
namespace {

constexpr std::size_t statements_max =
    256;  // filters make texts of many shapes; past it the cache is dropped
constexpr std::size_t where_shown_max = 100;  // of a statement in a fault: enough to find it
constexpr int busy_timeout_ms = 5000;
// A blocking checkpoint holds the writers up while it waits for readers: not for long.
constexpr int checkpoint_busy_timeout_ms = 100;

struct Cell {
    std::string name;
    Query::Kind kind = Query::Kind::integer;
    long long integer = 0;
    double real = 0;
    std::string text;
    soci::indicator indicator = soci::i_ok;
};

template <class Bind>
void bind_cell(Cell& cell, Bind bind) {
    switch (cell.kind) {
        case Query::Kind::integer:
            return bind(cell.integer);
        case Query::Kind::real:
            return bind(cell.real);
        case Query::Kind::text:
            return bind(cell.text);
    }
}

}  // namespace

class Statement {
  public:
    Statement(soci::session& session, std::string_view sql_text) : text(sql_text), statement(session) {}

    std::string text;
    std::deque<Cell> in, out;  // addresses are bound: a deque never moves them
    soci::statement statement;
    bool ready = false;
    bool busy = false;
    bool writes = false;
};

struct Session::Parts {
    soci::session session;
    std::unordered_map<std::string_view, std::unique_ptr<Statement>>
        statements;  // keys live in the statements
    // Failed in a transaction that PostgreSQL lets do nothing more, not even forget them.
    std::vector<std::unique_ptr<Statement>> dead;
    std::uint64_t changes = 0, changes_begun = 0;
    Use use = Use::write;
    Patience patience = Patience::waits;
    PGconn* connection = nullptr;                                      // of PostgreSQL; the session's own
    std::map<std::string, std::string, std::less<>> waiting, passing;  // locking texts, by the plain one
    std::vector<std::string> notes;
    LaterRows later;
    std::optional<AskedAhead> ahead;
    std::uint64_t statements_run = 0;
};

Session::Session(const std::string& where, Use use) : parts_(std::make_unique<Parts>()) {
    parts_->use = use;
    try {
        postgres::is_url(where) ? open_postgres(where) : open_sqlite(where);
    } catch (const StoreFault&) {
        throw;
    } catch (...) {
        fault("open");
    }
}

void Session::open_sqlite(const std::string& path) {
    const auto use = parts_->use;
    // SOCI splits at spaces, so the name is quoted.
    parts_->session.open(soci::sqlite3, "dbname=\"" + path + "\"");
    const int timeout_ms = use == Use::checkpoint ? checkpoint_busy_timeout_ms : busy_timeout_ms;
    execute("pragma busy_timeout = " + std::to_string(timeout_ms));
    execute("pragma foreign_keys = off");
    if (use == Use::write) execute("pragma journal_mode = wal");
    execute("pragma synchronous = full");
    execute("pragma wal_autocheckpoint = 0");
    execute(use == Use::write ? "pragma cache_size = -65536" : "pragma cache_size = -16384");
    execute("pragma temp_store = memory");
    if (use == Use::read) execute("pragma query_only = on");
    if (use == Use::checkpoint) PacedWrites::make_possible(sqlite_connection());
}

void* Session::sqlite_connection() {
    return static_cast<soci::sqlite3_session_backend*>(parts_->session.get_backend())->conn_;
}

void Session::open_postgres(const std::string& url) {
    try {
        parts_->session.open(soci::postgresql, postgres::address(url));
    } catch (const soci::soci_error&) {
        // Its words may show the address, and with it a password.
        throw StoreFault(Errc::unavailable, "PostgreSQL cannot be reached", StoreFault::Cause::lost);
    }
    auto* backend = static_cast<soci::postgresql_session_backend*>(parts_->session.get_backend());
    parts_->connection = backend->conn_;
    postgres::set_up(parts_->connection, parts_->use);
}

Session::~Session() = default;

// what() of SOCI's errors holds the bound values: texts and names, which may not reach a log.
void Session::fault(std::string_view where) const {
    where = where.substr(0, where_shown_max);
    try {
        throw;
    } catch (const soci::sqlite3_soci_error& e) {
        // A reader that tries to write is a bug, not a broken disk.
        const bool machine = is_machine_trouble_of_sqlite(e.result()) &&
                             !(parts_->use == Use::read && (e.result() & 0xff) == SQLITE_READONLY);
        throw StoreFault(machine ? Errc::unavailable : Errc::internal,
                         e.get_error_message() + " in: " + std::string(where));
    } catch (const soci::postgresql_soci_error& e) {
        throw postgres::fault_of(parts_->connection, e.sqlstate(), e.get_error_message(), where);
    } catch (const soci::soci_error& e) {
        throw StoreFault(Errc::internal, e.get_error_message() + " in: " + std::string(where));
    } catch (const std::exception& e) {
        throw StoreFault(Errc::internal, std::string(e.what()) + " in: " + std::string(where));
    }
}

void Session::execute(std::string_view text) {
    if (parts_->connection) {
        postgres::execute(parts_->connection, std::string(text));
        return;
    }
    try {
        parts_->session << std::string(text);
    } catch (...) {
        fault(text);
    }
}

void Session::begin(Patience patience) {
    parts_->dead.clear();
    if (parts_->statements.size() > statements_max) parts_->statements.clear();
    parts_->patience = patience;
    parts_->changes_begun = parts_->changes;
    parts_->notes.clear();
    parts_->later = {};
    parts_->ahead.reset();
    transaction_.clear();
    const bool writes = parts_->use == Use::write;
    if (is_shared()) {
        execute(writes ? "begin isolation level read committed"
                       : "begin isolation level repeatable read read only");
    } else {
        execute(writes ? "begin immediate" : "begin");
    }
}

void Session::commit() {
    if (is_shared() && parts_->use == Use::write) return commit_shared();
    execute("commit");
}

// With the notes, and the number by which the transaction's fate can be asked when the answer is lost.
void Session::commit_shared() {
    auto& later = parts_->later;
    if (!later.empty()) {
        later.notes = note_payloads(parts_->notes, speaker_);
        transaction_ = send(std::exchange(later, {}));
    } else if (parts_->changes != parts_->changes_begun) {
        transaction_ = postgres::notify(parts_->connection, note_payloads(parts_->notes, speaker_));
    }
    parts_->notes.clear();
    postgres::commit(parts_->connection);
}

// What it sends is counted as a change by whoever wrote it, not by who had it sent.
std::string Session::send(LaterRows rows) {
    parts_->ahead.reset();
    const auto counted = parts_->changes;
    Tx tx(*this);
    auto transaction = write_together(tx, rows);
    parts_->changes = counted;
    return transaction;
}

void Session::rollback() noexcept {
    try {
        parts_->notes.clear();
        parts_->later = {};
        execute("rollback");
        parts_->dead.clear();
    } catch (const std::exception&) {
        // SQLite has already rolled back by itself (full disk, I/O error), or the connection is gone: there
        // is nothing left to undo.
    }
}

bool Session::is_shared() const {
    return parts_->connection != nullptr;
}

bool Session::is_lost() const {
    return is_shared() && postgres::is_lost(parts_->connection);
}

bool Session::is_sound() const {
    return !is_shared() || postgres::is_sound(parts_->connection);
}

void Session::locked() {
    if (parts_->patience == Patience::waits_first) parts_->patience = Patience::passes;
}

bool Session::passes_held() const {
    return is_shared() && parts_->use == Use::write && parts_->patience == Patience::passes;
}

std::string_view Session::locking(std::string_view select, bool free_only) {
    if (!is_shared() || parts_->use != Use::write) return select;
    const bool passes = free_only || passes_held();
    auto& texts = passes ? parts_->passing : parts_->waiting;
    const auto found = texts.find(select);
    if (found != texts.end()) return found->second;
    const auto* clause = passes ? " for update skip locked" : " for update";
    return texts.emplace(select, std::string(select) + clause).first->second;
}

void Session::held() const {
    throw StoreFault(Errc::unavailable, "another transaction holds the row", StoreFault::Cause::held);
}

void Session::alone(std::string_view what) {
    if (!is_shared() || parts_->use != Use::write) return;
    const auto name = postgres::quoted(parts_->connection, "mashang " + std::string(what));
    execute("select pg_advisory_xact_lock(hashtext(" + name + "), hashtext(current_schema()))");
}

void Session::note(std::string text) {
    if (!is_shared() || (!parts_->notes.empty() && parts_->notes.back() == text)) return;
    parts_->notes.push_back(std::move(text));
}

Session::Fate Session::fate_of(const std::string& transaction) {
    const auto told = postgres::execute(
        parts_->connection,
        "select pg_xact_status(" + postgres::quoted(parts_->connection, transaction) + "::xid8)");
    if (told == "committed") return Fate::committed;
    return told == "aborted" ? Fate::undone : Fate::unknown;
}

std::uint64_t Session::changes() const {
    return parts_->changes;
}

void Session::count_change() {
    ++parts_->changes;
}

void Session::count_statement() {
    ++parts_->statements_run;
}

LaterRows* Session::unsent() {
    const bool keeps = is_shared() && parts_->use == Use::write && postgres::is_sound(parts_->connection);
    return keeps ? &parts_->later : nullptr;
}

LaterRows* Session::later() {
    auto* rows = unsent();
    if (rows) count_change();
    return rows;
}

void Session::send_later() {
    if (parts_->later.empty()) return;
    auto rows = std::exchange(parts_->later, {});
    // Loads that are locked stay known: what is sent now is in them already.
    parts_->later.locked_loads = rows.locked_loads;
    send(std::move(rows));
}

const AskedAhead* Session::ahead() const {
    return parts_->ahead ? &*parts_->ahead : nullptr;
}

void Session::keep_ahead(AskedAhead&& known) {
    parts_->ahead = std::move(known);
}

void Session::forget_ahead() {
    parts_->ahead.reset();
}

std::uint64_t Session::statements() const {
    return parts_->statements_run;
}

Statement& Session::statement(std::string_view text) {
    const auto found = parts_->statements.find(text);
    if (found != parts_->statements.end()) return *found->second;
    auto made = std::make_unique<Statement>(parts_->session, text);
    made->writes = !text.starts_with("select");
    auto& kept = *made;
    parts_->statements.emplace(kept.text, std::move(made));
    return kept;
}

void Session::forget(const Statement& statement) {
    auto node = parts_->statements.extract(statement.text);
    if (is_shared()) parts_->dead.push_back(std::move(node.mapped()));
}

Query::Query(Tx& tx, std::string_view sql, Unsent unsent)
    : session_(tx.session()), statement_(session_.statement(sql)) {
    if (unsent == Unsent::goes_first) session_.send_later();
    if (statement_.busy) throw StoreFault(Errc::internal, "a query inside itself: " + statement_.text);
    statement_.busy = true;
    if (!statement_.writes) return;
    session_.count_change();
    session_.forget_ahead();
}

Query::~Query() {
    try {
        while (more_) fetch();
        statement_.busy = false;
    } catch (const std::exception&) {
        session_.forget(statement_);
        return;
    }
    if (!statement_.ready) session_.forget(statement_);  // never ran, or failed: not worth keeping
}

bool Query::ready() const {
    return statement_.ready;
}

namespace {

Cell& next_cell(Statement& statement, std::size_t at, std::string_view name, Query::Kind kind) {
    if (!statement.ready) {
        auto& cell = statement.in.emplace_back();
        cell.name = name;
        cell.kind = kind;
        return cell;
    }
    if (at >= statement.in.size() || statement.in[at].name != name || statement.in[at].kind != kind)
        throw StoreFault(Errc::internal, "values in another order than before: " + statement.text);
    return statement.in[at];
}

}  // namespace

void Query::put_integer(std::string_view name, std::int64_t value, bool null) {
    auto& cell = next_cell(statement_, next_++, name, Kind::integer);
    cell.integer = value;
    cell.indicator = null ? soci::i_null : soci::i_ok;
}

void Query::put_real(std::string_view name, double value, bool null) {
    auto& cell = next_cell(statement_, next_++, name, Kind::real);
    cell.real = value;
    cell.indicator = null ? soci::i_null : soci::i_ok;
}

void Query::put_text(std::string_view name, std::string_view value, bool null) {
    auto& cell = next_cell(statement_, next_++, name, Kind::text);
    cell.text = value;
    cell.indicator = null ? soci::i_null : soci::i_ok;
}

void Query::define_column(Kind kind) {
    statement_.out.emplace_back().kind = kind;
}

void Query::execute() {
    auto& st = statement_.statement;
    session_.count_statement();
    try {
        if (!statement_.ready) {
            for (auto& cell : statement_.in) {
                bind_cell(cell,
                          [&](auto& value) { st.exchange(soci::use(value, cell.indicator, cell.name)); });
            }
            for (auto& cell : statement_.out) {
                bind_cell(cell, [&](auto& value) { st.exchange(soci::into(value, cell.indicator)); });
            }
            st.alloc();
            st.prepare(statement_.text);
            st.define_and_bind();
            statement_.ready = true;
        } else if (next_ != statement_.in.size()) {
            throw StoreFault(Errc::internal, "values are missing: " + statement_.text);
        }
        st.execute(statement_.out.empty());
        more_ = !statement_.out.empty();
    } catch (const StoreFault&) {
        throw;
    } catch (...) {
        statement_.ready = false;
        session_.fault(statement_.text);
    }
}

void Query::run() {
    execute();
}

Query& Query::in_value(std::string_view name, Kind kind, const Value& value) {
    const bool null = std::holds_alternative<std::monostate>(value);
    switch (kind) {
        case Kind::integer:
            put_integer(name, null ? 0 : std::get<std::int64_t>(value), null);
            break;
        case Kind::real:
            put_real(name, null ? 0 : std::get<double>(value), null);
            break;
        case Kind::text:
            put_text(name, null ? "" : std::get<std::string>(value), null);
            break;
    }
    return *this;
}

std::vector<std::vector<Query::Value>> Query::values(const std::vector<Kind>& kinds) {
    if (!ready())
        for (const auto kind : kinds) define_column(kind);
    execute();
    std::vector<std::vector<Value>> rows;
    while (fetch()) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            if (is_null(i)) {
                row.emplace_back();
            } else if (kinds[i] == Kind::integer) {
                row.emplace_back(integer(i));
            } else if (kinds[i] == Kind::real) {
                row.emplace_back(real(i));
            } else {
                row.emplace_back(text(i));
            }
        }
    }
    return rows;
}

bool Query::fetch() {
    if (!more_) return false;
    try {
        more_ = statement_.statement.fetch();
    } catch (...) {
        more_ = false;
        statement_.ready = false;
        session_.fault(statement_.text);
    }
    return more_;
}

bool Query::is_null(std::size_t column) const {
    return statement_.out[column].indicator == soci::i_null;
}

std::int64_t Query::integer(std::size_t column) const {
    return is_null(column) ? 0 : statement_.out[column].integer;
}

double Query::real(std::size_t column) const {
    return is_null(column) ? 0 : statement_.out[column].real;
}

const std::string& Query::text(std::size_t column) const {
    static const std::string nothing;
    return is_null(column) ? nothing : statement_.out[column].text;
}

}  // namespace mashang::schema
