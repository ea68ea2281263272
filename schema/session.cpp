#include "schema/session.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <deque>
#include <unordered_map>

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

bool is_machine_trouble(int sqlite_code) {
    switch (sqlite_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_READONLY:
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL:
        case SQLITE_NOTADB:
            return true;
        default:
            return false;
    }
}

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
    std::uint64_t changes = 0;
    Use use = Use::write;
};

Session::Session(const std::string& path, Use use) : parts_(std::make_unique<Parts>()) {
    parts_->use = use;
    try {
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
    } catch (const StoreFault&) {
        throw;
    } catch (...) {
        fault("open");
    }
}

Session::~Session() = default;

// what() of SOCI's errors holds the bound values: texts and names, which may not reach a log.
void Session::fault(std::string_view where) const {
    where = where.substr(0, where_shown_max);
    try {
        throw;
    } catch (const soci::sqlite3_soci_error& e) {
        // A reader that tries to write is a bug, not a broken disk.
        const bool machine = is_machine_trouble(e.result()) &&
                             !(parts_->use == Use::read && (e.result() & 0xff) == SQLITE_READONLY);
        throw StoreFault(machine ? Errc::unavailable : Errc::internal,
                         e.get_error_message() + " in: " + std::string(where));
    } catch (const soci::soci_error& e) {
        throw StoreFault(Errc::internal, e.get_error_message() + " in: " + std::string(where));
    } catch (const std::exception& e) {
        throw StoreFault(Errc::internal, std::string(e.what()) + " in: " + std::string(where));
    }
}

void Session::execute(std::string_view text) {
    try {
        parts_->session << std::string(text);
    } catch (...) {
        fault(text);
    }
}

void Session::begin() {
    if (parts_->statements.size() > statements_max) parts_->statements.clear();
    execute(parts_->use == Use::write ? "begin immediate" : "begin");
}

void Session::commit() {
    execute("commit");
}

void Session::rollback() noexcept {
    try {
        execute("rollback");
    } catch (const std::exception&) {
        // SQLite has already rolled back by itself (full disk, I/O error): there is nothing left to undo.
    }
}

std::uint64_t Session::changes() const {
    return parts_->changes;
}

void Session::count_change() {
    ++parts_->changes;
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
    parts_->statements.erase(parts_->statements.find(statement.text));
}

Query::Query(Tx& tx, std::string_view sql) : session_(tx.session()), statement_(session_.statement(sql)) {
    if (statement_.busy) throw StoreFault(Errc::internal, "a query inside itself: " + statement_.text);
    statement_.busy = true;
    if (statement_.writes) session_.count_change();
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
