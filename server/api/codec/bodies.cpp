#include "server/api/codec/bodies.hpp"

#include <cmath>
#include <cstdio>

#include "server/api/codec/instants.hpp"
#include "server/api/codec/positions.hpp"
#include "server/api/codec/reader.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t token_chars_max = 64;
constexpr std::size_t media_id_chars_max = 64;

std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (const char ch : text) {
        if (ch < '0' || ch > '9') return std::nullopt;
        value = value * 10 + (ch - '0');
    }
    return value;
}

bool phone_like(std::string_view text) {
    for (const char ch : text)
        if (!((ch >= '0' && ch <= '9') || ch == '+' || ch == '-' || ch == ' ')) return false;
    return text.size() <= 24;
}

void read_reporter(Reader& r, ReportBody& body) {
    const auto* object = r.object("reporter");
    if (!object) return;
    Reader inner(*object, r.at("reporter"), r);
    static constexpr ReporterKind kinds[] = {ReporterKind::resident, ReporterKind::enterprise,
                                             ReporterKind::staff, ReporterKind::agent};
    if (const auto kind = inner.word("kind", {"resident", "enterprise", "staff", "agent"}))
        body.kind = kinds[*kind];
    body.name = inner.text("name", name_chars_max).value_or("");
    body.phone = inner.text("phone", 24).value_or("");
    if (!phone_like(body.phone)) inner.fail(inner.at("phone"), "error.not_a_phone");
}

nlohmann::json read_position(Reader& r, ReportBody& body) {
    const auto* object = r.object("position");
    if (!object) return nullptr;
    Reader inner(*object, r.at("position"), r);
    const auto lat = inner.number("lat", -90, 90, true);
    const auto lon = inner.number("lon", -180, 180, true);
    const auto accuracy = inner.number("accuracy_m", 0, 1e7);
    static constexpr CoordinateSystem systems[] = {CoordinateSystem::wgs84, CoordinateSystem::gcj02,
                                                   CoordinateSystem::bd09};
    static constexpr std::string_view names[] = {"wgs84", "gcj02", "bd09"};
    const auto system = inner.word("system", {names[0], names[1], names[2]}, true);
    if (!lat || !lon || !system) return nullptr;
    body.position = to_wgs84({*lon, *lat}, systems[*system]);
    nlohmann::json kept = {{"lat", *lat}, {"lon", *lon}, {"system", names[*system]}};
    if (accuracy) kept["accuracy_m"] = *accuracy;
    return kept;
}

void read_media(Reader& r, std::vector<std::string>& media) {
    media = r.texts("media", media_max, media_id_chars_max);
}

std::optional<CaseNumber> read_number(Reader& r, const char* name, bool required) {
    const auto text = r.text(name, 32, required);
    if (!text) return std::nullopt;
    const auto number = parse_number(*text);
    if (!number) r.fail(r.at(name), "error.no_such_number");
    return number;
}

// "22:00" as a minute of the day.
std::optional<int> day_minute(Reader& r, const char* name) {
    const auto text = r.text(name, 5, true);
    if (!text) return std::nullopt;
    const bool shaped = text->size() == 5 && (*text)[2] == ':';
    const auto hour = shaped ? digits(text->substr(0, 2)) : std::nullopt;
    const auto minute = shaped ? digits(text->substr(3)) : std::nullopt;
    if (hour && minute && *hour < 24 && *minute < 60) return *hour * 60 + *minute;
    r.fail(r.at(name), "error.quiet_hours");
    return std::nullopt;
}

template <class T>
Result<T> finished(Reader& r, T value) {
    if (r.failed()) return r.error();
    return value;
}

constexpr std::size_t answers_bytes_max = 4000;

}  // namespace

std::optional<CaseNumber> parse_number(std::string_view text) {
    if (text.size() != 21 || text[6] != '-' || text[13] != '-') return std::nullopt;
    const auto district = digits(text.substr(0, 6)), day = digits(text.substr(7, 6)),
               serial = digits(text.substr(14));
    if (!district || !day || !serial) return std::nullopt;
    return CaseNumber{*district, *day, *serial};
}

std::string format_number(int district, std::int32_t day, std::int32_t serial) {
    char out[40];
    std::snprintf(out, sizeof out, "%06d-%06d-%07d", district, day, serial);
    return out;
}

