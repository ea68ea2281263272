#include "server/api/codec/instants.hpp"

#include <charconv>
#include <cstdio>

namespace mashang::server {
namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t n) {
    if (at + n > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + n; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

void put_digits(std::string& text, std::size_t at, std::size_t n, std::int64_t value) {
    for (std::size_t i = n; i-- > 0; value /= 10) text[at + i] = static_cast<char>('0' + value % 10);
}

std::optional<minutes> offset_of(std::string_view text) {
    if (text == "Z" || text == "z") return minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto h = digits(text, 1, 2), m = digits(text, 4, 2);
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    const minutes off{*h * 60 + *m};
    return text[0] == '-' ? -off : off;
}

}  // namespace

std::string format_instant(Instant at, seconds offset) {
    const auto local = at + offset;
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss<milliseconds> time{local - day};
    const auto minutes_off = duration_cast<minutes>(offset).count();
    const auto away = minutes_off < 0 ? -minutes_off : minutes_off;
    // By hand: every answer has several of them.
    std::string out = "0000-00-00T00:00:00.000+00:00";
    put_digits(out, 0, 4, static_cast<int>(date.year()));
    put_digits(out, 5, 2, static_cast<unsigned>(date.month()));
    put_digits(out, 8, 2, static_cast<unsigned>(date.day()));
    put_digits(out, 11, 2, time.hours().count());
    put_digits(out, 14, 2, time.minutes().count());
    put_digits(out, 17, 2, time.seconds().count());
    put_digits(out, 20, 3, time.subseconds().count());
    if (minutes_off < 0) out[23] = '-';
    put_digits(out, 24, 2, away / 60);
    put_digits(out, 27, 2, away % 60);
    if (date.year() > year{9999}) out.replace(0, 4, std::to_string(static_cast<int>(date.year())));
    return out;
}

std::optional<local_days> parse_day(std::string_view text) {
    const auto y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
    if (text.size() != 10 || !y || !m || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return local_days{date};
}

std::string format_day(local_days day) {
    const year_month_day date{day};
    char out[16];
    std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return out;
}

std::optional<Instant> parse_instant(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
    const auto day = parse_day(text.substr(0, 10));
    const auto h = digits(text, 11, 2), m = digits(text, 14, 2), s = digits(text, 17, 2);
    if (!day || !h || !m || !s || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (*h > 23 || *m > 59 || *s > 59) return std::nullopt;
    std::size_t at = 19;
    int ms = 0;
    if (text[at] == '.') {
        int scale = 100;
        std::size_t count = 0;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count, scale /= 10)
            ms += (text[at] - '0') * scale;
        if (count == 0 || count > 9) return std::nullopt;
    }
    const auto off = offset_of(text.substr(at));
    if (!off) return std::nullopt;
    const Instant local{duration_cast<Millis>(day->time_since_epoch())};
    return local + hours{*h} + minutes{*m} + seconds{*s} + milliseconds{ms} - *off;
}

std::optional<Instant> parse_day_or_instant(std::string_view text, const Calendar& calendar) {
    if (const auto day = parse_day(text)) return calendar.start_of(*day);
    return parse_instant(text);
}

}  // namespace mashang::server
