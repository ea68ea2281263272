#include "server/http/request.hpp"

#include <algorithm>
#include <array>

namespace mashang::http {

namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> method_names{{{"GET", Method::get},
                                                                           {"HEAD", Method::head},
                                                                           {"POST", Method::post},
                                                                           {"PUT", Method::put},
                                                                           {"PATCH", Method::patch},
                                                                           {"DELETE", Method::del},
                                                                           {"OPTIONS", Method::options}}};

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::string_view> first_value(const Pairs& pairs, std::string_view name) noexcept {
    const auto it = std::ranges::find_if(pairs, [&](const auto& pair) { return pair.first == name; });
    if (it == pairs.end()) return std::nullopt;
    return it->second;
}

}  // namespace

std::string_view to_string(Method method) noexcept {
    const auto it =
        std::ranges::find_if(method_names, [&](const auto& entry) { return entry.second == method; });
    return it == method_names.end() ? std::string_view{} : it->first;
}

std::optional<Method> parse_method(std::string_view name) noexcept {
    const auto it =
        std::ranges::find_if(method_names, [&](const auto& entry) { return entry.first == name; });
    if (it == method_names.end()) return std::nullopt;
    return it->second;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> list_items(std::string_view list) {
    std::vector<std::string_view> items;
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (const auto item = trimmed(list.substr(0, comma)); !item.empty()) items.push_back(item);
        list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    }
    return items;
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const noexcept {
    return first_value(query, name);
}

std::optional<std::string_view> Request::cookie(std::string_view name) const noexcept {
    std::string_view rest = header("cookie").value_or("");
    while (!rest.empty()) {
        const auto semicolon = rest.find(';');
        const auto pair = trimmed(rest.substr(0, semicolon));
        if (const auto equals = pair.find('='); equals != pair.npos && pair.substr(0, equals) == name) {
            return pair.substr(equals + 1);
        }
        rest = semicolon == rest.npos ? std::string_view{} : rest.substr(semicolon + 1);
    }
    return std::nullopt;
}

std::string_view Request::param(std::string_view name) const noexcept {
    return first_value(params, name).value_or("");
}

}  // namespace mashang::http
