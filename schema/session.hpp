// One database connection with its prepared statements, and Query: SQL with :names, values in, rows out.
//
// Known to schema/*.cpp and schema/queries/*.cpp only; SOCI itself is seen in session.cpp alone. A statement
// is prepared once per connection and kept with the storage its values are bound to; every row is fetched to
// the end, because a kept select that is not pins SQLite's snapshot. One thread at a time. A broken database
// or SQL throws StoreFault, which the store turns into a failure.
//
// On PostgreSQL others write beside us. A row that is read to be changed is locked (locking()). A transaction
// waits for a row only while it holds none that somebody else may wait for: two that held and waited would
// lie in wait for each other until the server, a second later, ends one of them. A job that then finds a row
// held is put off.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "dispatch/case.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

struct StoreFault : std::runtime_error {
    enum class Cause {
        own,        // the job meets the same again
        race,       // another transaction was in the way: again may go well
        duplicate,  // a unique index: it may be somebody else who was faster
        held,       // another transaction holds a row, and this job may not wait for it
        lost,       // the connection
    };
    StoreFault(Errc c, const std::string& what, Cause why = Cause::own)
        : std::runtime_error(what), code(c), cause(why) {}
    Errc code;  // unavailable: disk full, I/O error, locked; internal: everything else
    Cause cause;
};

class Statement;  // prepared, with bound storage
struct LaterRows;
struct AskedAhead;

class Session {
  public:
    enum class Use { write, read, checkpoint, copy };
    // At a row that another transaction holds; waits_first: only while it holds none itself.
    enum class Patience { waits, waits_first, passes };
    enum class Fate { committed, undone, unknown };
    using Numbers = std::function<std::int64_t(int district, const std::string& name, std::int64_t size)>;

    // Opens (write: creates) a SQLite file, or connects to "postgresql://…".
    Session(const std::string& where, Use use);
    ~Session();
    Session(const Session&) = delete;

    // write: SQLite's lock at once; PostgreSQL's row by row.
    void begin(Patience patience = Patience::waits);
    void commit();
    void rollback() noexcept;             // also when SQLite has rolled back by itself
    void execute(std::string_view text);  // one statement without values, not kept
    std::uint64_t changes() const;        // writing statements run so far
    void count_change();
    void count_statement();
    Statement& statement(std::string_view text);            // kept, or new and still without columns
    void forget(const Statement& statement);                // after a fault
    [[noreturn]] void fault(std::string_view where) const;  // turns the exception in flight into StoreFault

    // Of SQLite alone, for what SQL cannot say (paced_writes.hpp).
    void* sqlite_connection();

    // What follows differs only where others write too; on SQLite it is nothing.
    bool is_shared() const;
    bool is_lost() const;   // only a new Session helps
    bool is_sound() const;  // begun, and not failed: COMMIT would commit
    // The text of a select, with its rows locked against other writers. Those that are held already are left
    // out when the transaction has no patience, or `free_only`; see passes_held().
    std::string_view locking(std::string_view select, bool free_only = false);
    void locked();  // a row has been had
    bool passes_held() const;
    [[noreturn]] void held() const;
    // From here to the end of the transaction nobody else does what is named so.
    void alone(std::string_view what);
    // Told to the other servers of this store when the transaction commits; letters, digits and blanks.
    void note(std::string text);
    void speak_as(std::string name) { speaker_ = std::move(name); }
    // After a commit whose answer was lost: asked on a new session. "" when nothing had been written.
    const std::string& transaction() const { return transaction_; }
    Fate fate_of(const std::string& transaction);
    // Rows written and not sent (queries/later.hpp), for one who adds some, which counts as a change, or
    // looks among them; null where none are kept back: on SQLite, in readers, outside a transaction.
    LaterRows* later();
    LaterRows* unsent();
    void send_later();
    // What was asked for a whole group (queries/ahead.hpp); it holds until the transaction writes, and then,
    // and where nobody asked, it is null. keep_ahead: where others write too; elsewhere nothing.
    const AskedAhead* ahead() const;
    void keep_ahead(AskedAhead&& known);
    void forget_ahead();
    std::uint64_t statements() const;  // run so far
    // Where numbers come from that need not be given back; unset: from the transaction itself.
    void take_numbers_from(Numbers numbers) { numbers_ = std::move(numbers); }
    const Numbers& numbers() const { return numbers_; }

  private:
    struct Parts;
    void open_sqlite(const std::string& path);
    void open_postgres(const std::string& url);
    void commit_shared();
    std::string send(LaterRows rows);

    std::unique_ptr<Parts> parts_;
    std::string speaker_, transaction_;
    Numbers numbers_;
};

template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = true;
// Enums that have words are stored as these, ids as numbers.
template <class T>
concept Worded = std::is_enum_v<T> && requires(T v) {
    { to_string(v) } -> std::same_as<std::string_view>;
};

