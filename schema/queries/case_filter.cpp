#include "schema/queries/case_filter.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "schema/base64url.hpp"
#include "schema/codec/case_columns.hpp"
#include "schema/queries.hpp"

namespace mashang::schema {
namespace {

constexpr std::int64_t epoch_2020_ms = 1577836800000;
constexpr int id_ms_shift = 22;
constexpr std::size_t day_digits = 6, serial_digits = 7;

const std::string due_or_never = "coalesce(next_due, 9223372036854775807)";

std::int64_t power_of_ten(std::size_t n) {
    std::int64_t power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

struct Cursor {
    char order = 'd';
    std::int64_t due = 0, id = 0;
};

std::optional<Cursor> parse_cursor(const std::string& cursor) {
    const auto bytes = from_base64url(cursor);
    if (!bytes) return std::nullopt;
    const std::string text(bytes->begin(), bytes->end());
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon < 2) return std::nullopt;
    Cursor c;
    c.order = text[0];
    const auto* colon_at = text.data() + colon;
    const auto* end = text.data() + text.size();
    const auto due = std::from_chars(text.data() + 1, colon_at, c.due);
    const auto id = std::from_chars(colon_at + 1, end, c.id);
    if (due.ptr != colon_at || id.ec != std::errc{} || id.ptr != end) return std::nullopt;
    if (c.order != 'd' && c.order != 'n') return std::nullopt;
    return c;
}

// The digits of what may be a case number or the beginning of one: "261123-0048217", without the district.
std::string number_digits(std::string_view q, int district) {
    const auto prefix = std::to_string(district) + "-";
    if (q.starts_with(prefix)) q.remove_prefix(prefix.size());
    std::string digits;
    for (const char c : q) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c != '-') {
            return {};
        }
    }
    if (digits.size() > day_digits + serial_digits) return {};
    return digits;
}

std::string like_pattern(std::string_view q) {
    std::string pattern = "%";
    for (const char c : q) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return pattern + "%";
}

bool is_open_status(Status status) {
    switch (status) {
        case Status::waiting:
        case Status::dispatched:
        case Status::signed_off:
        case Status::responded:
        case Status::in_review:
            return true;
        case Status::closed:
        case Status::rejected:
        case Status::withdrawn:
        case Status::merged:
            return false;
    }
    return false;
}

}  // namespace

bool only_open(const CaseFilter& filter) {
    if (filter.overdue_at) return true;
    return !filter.statuses.empty() &&
           std::all_of(filter.statuses.begin(), filter.statuses.end(), is_open_status);
}

CaseId first_id_at(Instant at) {
    const auto ms = std::max<std::int64_t>(0, at.time_since_epoch().count() - epoch_2020_ms);
    constexpr std::int64_t ms_max = (std::int64_t{1} << (63 - id_ms_shift)) - 1;
    return CaseId{std::min(ms, ms_max) << id_ms_shift};
}

std::string after_prefix(std::string prefix) {
    if (!prefix.empty()) ++prefix.back();
    return prefix;
}

bool valid_cursor(const CaseFilter& filter) {
    if (filter.cursor.empty()) return true;
    const auto cursor = parse_cursor(filter.cursor);
    return cursor && cursor->order == (filter.by_due ? 'd' : 'n');
}

