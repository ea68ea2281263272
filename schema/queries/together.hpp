// Many rows in one statement of PostgreSQL: an array a column, which the statement lays out as rows again.
//
// Private to schema/queries. The text is then the same for every number of rows, and prepared once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/session.hpp"

namespace mashang::schema {

class RowArrays {
  public:
    struct Column {
        std::string name;
        Query::Kind kind{};
        std::string values;  // as PostgreSQL reads an array, without its braces: 1,NULL,2
    };

    // `list(visitor, row)` names each column with the row's value, in the same order always. A Row of its own
    // tells the columns where there are no rows.
    template <class Row, class Rows, class List>
    static RowArrays of(const Rows& rows, List list) {
        RowArrays arrays;
        list(arrays, Row{});
        arrays.begun_ = true;
        for (const auto& row : rows) {
            arrays.next_ = 0;
            list(arrays, row);
            ++arrays.rows_;
        }
        return arrays;
    }
    // By their own listing `columns(v, row)`.
    template <class Row, class Rows>
    static RowArrays of(const Rows& rows) {
        return of<Row>(rows, [](auto& visitor, const Row& row) { columns(visitor, row); });
    }

    template <class T>
    void operator()(std::string_view name, const T& value) {
        put_value(*this, name, value);
    }
    void put_integer(std::string_view name, std::int64_t value, bool null);
    void put_real(std::string_view name, double value, bool null);
    void put_text(std::string_view name, std::string_view value, bool null);

    // "unnest(cast(:a as bigint[]), …) with ordinality as NAME (a, …, n)"; the values' names begin with it.
    std::string source(std::string_view name) const;
    void bind(Query& query, std::string_view name) const;

  private:
    std::string* next(std::string_view name, Query::Kind kind, bool null);

    std::vector<Column> columns_;
    bool begun_ = false;
    std::size_t next_ = 0, rows_ = 0;
};

// "insert into t (…) values (:a, nullif(:b, ''), …) …" for the rows of an array source of that name.
std::string insert_from(std::string_view insert, const RowArrays& rows, std::string_view name);

}  // namespace mashang::schema