// As it is stored, to whoever puts integers, reals and texts.
template <class Sink, class T>
void put_value(Sink& sink, std::string_view name, const T& value, bool null = false) {
    if constexpr (is_nullable<T>) {
        using V = typename T::value_type;
        put_value(sink, name, value ? *value : V{}, !value);
    } else if constexpr (std::is_floating_point_v<T>) {
        sink.put_real(name, value, null);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
        sink.put_text(name, value, null);
    } else if constexpr (Worded<T>) {
        sink.put_text(name, to_string(value), null);
    } else if constexpr (std::is_same_v<T, Instant>) {
        sink.put_integer(name, value.time_since_epoch().count(), null);
    } else if constexpr (std::is_enum_v<T>) {
        sink.put_integer(name, raw(value), null);
    } else {
        static_assert(std::is_integral_v<T>);
        sink.put_integer(name, static_cast<std::int64_t>(value), null);
    }
}

class Query {
  public:
    enum class Kind : char { integer, real, text };
    // Rows of this transaction that were not sent yet: whoever lets them stay looks among them himself.
    enum class Unsent : char { goes_first, stays };

    Query(Tx& tx, std::string_view sql, Unsent unsent = Unsent::goes_first);
    ~Query();
    Query(const Query&) = delete;

    // Values by the names in the text, each name once, in the same order at every run.
    template <class T>
    Query& in(std::string_view name, const T& value) {
        put_value(*this, name, value);
        return *this;
    }
    void put_integer(std::string_view name, std::int64_t value, bool null);
    void put_real(std::string_view name, double value, bool null);
    void put_text(std::string_view name, std::string_view value, bool null);
    // Every member of a row that has a listing `columns(v, row)`.
    template <class Row>
    Query& in_row(const Row& row) {
        In visitor{*this};
        columns(visitor, row);
        return *this;
    }

    void run();  // a statement without rows

    // Columns that are only known at run time, for copying whole tables; no value is a null.
    using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
    Query& in_value(std::string_view name, Kind kind, const Value& value);
    std::vector<std::vector<Value>> values(const std::vector<Kind>& kinds);

    // Rows by their listing, or as std::tuple of plain values.
    template <class Row>
    std::vector<Row> all() {
        std::vector<Row> rows;
        define<Row>();
        while (fetch()) rows.push_back(row<Row>());
        return rows;
    }
    template <class Row>
    std::optional<Row> one() {
        std::optional<Row> found;
        define<Row>();
        while (fetch()) {
            if (!found) found = row<Row>();
        }
        return found;
    }
    // The only column of the only row; T{} when there is none.
    template <class T>
    T value() {
        const auto found = one<std::tuple<T>>();
        return found ? std::get<0>(*found) : T{};
    }

  private:
    struct In {
        Query& query;
        template <class T>
        void operator()(std::string_view name, const T& value) {
            query.in(name, value);
        }
    };
    struct Define {
        Query& query;
        template <class T>
        void operator()(std::string_view, const T&) {
            query.define_column(kind_of<T>());
        }
    };
    struct Out {
        Query& query;
        std::size_t next = 0;
        template <class T>
        void operator()(std::string_view, T& value) {
            query.get(next++, value);
        }
    };

    template <class T>
    static constexpr Kind kind_of() {
        if constexpr (is_nullable<T>) {
            return kind_of<typename T::value_type>();
        } else if constexpr (std::is_floating_point_v<T>) {
            return Kind::real;
        } else if constexpr (std::is_same_v<T, std::string> || Worded<T>) {
            return Kind::text;
        } else {
            return Kind::integer;
        }
    }
    template <class T>
    void get(std::size_t column, T& value) {
        if constexpr (is_nullable<T>) {
            if (is_null(column)) {
                value.reset();
            } else {
                get(column, value.emplace());
            }
        } else if constexpr (std::is_floating_point_v<T>) {
            value = real(column);
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = text(column);
        } else if constexpr (Worded<T>) {
            const auto word = parse_word<T>(text(column));
            if (!word) throw StoreFault(Errc::internal, "unknown word '" + text(column) + "'");
            value = *word;
        } else if constexpr (std::is_same_v<T, Instant>) {
            value = Instant{Millis{integer(column)}};
        } else {
            value = static_cast<T>(integer(column));
        }
    }
    template <class Row>
    void define() {
        if (!ready()) {
            const Row row{};
            Define visitor{*this};
            visit_columns(visitor, row);
        }
        execute();
    }
    template <class Row>
    Row row() {
        Row row{};
        Out visitor{*this};
        visit_columns(visitor, row);
        return row;
    }
    template <class V, class Row>
    static void visit_columns(V& v, Row& row) {
        if constexpr (requires { std::tuple_size<std::remove_const_t<Row>>::value; }) {
            std::apply([&](auto&... member) { (v("", member), ...); }, row);
        } else {
            columns(v, row);
        }
    }

    bool ready() const;
    void define_column(Kind kind);
    void execute();
    bool fetch();
    bool is_null(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;
    double real(std::size_t column) const;
    const std::string& text(std::size_t column) const;

    Session& session_;
    Statement& statement_;
    std::size_t next_ = 0;  // the input that comes next
    bool more_ = false;     // rows may be left
};

}  // namespace mashang::schema
