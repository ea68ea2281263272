#include "dispatch/references.hpp"

#include <algorithm>

namespace mashang {
namespace {

bool begins_a_code(const Catalogue& catalogue, std::string_view prefix) {
    return std::any_of(catalogue.matters().begin(), catalogue.matters().end(),
                       [prefix](const Matter& m) { return m.code.starts_with(prefix); });
}

// The code with the longest beginning in common, of the same kind; "" when not even the class is there.
std::string nearest_code(const Catalogue& catalogue, std::string_view said) {
    constexpr std::size_t class_digits = 9;  // kind letter, district, class
    std::string best;
    std::size_t best_length = std::min(class_digits, said.size()) - 1;
    for (const Matter& m : catalogue.matters()) {
        const auto [a, b] = std::mismatch(said.begin(), said.end(), m.code.begin(), m.code.end());
        const auto length = static_cast<std::size_t>(a - said.begin());
        if (length <= best_length) continue;
        best = m.code;
        best_length = length;
    }
    return best;
}

FieldError unknown_matter(const Catalogue& catalogue, std::string at, const std::string& said) {
    std::string nearest = said.empty() ? std::string() : nearest_code(catalogue, said);
    if (nearest.empty()) return {std::move(at), "error.unknown", {{"value", said}}};
    return {std::move(at), "error.unknown_nearest", {{"value", said}, {"nearest", std::move(nearest)}}};
}

bool has_condition(const Matter& m, std::string_view id) {
    return id == "default" || std::any_of(m.conditions.begin(), m.conditions.end(),
                                          [id](const FilingCondition& c) { return c.id == id; });
}

// Whether some matter under the prefix is filed under this condition; "*" is every matter.
bool filed_under(const Catalogue& catalogue, std::string_view prefix, std::string_view condition) {
    return std::any_of(catalogue.matters().begin(), catalogue.matters().end(), [&](const Matter& m) {
        return (prefix == "*" || m.code.starts_with(prefix)) && has_condition(m, condition);
    });
}

}  // namespace

std::vector<FieldError> unknown_in_standards(std::span<const Standard> standards,
                                             const Catalogue& catalogue) {
    std::vector<FieldError> found;
    for (std::size_t i = 0; i < standards.size(); ++i) {
        const Standard& s = standards[i];
        const std::string at = "/standards/" + std::to_string(i);
        if (s.matter != "*" && !begins_a_code(catalogue, s.matter)) {
            found.push_back(unknown_matter(catalogue, at + "/matter", s.matter));
        } else if (s.condition != "*" && !filed_under(catalogue, s.matter, s.condition)) {
            found.push_back({at + "/condition", "error.unknown", {{"value", s.condition}}});
        }
    }
    return found;
}

}  // namespace mashang