std::string cursor_after(const CaseFilter& filter, const CaseRow& last) {
    const auto due = last.next_due ? last.next_due->time_since_epoch().count() : no_due;
    const std::string text =
        (filter.by_due ? "d" : "n") + std::to_string(due) + ":" + std::to_string(raw(last.id));
    return to_base64url({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::string CaseWhere::name(Value value) {
    values.emplace_back("v" + std::to_string(values.size()), std::move(value));
    return ":" + values.back().first;
}

void CaseWhere::in_prefix(const std::string& column, const std::string& prefix) {
    if (prefix.empty()) {
        text += "1 = 1";
        return;
    }
    text += "(" + column + " >= " + name(prefix);
    text += " and " + column + " < " + name(after_prefix(prefix)) + ")";
}

void CaseWhere::in_scope(const CaseFilter& filter) {
    if (filter.scope.empty() && !filter.party) return;
    // Whoever sees the whole district needs no search in it.
    const auto whole = std::to_string(district_);
    const auto sees_all = [&](const std::string& prefix) { return whole.starts_with(prefix); };
    if (std::any_of(filter.scope.begin(), filter.scope.end(), sees_all)) return;
    text += " and (";
    for (const auto& prefix : filter.scope) {
        in_prefix("grid_code", prefix);
        text += " or ";
    }
    if (filter.party) {
        is_party(*filter.party);
        text += ")";
    } else {
        text.replace(text.size() - 4, 4, ")");
    }
}

void CaseWhere::is_party(PersonId who) {
    const auto me = name(raw(who));
    if (open_) {
        // Two indexes give the ids, then the key gives the rows; an `or` over both would walk every open
        // case.
        text += "case_id in (select c.case_id from cases c where c.district = :v0 and c.owner_id = " + me +
                " and c.is_open = 1 union all select case_id from case_parties where district = :v0" +
                " and person_id = " + me + ")";
    } else {
        // No index leads from a person to what he once owned: each row that is walked anyway is asked.
        text += "owner_id = " + me +
                " or exists (select 1 from case_parties p where p.district = :v0 and p.person_id = " + me +
                " and p.case_id = cases.case_id)";
    }
}

void CaseWhere::in_statuses(const CaseFilter& filter) {
    if (filter.statuses.empty()) return;
    // Said as a literal too, because the partial indexes are for open cases.
    if (std::all_of(filter.statuses.begin(), filter.statuses.end(), is_open_status))
        text += " and is_open = 1";
    text += " and status in (";
    for (const auto status : filter.statuses) text += name(std::string(to_string(status))) + ", ";
    text.replace(text.size() - 2, 2, ")");
}

// Over a few kilometres the ground is flat enough for Pythagoras: a degree of longitude shrinks with the
// cosine of the latitude, and what that is off at 20 km is less than a phone's own error.
void CaseWhere::is_near(const Vicinity& near) {
    constexpr double metres_a_degree = 111'195.0;  // of the mean earth radius, 6 371 008.8 m
    const double lat_span = near.metres / metres_a_degree;
    const double lon_a_lat = std::max(0.01, std::cos(near.lat * std::numbers::pi / 180));
    const std::string lat = name(near.lat), lon = name(near.lon), squeeze = name(lon_a_lat);
    text += " and code_id in (select code_id from codes where codes.district = :v0 and (lat - " + lat +
            ") * (lat - " + lat + ") + (lon - " + lon + ") * " + squeeze + " * (lon - " + lon + ") * " +
            squeeze + " <= " + name(lat_span * lat_span) + ")";
}

// A number (whole, its beginning, or the serial alone), words of a report, the place, the owner.
void CaseWhere::matches(std::string_view q, int district) {
    if (q.empty()) return;
    // Written as a whole number it means that case, which its index finds.
    if (const auto digits = number_digits(q, district);
        digits.size() == day_digits + serial_digits && q.find('-') != q.npos) {
        text += " and day = " + name(std::int64_t{std::stoll(digits.substr(0, day_digits))});
        text += " and serial = " + name(std::int64_t{std::stoll(digits.substr(day_digits))});
        return;
    }
    text += " and (";
    if (const auto digits = number_digits(q, district); !digits.empty()) {
        const auto value = std::stoll(digits);
        const auto step = power_of_ten(day_digits + serial_digits - digits.size());
        text += "(day * 10000000 + serial >= " + name(value * step);
        text += " and day * 10000000 + serial < " + name((value + 1) * step) + ")";
        text += " or serial = " + name(value) + " or ";
    }
    const auto words = name(like_pattern(q));
    text +=
        "exists (select 1 from reports where reports.district = cases.district"
        " and reports.case_id = cases.case_id and lower(text) like " +
        words +
        " escape '\\') or code_id in (select code_id from codes where codes.district = :v0"
        " and (lower(name) like " +
        words + " escape '\\' or lower(address) like " + words + " escape '\\' or lower(serial) like " +
        words +
        " escape '\\'))"
        " or owner_id in (select person_id from accounts where accounts.district = :v0"
        " and lower(name) like " +
        words + " escape '\\'))";
}

CaseWhere::CaseWhere(int district, const CaseFilter& filter, Among among)
    : district_(district), open_(among == Among::open || only_open(filter)) {
    text = " where district = " + name(std::int64_t{district});  // :v0
    in_scope(filter);
    if (!filter.division.empty()) {
        text += " and ";
        in_prefix("grid_code", filter.division);
    }
    in_statuses(filter);
    if (!filter.matter.empty()) {
        text += " and ";
        in_prefix("matter", filter.matter);
    }
    if (filter.owner) text += " and owner_id = " + name(raw(*filter.owner));
    if (filter.overdue_at)
        text += " and is_open = 1 and next_due < " + name(filter.overdue_at->time_since_epoch().count());
    if (filter.from) text += " and case_id >= " + name(raw(first_id_at(*filter.from)));
    if (filter.to) text += " and case_id < " + name(raw(first_id_at(*filter.to)));
    if (filter.code) text += " and code_id = " + name(raw(*filter.code));
    if (filter.flags) {
        const auto bits = name(std::int64_t{flag_bits(*filter.flags)});
        text += " and (flags & " + bits + ") = " + bits;
    }
    if (among != Among::all) text += among == Among::open ? " and is_open = 1" : " and is_open = 0";
    // All grids, said aloud: so SQLite goes by the index of the open cases that holds what it looks for.
    if (open_) text += " and grid_code >= ''";
    if (filter.near) is_near(*filter.near);
    matches(filter.q, district);
}

bool CaseWhere::start_after(const CaseFilter& filter) {
    if (filter.cursor.empty()) return true;
    if (!valid_cursor(filter)) return false;
    const auto cursor = parse_cursor(filter.cursor);
    if (filter.by_due && cursor->due == no_due) {
        text += " and next_due is null and case_id > " + name(cursor->id);  // so that the key is sought in
    } else if (filter.by_due) {
        text += " and (" + due_or_never + ", case_id) > (" + name(cursor->due);
        text += ", " + name(cursor->id) + ")";
    } else {
        text += " and case_id < " + name(cursor->id);
    }
    return true;
}

void CaseWhere::bind(Query& query) const {
    for (const auto& [key, value] : values) std::visit([&](const auto& v) { query.in(key, v); }, value);
}

}  // namespace mashang::schema