Result<ReportBody> decode_report(std::string_view text) {
    Reader r(text);
    ReportBody body;
    body.token = r.text("token", token_chars_max, true).value_or("");
    body.matter = r.text("matter_code", 32).value_or("");
    body.text = r.text("text", text_chars_max).value_or("");
    if (r.failed()) return r.error();
    body.join = read_number(r, "join", false);
    if (body.text.empty() && body.matter.empty() && !body.join) r.fail("/text", "error.text_or_matter");
    read_reporter(r, body);
    nlohmann::json extra = nlohmann::json::object();
    if (auto position = read_position(r, body); !position.is_null()) extra["position"] = position;
    if (const auto* answers = r.any("answers")) {
        if (!answers->is_object() && !answers->is_array())
            r.fail("/answers", "error.wrong_type", {{"expected", "object"}});
        if (answers->dump().size() > answers_bytes_max)
            r.fail("/answers", "error.too_long", {{"max", std::to_string(answers_bytes_max)}});
        extra["answers"] = *answers;
    }
    read_media(r, body.media);
    if (!body.media.empty()) extra["media"] = body.media;
    const bool named = !body.name.empty() || !body.phone.empty();
    body.anonymous = r.boolean("anonymous").value_or(!named);
    if (body.anonymous) body.name = body.phone = "";
    body.extra = extra.empty() ? "" : extra.dump();
    return finished(r, std::move(body));
}

namespace {

using K = CommandKind;

// {decision}: a return is accepted, everything else approved; a review refuses by asking for a redo.
bool ruling(Reader& r, CommandKind kind) {
    const std::string_view yes = kind == K::decide_return ? "accept" : "approve";
    const std::string_view no = kind == K::review ? "redo" : "refuse";
    const auto index = r.word("decision", {yes, no}, true);
    return index && *index == 0;
}

// The free text of a command, under the name its body gives it.
const char* text_member(CommandKind kind) {
    switch (kind) {
        case K::return_case:
        case K::transfer:
        case K::pause:
        case K::request_extension:
        case K::waive_part:
        case K::reclassify:
        case K::reprioritise:
        case K::reject:
        case K::reopen:
        case K::merge:
        case K::split:
        case K::withdraw:
            return "reason";
        case K::close:
            return "result";
        case K::supervise:
            return "question";
        case K::answer:
            return "answer";
        case K::note:
        case K::call_back:
        case K::supplement:
            return "text";
        case K::rate:
            return "comment";
        case K::assign:
        case K::sign_off:
        case K::decide_return:
        case K::adjudicate:
        case K::respond:
        case K::finish_step:
        case K::review:
        case K::decide_pause:
        case K::resume:
        case K::decide_extension:
        case K::add_co_handler:
        case K::finish_part:
            return "note";
    }
    return "note";
}

void read_instants(Reader& r, Command& c) {
    if (const auto text = r.text("until", 40, true)) {
        c.until = parse_instant(*text);
        if (!c.until) r.fail("/until", "error.not_an_instant");
    }
}

void read_limit(Reader& r, Command& c, bool required) {
    const auto text = r.text("limit", 16, required);
    if (!text) return;
    const auto limit = parse_limit(*text);
    if (limit) {
        c.limit = *limit;
    } else {
        r.fail("/limit", "error.limit_notation");
    }
}

void read_number_of(Reader& r, const char* name, Command& c) {
    if (const auto n = r.id(name)) c.number = *n;
}

void read_arguments(Reader& r, CommandKind kind, CommandBody& body) {
    Command& c = body.command;
    switch (kind) {
        case K::assign:
        case K::transfer:
        case K::adjudicate:
            body.to = r.text("to", 64, true).value_or("");
            break;
        case K::decide_return:
        case K::decide_pause:
        case K::decide_extension:
        case K::review:
            c.yes = ruling(r, kind);
            break;
        case K::pause:
            read_instants(r, c);
            break;
        case K::request_extension:
            read_limit(r, c, true);
            break;
        case K::add_co_handler:
            body.to = r.text("unit", 64).value_or(r.text("to", 64).value_or(""));
            if (body.to.empty()) r.fail("/unit", "error.required");
            read_limit(r, c, false);
            break;
        case K::finish_step:
            c.step = r.text("step", 32, true);
            break;
        case K::finish_part:
        case K::waive_part:
            read_number_of(r, "part", c);
            break;
        case K::answer:
            read_number_of(r, "order", c);
            break;
        case K::reclassify:
            c.matter = r.text("matter", 32, true);
            break;
        case K::reprioritise: {
            static constexpr Priority all[] = {Priority::ordinary, Priority::urgent, Priority::emergency};
            if (const auto i = r.word("priority", {"ordinary", "urgent", "emergency"}, true))
                c.priority = all[*i];
            break;
        }
        case K::reject:
            body.advice = r.text("where_to", note_chars_max, true);
            break;
        case K::merge:
            body.other = read_number(r, "into", true);
            break;
        case K::split:
            if (const auto n = r.id("report", true)) c.report = ReportId{*n};
            break;
        case K::sign_off:
        case K::return_case:
        case K::respond:
        case K::close:
        case K::rate:
        case K::reopen:
        case K::resume:
        case K::withdraw:
        case K::supervise:
        case K::note:
        case K::call_back:
        case K::supplement:
            break;  // nothing but a text, photos and the revision
    }
}

}  // namespace

