#include "schema/queries/together.hpp"

#include <charconv>

namespace mashang::schema {
namespace {

std::string_view array_type(Query::Kind kind) {
    switch (kind) {
        case Query::Kind::integer:
            return "bigint[]";
        case Query::Kind::real:
            return "double precision[]";
        case Query::Kind::text:
            return "text[]";
    }
    return "";
}

// Past the parenthesis that closes the one at `open`.
std::size_t end_of_tuple(std::string_view sql, std::size_t open) {
    int depth = 0;
    for (auto at = open; at < sql.size(); ++at) {
        if (sql[at] == '(') ++depth;
        if (sql[at] == ')' && --depth == 0) return at + 1;
    }
    return sql.size();
}

template <class Number>
void append_number(std::string& text, Number value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text.append(digits, end);
}

std::string value_name(std::string_view source, std::string_view column) {
    return std::string(source).append("_").append(column);
}

}  // namespace

std::string* RowArrays::next(std::string_view name, Query::Kind kind, bool null) {
    if (!begun_) {
        columns_.push_back({std::string(name), kind, ""});
        return nullptr;
    }
    auto& column = columns_.at(next_++);
    if (column.name != name || column.kind != kind)
        throw StoreFault(Errc::internal, "columns in another order than before: " + std::string(name));
    if (rows_ > 0) column.values += ',';
    if (!null) return &column.values;
    column.values += "NULL";
    return nullptr;
}

void RowArrays::put_integer(std::string_view name, std::int64_t value, bool null) {
    if (auto* values = next(name, Query::Kind::integer, null)) append_number(*values, value);
}

void RowArrays::put_real(std::string_view name, double value, bool null) {
    if (auto* values = next(name, Query::Kind::real, null)) append_number(*values, value);
}

void RowArrays::put_text(std::string_view name, std::string_view value, bool null) {
    auto* values = next(name, Query::Kind::text, null);
    if (!values) return;
    *values += '"';
    for (std::size_t at = 0; at < value.size();) {
        const auto plain = std::min(value.find_first_of("\"\\", at), value.size());
        values->append(value, at, plain - at);
        if (plain < value.size()) values->append("\\").append(1, value[plain]);
        at = plain + 1;
    }
    *values += '"';
}

std::string RowArrays::source(std::string_view name) const {
    std::string arrays, names;
    for (const auto& column : columns_) {
        arrays.append(arrays.empty() ? "" : ", ").append("cast(:").append(value_name(name, column.name));
        arrays.append(" as ").append(array_type(column.kind)).append(")");
        names.append(column.name).append(", ");
    }
    return "unnest(" + arrays + ") with ordinality as " + std::string(name) + " (" + names + "n)";
}

void RowArrays::bind(Query& query, std::string_view name) const {
    for (const auto& column : columns_) query.in(value_name(name, column.name), "{" + column.values + "}");
}

std::string insert_from(std::string_view insert, const RowArrays& rows, std::string_view name) {
    constexpr std::string_view before_tuple = " values ";
    const auto open = insert.find(before_tuple);
    const auto close = end_of_tuple(insert, open + before_tuple.size());
    auto tuple = insert.substr(open + before_tuple.size(), close - open - before_tuple.size());
    tuple = tuple.substr(1, tuple.size() - 2);
    std::string text(insert.substr(0, open));
    text += " select ";
    for (const char ch : tuple) ch == ':' ? text.append(name).append(".") : text.append(1, ch);
    return text.append(" from ").append(rows.source(name)).append(insert.substr(close));
}

}  // namespace mashang::schema
