#include "server/demo/tables.hpp"

#define MASHANG_DEMO_TABLE(name)                                 \
    extern "C" {                                                 \
    extern const char mashang_demo_##name[];                     \
    extern const char mashang_demo_##name##_end[];               \
    }                                                            \
    static std::string_view name##_text() {                      \
        return {mashang_demo_##name, mashang_demo_##name##_end}; \
    }

MASHANG_DEMO_TABLE(divisions)
MASHANG_DEMO_TABLE(streets)
MASHANG_DEMO_TABLE(names)
MASHANG_DEMO_TABLE(staff)
MASHANG_DEMO_TABLE(units)
MASHANG_DEMO_TABLE(places)
MASHANG_DEMO_TABLE(notices)
MASHANG_DEMO_TABLE(matters)
MASHANG_DEMO_TABLE(reports)
MASHANG_DEMO_TABLE(deeds)
#undef MASHANG_DEMO_TABLE

namespace mashang::demo {
namespace {

std::string_view text_of(Table table) {
    switch (table) {
        case Table::divisions:
            return divisions_text();
        case Table::streets:
            return streets_text();
        case Table::names:
            return names_text();
        case Table::staff:
            return staff_text();
        case Table::units:
            return units_text();
        case Table::places:
            return places_text();
        case Table::notices:
            return notices_text();
        case Table::matters:
            return matters_text();
        case Table::reports:
            return reports_text();
        case Table::deeds:
            return deeds_text();
    }
    return {};
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return parts;
}

std::vector<Row> rows(Table table) {
    std::vector<Row> all;
    for (auto line : split(text_of(table), '\n'))
        if (!line.empty() && line.front() != '#') all.push_back(split(line, '\t'));
    return all;
}

std::string_view value(Table table, std::string_view key) {
    for (const auto& row : rows(table))
        if (row.size() > 1 && row[0] == key) return row[1];
    return {};
}

std::string fill(std::string_view text,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> slots) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        text.remove_prefix(open);
        const auto close = text.find('}');
        const auto slot = text.substr(0, close == std::string_view::npos ? close : close + 1);
        auto put = slot;
        for (const auto& [name, with] : slots)
            if (slot.size() == name.size() + 2 && slot.substr(1, name.size()) == name) put = with;
        out += put;
        text.remove_prefix(slot.size());
    }
    return out;
}

}  // namespace mashang::demo
