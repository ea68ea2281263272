#include "schema/queries/later.hpp"

#include <array>
#include <string>
#include <unordered_map>

namespace mashang::schema {
namespace {

constexpr std::string_view before_tuple = " values ";

// Past the parenthesis that closes the one at `open`.
std::size_t end_of_tuple(std::string_view sql, std::size_t open) {
    int depth = 0;
    for (auto at = open; at < sql.size(); ++at) {
        if (sql[at] == '(') ++depth;
        if (sql[at] == ')' && --depth == 0) return at + 1;
    }
    return sql.size();
}

bool is_name(char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

std::string repeated(std::string_view insert, std::size_t rows) {
    const auto open = insert.find(before_tuple) + before_tuple.size();
    const auto close = end_of_tuple(insert, open);
    const auto tuple = insert.substr(open, close - open);
    std::string text(insert.substr(0, close));
    for (std::size_t row = 1; row < rows; ++row) {
        text += ", ";
        for (std::size_t at = 0; at < tuple.size();) {
            text += tuple[at];
            if (tuple[at++] != ':') continue;
            while (at < tuple.size() && is_name(tuple[at])) text += tuple[at++];
            text += row_mark(row);
        }
    }
    return text.append(insert.substr(close));
}

}  // namespace

const std::string& row_mark(std::size_t row) {
    static const auto marks = [] {
        std::array<std::string, rows_a_statement_max> all;
        for (std::size_t i = 1; i < all.size(); ++i) all[i] = "_" + std::to_string(i);
        return all;
    }();
    return marks.at(row);
}

std::string_view for_rows(std::string_view insert, std::size_t rows) {
    if (rows == 1) return insert;
    thread_local std::unordered_map<std::string_view, std::map<std::size_t, std::string>> texts;
    auto& text = texts[insert][rows];
    if (text.empty()) text = repeated(insert, rows);
    return text;
}

}  // namespace mashang::schema
