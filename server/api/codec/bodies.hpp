// What clients send, decoded: JSON bodies to plain values, with a pointer for every place that is wrong.
//
// Texts are trimmed and checked for length in characters and for control characters. Pure; any thread.
// Errors: invalid with all findings of the body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/roster.hpp"
#include "dispatch/territory.hpp"

namespace mashang::server {

inline constexpr std::size_t text_chars_max = 2000;
inline constexpr std::size_t note_chars_max = 1000;
inline constexpr std::size_t name_chars_max = 40;
inline constexpr std::size_t media_max = 6;

struct CaseNumber {
    int district = 0;
    std::int32_t day = 0, serial = 0;
};
// "330106-261123-0048217"
std::optional<CaseNumber> parse_number(std::string_view text);
std::string format_number(int district, std::int32_t day, std::int32_t serial);

struct ReportBody {
    std::string token, matter, text;
    ReporterKind kind = ReporterKind::resident;
    std::string name, phone;
    bool anonymous = true;
    std::optional<Point> position;  // as WGS-84
    std::string extra;              // JSON: position as it came, answers
    std::vector<std::string> media;
    std::optional<CaseNumber> join;
};
Result<ReportBody> decode_report(std::string_view body);

struct CommandBody {
    Command command;  // without actor and texts
    std::optional<std::string> text, advice;
    std::optional<CaseNumber> other;  // merge: into
    std::string to;                   // assign, transfer, adjudicate, add-co-handler: an id or a login
};
Result<CommandBody> decode_command(CommandKind kind, std::string_view body);
// The resident's three: rating {score, comment?}, supplement {text, media?}, withdraw {reason?}.
Result<CommandBody> decode_rating(std::string_view body);
Result<CommandBody> decode_supplement(std::string_view body);
Result<CommandBody> decode_withdrawal(std::string_view body);

struct LoginBody {
    std::string login, password;
};
Result<LoginBody> decode_login(std::string_view body);

// What somebody wishes of his messages; quiet without times is none.
struct SettingsBody {
    QuietHours quiet;
    int messages_an_hour = messages_an_hour_usual;
};
Result<SettingsBody> decode_settings(std::string_view body);

struct CodeBody {
    std::string name, address, kind, grid_code;
    Point at;
};
Result<CodeBody> decode_code(std::string_view body);
Result<std::string> decode_reason(std::string_view body);
Result<std::int64_t> decode_advance_ms(std::string_view body);

}  // namespace mashang::server
