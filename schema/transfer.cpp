#include "schema/transfer.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <ostream>

#include "schema/base64url.hpp"
#include "schema/migrate.hpp"
#include "schema/partitions.hpp"
#include "schema/postgres.hpp"
#include "schema/session.hpp"

namespace mashang::schema {
namespace {

constexpr std::string_view first_line = "mashang-export 1";
constexpr std::size_t page_rows = 2000;
constexpr std::size_t insert_values_max = 1500;  // of a statement of several rows
constexpr std::string_view null_word = "\\N";

using Value = Query::Value;
using Row = std::vector<Value>;

struct Column {
    std::string name, type;
    int key = 0;  // place in the primary key, from 1
};

struct Table {
    std::string name;
    std::vector<Column> columns;

    std::vector<Query::Kind> kinds() const {
        std::vector<Query::Kind> all;
        for (const auto& c : columns)
            all.push_back(c.type == "bigint"             ? Query::Kind::integer
                          : c.type == "double precision" ? Query::Kind::real
                                                         : Query::Kind::text);
        return all;
    }
    std::string names() const {
        std::string text;
        for (const auto& c : columns) text += (text.empty() ? "" : ", ") + c.name;
        return text;
    }
    std::string heading() const {
        std::string text = "table " + name;
        for (const auto& c : columns) text += "\t" + c.name + " " + c.type;
        return text;
    }
};

// What tables there are is asked of the database, so that a new migration's are not forgotten here.
std::vector<Table> tables_of(Tx& tx) {
    const bool shared = tx.session().is_shared();
    const std::string names =
        shared ? "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                 " where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition"
                 " and c.relname <> 'migrations' order by c.relname::text collate \"C\""
               : "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
                 " and name <> 'migrations' order by name";
    const std::string columns =
        shared ? "select a.attname::text, format_type(a.atttypid, -1), coalesce((select k.n from pg_index i,"
                 " unnest(i.indkey) with ordinality k(attnum, n) where i.indrelid = c.oid and i.indisprimary"
                 " and k.attnum = a.attnum), 0) from pg_attribute a join pg_class c on c.oid = a.attrelid"
                 " join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema()"
                 " and c.relname = :name and a.attnum > 0 and not a.attisdropped order by a.attnum"
               : "select name, type, pk from pragma_table_info(:name) order by cid";
    std::vector<Table> tables;
    for (auto& [name] : Query(tx, names).all<std::tuple<std::string>>())
        tables.push_back({std::move(name), {}});
    for (auto& table : tables) {
        Query query(tx, columns);
        query.in("name", table.name);
        for (auto& [name, type, key] : query.all<std::tuple<std::string, std::string, int>>()) {
            std::transform(type.begin(), type.end(), type.begin(), [](char ch) {
                return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch;
            });
            table.columns.push_back({std::move(name), std::move(type), key});
        }
        std::sort(table.columns.begin(), table.columns.end(),
                  [](const Column& a, const Column& b) { return a.name < b.name; });
    }
    return tables;
}

std::string migrations_line() {
    std::string text = "migrations";
    for (const auto& m : embedded_migrations()) text += " " + std::to_string(m.number);
    return text;
}

// Lines, and a hash of them.
class Digest {
  public:
    Digest() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
    void line(std::string_view text) {
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>("\n"), 1);
    }
    std::string told() {
        std::array<unsigned char, crypto_generichash_BYTES> hash{};
        crypto_generichash_final(&state_, hash.data(), hash.size());
        return to_base64url(hash);
    }

  private:
    crypto_generichash_state state_{};
};

void append_escaped(std::string& line, std::string_view text) {
    for (const char ch : text) {
        switch (ch) {
            case '\\':
                line += "\\\\";
                break;
            case '\t':
                line += "\\t";
                break;
            case '\n':
                line += "\\n";
                break;
            case '\r':
                line += "\\r";
                break;
            default:
                line += ch;
        }
    }
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size()) return std::nullopt;
        const char ch = text[i];
        if (ch != '\\' && ch != 't' && ch != 'n' && ch != 'r') return std::nullopt;
        out += ch == 't' ? '\t' : ch == 'n' ? '\n' : ch == 'r' ? '\r' : '\\';
    }
    return out;
}

