#include "dispatch/time.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace mashang {
namespace {

constexpr std::int64_t amount_max = 100000;

constexpr std::array<std::pair<Unit, std::string_view>, 8> suffixes{{
    {Unit::emergency_hours, "eh"},
    {Unit::emergency_minutes, "em"},
    {Unit::working_hours, "wh"},
    {Unit::working_minutes, "wm"},
    {Unit::working_days, "wd"},
    {Unit::calendar_days, "d"},
    {Unit::hours, "h"},
    {Unit::minutes, "min"},
}};

}  // namespace

Result<Limit> parse_limit(std::string_view text) {
    const auto bad = [&] {
        return make_error(Errc::invalid, "error.limit_notation", {{"text", std::string(text)}});
    };
    // A leading zero is refused: one limit has one notation, so documents can be compared as text.
    if (text.empty() || text.front() < '1' || text.front() > '9') return bad();
    std::int64_t amount = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, amount);
    if (error != std::errc{} || amount > amount_max) return bad();
    const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
    for (const auto& [unit, known] : suffixes) {
        if (suffix == known) return Limit{unit, amount};
    }
    return bad();
}

std::string to_string(Limit limit) {
    std::string text = std::to_string(limit.amount);
    for (const auto& [unit, suffix] : suffixes) {
        if (unit == limit.unit) text += suffix;
    }
    return text;
}

}  // namespace mashang