Result<CommandBody> decode_command(CommandKind kind, std::string_view text) {
    Reader r(text);
    CommandBody body;
    body.command.kind = kind;
    if (const auto revision = r.integer("revision", 0, INT32_MAX))
        body.command.revision = static_cast<int>(*revision);
    body.text = r.text(text_member(kind), note_chars_max);
    read_arguments(r, kind, body);
    read_media(r, body.command.media);
    return finished(r, std::move(body));
}

Result<CommandBody> decode_rating(std::string_view text) {
    Reader r(text);
    CommandBody body;
    body.command.kind = K::rate;
    if (const auto score = r.integer("score", 1, 5, true)) body.command.score = static_cast<int>(*score);
    body.text = r.text("comment", note_chars_max);
    return finished(r, std::move(body));
}

Result<CommandBody> decode_supplement(std::string_view text) {
    Reader r(text);
    CommandBody body;
    body.command.kind = K::supplement;
    body.text = r.text("text", note_chars_max, true);
    read_media(r, body.command.media);
    return finished(r, std::move(body));
}

Result<CommandBody> decode_withdrawal(std::string_view text) {
    Reader r(text);
    CommandBody body;
    body.command.kind = K::withdraw;
    body.text = r.text("reason", note_chars_max);
    return finished(r, std::move(body));
}

Result<LoginBody> decode_login(std::string_view text) {
    Reader r(text);
    LoginBody body;
    body.login = r.text("login", 64, true).value_or("");
    body.password = r.text("password", 256, true).value_or("");
    return finished(r, std::move(body));
}

// {quiet: {from: "22:00", to: "07:00"} or null, messages_an_hour?}: the whole of it, each time.
Result<SettingsBody> decode_settings(std::string_view text) {
    Reader r(text);
    SettingsBody body;
    const auto* quiet = r.any("quiet");
    if (quiet && !quiet->is_null()) {
        if (const auto* object = r.object("quiet")) {
            Reader inner(*object, r.at("quiet"), r);
            const auto from = day_minute(inner, "from"), to = day_minute(inner, "to");
            if (from && to) body.quiet = {*from, *to};
        }
        if (!valid(body.quiet)) r.fail("/quiet", "error.quiet_hours");
    }
    body.messages_an_hour =
        static_cast<int>(r.integer("messages_an_hour", messages_an_hour_min, messages_an_hour_max)
                             .value_or(messages_an_hour_usual));
    return finished(r, body);
}

Result<CodeBody> decode_code(std::string_view text) {
    Reader r(text);
    CodeBody body;
    const auto* place = r.object("place");
    if (!place) {
        if (!r.failed()) r.fail("/place", "error.required");
        return r.error();
    }
    Reader p(*place, "/place", r);
    body.name = p.text("name", 80, true).value_or("");
    body.address = p.text("address", 120).value_or("");
    body.kind = p.text("kind", 40, true).value_or("");
    body.grid_code = p.text("grid_code", 15).value_or("");
    body.at.lat = p.number("lat", -90, 90, true).value_or(0);
    body.at.lon = p.number("lon", -180, 180, true).value_or(0);
    return finished(r, std::move(body));
}

Result<std::string> decode_reason(std::string_view text) {
    Reader r(text);
    auto reason = r.text("reason", note_chars_max, true).value_or("");
    return finished(r, std::move(reason));
}

Result<std::int64_t> decode_advance_ms(std::string_view text) {
    Reader r(text);
    constexpr std::int64_t ten_years_ms = 315'576'000'000;
    const auto ms = r.integer("advance_ms", 0, ten_years_ms, true).value_or(0);
    return finished(r, ms);
}

}  // namespace mashang::server