std::string line_of(const Row& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        line += '\t';
        if (const auto* n = std::get_if<std::int64_t>(&row[i])) {
            line += std::to_string(*n);
        } else if (const auto* x = std::get_if<double>(&row[i])) {
            std::array<char, 40> digits{};  // the shortest that reads back as the same
            line.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *x).ptr);
        } else if (const auto* text = std::get_if<std::string>(&row[i])) {
            append_escaped(line, *text);
        } else {
            line += null_word;
        }
    }
    return line;
}

template <class Number>
std::optional<Value> number_of(std::string_view text) {
    Number n{};
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, n);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return Value(n);
}

std::optional<Value> value_of(std::string_view text, Query::Kind kind) {
    if (text == null_word) return Value();
    switch (kind) {
        case Query::Kind::integer:
            return number_of<std::int64_t>(text);
        case Query::Kind::real:
            return number_of<double>(text);
        case Query::Kind::text:
            break;
    }
    auto plain = unescaped(text);
    if (!plain) return std::nullopt;
    return Value(std::move(*plain));
}

std::optional<Row> row_of(std::string_view line, const std::vector<Query::Kind>& kinds) {
    Row row;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const auto end = line.find('\t');
        if ((end == line.npos) != (i + 1 == kinds.size())) return std::nullopt;
        auto value = value_of(line.substr(0, end), kinds[i]);
        if (!value) return std::nullopt;
        row.push_back(std::move(*value));
        line.remove_prefix(end == line.npos ? line.size() : end + 1);
    }
    return row;
}

// In pages by the primary key.
class Pages {
  public:
    explicit Pages(const Table& table) : kinds_(table.kinds()) {
        std::string names, marks;
        for (int place = 1;; ++place) {
            const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                         [place](const Column& c) { return c.key == place; });
            if (at == table.columns.end()) break;
            names += (names.empty() ? "" : ", ") + at->name;
            marks += (marks.empty() ? ":k" : ", :k") + std::to_string(place);
            key_.push_back(static_cast<std::size_t>(at - table.columns.begin()));
        }
        const std::string select = "select " + table.names() + " from " + table.name;
        const std::string order = " order by " + names + " limit " + std::to_string(page_rows);
        first_ = select + order;
        next_ = select + " where (" + names + ") > (" + marks + ")" + order;
    }
    std::vector<Row> after(Tx& tx, const Row* last) const {
        Query query(tx, last ? next_ : first_);
        for (std::size_t i = 0; last && i < key_.size(); ++i)
            query.in_value("k" + std::to_string(i + 1), kinds_[key_[i]], (*last)[key_[i]]);
        return query.values(kinds_);
    }

  private:
    std::vector<Query::Kind> kinds_;
    std::vector<std::size_t> key_;
    std::string first_, next_;
};

void insert_rows(Tx& tx, const Table& table, const std::vector<Row>& rows) {
    const auto kinds = table.kinds();
    std::string text = "insert into " + table.name + " (" + table.names() + ") values ";
    std::vector<std::string> names;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        text += r == 0 ? "(" : ", (";
        for (std::size_t c = 0; c < kinds.size(); ++c) {
            names.push_back("v" + std::to_string(r) + "x" + std::to_string(c));
            text += (c == 0 ? ":" : ", :") + names.back();
        }
        text += ")";
    }
    Query query(tx, text);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto c = i % kinds.size();
        query.in_value(names[i], kinds[c], rows[i / kinds.size()][c]);
    }
    query.run();
}

Error told(const StoreFault& fault) {
    spdlog::error("store: {}", fault.what());
    return make_error(fault.code == Errc::invalid ? Errc::invalid : Errc::unavailable,
                      fault.code == Errc::invalid ? "error.store_url" : "error.store_failed",
                      {{"why", fault.what()}});
}

std::string place_of(const std::string& url) {
    constexpr std::string_view scheme = "sqlite:";
    return url.starts_with(scheme) ? url.substr(scheme.size()) : url;
}

// Whoever writes or reads the file may be slow.
void be_patient(Session& session) {
    if (session.is_shared()) session.execute("set idle_in_transaction_session_timeout = 0");
}

// Reads the file line by line into the tables.
class Import {
  public:
    Import(Tx& tx, std::istream& in) : tx_(tx), in_(in) {}

    Result<Transferred> all() {
        if (!next() || line_ != first_line) return damaged();
        digest_.line(line_);
        if (!next()) return damaged();
        if (line_ != migrations_line())
            return make_error(Errc::conflict, "error.import_version",
                              {{"file", line_}, {"code", migrations_line()}});
        digest_.line(line_);
        auto tables = tables_of(tx_);
        if (const auto full = not_empty(tables); full.has_error()) return full.error();
        if (!next()) return damaged();
        for (const auto& table : tables) {
            if (line_ != table.heading()) return damaged();
            digest_.line(line_);
            if (auto read = rows_of(table); read.has_error()) return read.error();
            ++done_.tables;
        }
        if (line_ != "end " + std::to_string(done_.rows) + " " + digest_.told() || next()) return damaged();
        return done_;
    }

  private:
    bool next() {
        ++number_;
        return static_cast<bool>(std::getline(in_, line_));
    }
    Error damaged() const {
        return make_error(Errc::invalid, "error.import_damaged", {{"line", std::to_string(number_)}});
    }
    Result<void> not_empty(const std::vector<Table>& tables) {
        for (const auto& table : tables)
            if (Query(tx_, "select count(*) from (select 1 from " + table.name + " limit 1) x").value<int>())
                return make_error(Errc::conflict, "error.not_empty");
        return {};
    }
    // Up to the next table's heading, or the end: a row begins with a tab.
    Result<void> rows_of(const Table& table) {
        const auto kinds = table.kinds();
        const auto most = std::max<std::size_t>(1, insert_values_max / kinds.size());
        if (table.name == "journal" && tx_.session().is_shared()) make_months(tx_.session(), oldest_case_);
        std::vector<Row> rows;
        while (next() && line_.starts_with('\t')) {
            auto row = row_of(std::string_view(line_).substr(1), kinds);
            if (!row) return damaged();
            digest_.line(line_);
            if (table.name == "cases") see_case(table, *row);
            rows.push_back(std::move(*row));
            if (rows.size() < most) continue;
            insert_rows(tx_, table, rows);
            done_.rows += rows.size();
            rows.clear();
        }
        if (!rows.empty()) insert_rows(tx_, table, rows);
        done_.rows += rows.size();
        return {};
    }
    void see_case(const Table& table, const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            if (table.columns[i].name == "case_id")
                oldest_case_ = std::min(oldest_case_, std::get<std::int64_t>(row[i]));
    }

    Tx& tx_;
    std::istream& in_;
    Digest digest_;
    std::string line_;
    std::size_t number_ = 0;
    std::int64_t oldest_case_ = std::numeric_limits<std::int64_t>::max();
    Transferred done_;
};

}  // namespace

Result<Transferred> export_all(const std::string& url, std::ostream& out) {
    if (sodium_init() < 0) return make_error(Errc::unavailable, "error.store_failed", {{"why", "sodium"}});
    try {
        Session session(place_of(url), Session::Use::read);
        be_patient(session);
        session.begin();
        Tx tx(session);
        Transferred done;
        Digest digest;
        const auto put = [&](std::string_view line) {
            digest.line(line);
            out << line << '\n';
        };
        put(first_line);
        put(migrations_line());
        for (const auto& table : tables_of(tx)) {
            put(table.heading());
            ++done.tables;
            const Pages pages(table);
            for (auto rows = pages.after(tx, nullptr); !rows.empty(); rows = pages.after(tx, &rows.back())) {
                for (const auto& row : rows) put(line_of(row));
                done.rows += rows.size();
                if (rows.size() < page_rows) break;
            }
        }
        out << "end " << done.rows << ' ' << digest.told() << '\n';
        session.commit();
        if (!out.flush()) return make_error(Errc::unavailable, "error.store_failed", {{"why", "output"}});
        return done;
    } catch (const StoreFault& fault) {
        return told(fault);
    }
}

Result<Transferred> import_all(const std::string& url, std::istream& in) {
    if (sodium_init() < 0) return make_error(Errc::unavailable, "error.store_failed", {{"why", "sodium"}});
    try {
        Session session(place_of(url), Session::Use::write);
        if (auto migrated = migrate(session, embedded_migrations()); migrated.has_error())
            return migrated.error();
        be_patient(session);
        session.begin();
        Tx tx(session);
        auto done = Import(tx, in).all();
        if (done.has_error()) {
            session.rollback();
            return done;
        }
        session.commit();
        // PostgreSQL plans by what it has counted; SQLite by what the first migration says.
        if (session.is_shared()) session.execute("analyze");
        return done;
    } catch (const StoreFault& fault) {
        return told(fault);
    }
}

}  // namespace mashang::schema
