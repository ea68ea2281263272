#include "server/api/case_lists.hpp"

#include <charconv>
#include <cmath>

#include "schema/codec/case_json.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/instants.hpp"
#include "server/api/codec/report_media.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t summary_chars = 80;
constexpr int near_metres_default = 200, near_metres_max = 20'000;

std::string first_words(const std::string& text) {
    std::size_t chars = 0, at = 0;
    while (at < text.size() && chars < summary_chars) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
        ++chars;
    }
    return at < text.size() ? text.substr(0, at) + "…" : text;
}

// An instant, or a civil day's first instant.
Result<Instant> instant_in(const DecisionData& data, std::string_view name, std::string_view text) {
    if (const auto at = parse_instant(text)) return *at;
    if (const auto day = parse_day(text)) return data.calendars.now().start_of(*day);
    return invalid_field("/query/" + std::string(name), "error.not_an_instant");
}

// What stands between commas; nothing of an empty text.
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto comma = text.find(',');
        words.push_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return words;
}

Result<std::vector<Status>> statuses_in(std::string_view text) {
    std::vector<Status> list;
    for (const auto word : split(text)) {
        if (word == "open") {
            list.insert(list.end(), {Status::waiting, Status::dispatched, Status::signed_off,
                                     Status::responded, Status::in_review});
            continue;
        }
        const auto status = parse_word<Status>(word);
        if (!status)
            return invalid_field("/query/status", "error.not_one_of",
                                 {{"allowed",
                                   "open, waiting, dispatched, signed_off, responded, in_review, closed, "
                                   "rejected, withdrawn, merged"}});
        list.push_back(*status);
    }
    return list;
}

// Statuses that a stage stands for, see stage_of.
Result<std::vector<Status>> statuses_of_stage(std::string_view text) {
    if (text == "sign_off") return std::vector{Status::waiting, Status::dispatched};
    if (text == "response") return std::vector{Status::signed_off};
    if (text == "closure") return std::vector{Status::responded};
    if (text == "review") return std::vector{Status::in_review};
    return invalid_field("/query/stage", "error.not_one_of",
                         {{"allowed", "sign_off, response, closure, review"}});
}

Result<void> fill_times(const DecisionData& data, const http::Request& request, schema::CaseFilter& f) {
    if (const auto from = request.query_value("from")) {
        auto at = instant_in(data, "from", *from);
        if (!at) return at.error();
        f.from = *at;
    }
    if (const auto to = request.query_value("to")) {
        auto at = instant_in(data, "to", *to);
        if (!at) return at.error();
        f.to = *at;
    }
    return {};
}

Result<void> fill_statuses(const http::Request& request, schema::CaseFilter& f) {
    if (const auto status = request.query_value("status")) {
        auto list = statuses_in(*status);
        if (!list) return list.error();
        f.statuses = std::move(*list);
    }
    if (const auto stage = request.query_value("stage"); stage && f.statuses.empty()) {
        auto list = statuses_of_stage(*stage);
        if (!list) return list.error();
        f.statuses = std::move(*list);
    }
    return {};
}

template <class Number>
bool read_whole(std::string_view text, Number& number) {
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end;
}

// "30.27,120.13" or "30.27,120.13,500": around a point in WGS-84, 200 m unless told.
Result<schema::Vicinity> vicinity_in(std::string_view text) {
    schema::Vicinity near;
    near.metres = near_metres_default;
    const auto parts = split(text);
    const bool read = (parts.size() == 2 || parts.size() == 3) && read_whole(parts[0], near.lat) &&
                      read_whole(parts[1], near.lon) &&
                      (parts.size() == 2 || read_whole(parts[2], near.metres));
    // Written so that what is no number at all fails as well.
    if (read && std::abs(near.lat) <= 90 && std::abs(near.lon) <= 180 && near.metres > 0 &&
        near.metres <= near_metres_max)
        return near;
    return invalid_field("/query/near", "error.not_near", {{"max", std::to_string(near_metres_max)}});
}

Result<Flags> flags_in(std::string_view text) {
    Flags flags;
    const std::pair<std::string_view, bool*> known[] = {{"returning", &flags.returning},
                                                        {"adjudicating", &flags.adjudicating},
                                                        {"paused", &flags.paused},
                                                        {"supervised", &flags.supervised},
                                                        {"provisional", &flags.provisional}};
    for (const auto word : split(text)) {
        const auto found = std::find_if(std::begin(known), std::end(known),
                                        [&](const auto& flag) { return flag.first == word; });
        if (found == std::end(known))
            return invalid_field("/query/flags", "error.not_one_of",
                                 {{"allowed", "returning, adjudicating, paused, supervised, provisional"}});
        *found->second = true;
    }
    return flags;
}

Result<void> fill_whereabouts(const http::Request& request, schema::CaseFilter& f) {
    if (const auto near = request.query_value("near"); near && !near->empty()) {
        auto around = vicinity_in(*near);
        if (!around) return around.error();
        f.near = *around;
    }
    if (const auto flags = request.query_value("flags"); flags && !flags->empty()) {
        auto set = flags_in(*flags);
        if (!set) return set.error();
        f.flags = *set;
    }
    return {};
}

Result<void> fill_people(const App& app, const http::Request& request, const SignedIn& who,
                         schema::CaseFilter& f) {
    const Role role = who.actor.party.role;
    // A unit sees what it assists in, wherever; its scope says only where it may be asked.
    if (role != Role::unit) f.scope = who.actor.scope;
    f.party = who.actor.party.id;
    if (const auto owner = request.query_value("owner")) {
        const auto data = app.data();
        const auto it = data->logins.find(std::string(*owner));
        if (*owner == "me") {
            f.owner = who.actor.party.id;
        } else if (it != data->logins.end()) {
            f.owner = it->second;
        } else if (!owner->empty() && owner->size() < 18 &&
                   owner->find_first_not_of("0123456789") == std::string_view::npos) {
            f.owner = PersonId{std::stoll(std::string(*owner))};
        } else {
            return invalid_field("/query/owner", "error.person_unknown");
        }
    }
    return {};
}

}  // namespace

Result<std::vector<Task>> tasks_of(schema::Tx& tx, int district, const std::vector<schema::CaseRow>& rows) {
    std::vector<Task> tasks;
    for (const auto& row : rows) {
        auto c = schema::decode_case(row.state);
        if (!c) return c.error();
        Task task;
        if (!c->reports.empty())
            if (const auto report = first_row(tx, district, row.id, c->reports.front())) {
                task.summary = first_words(report->text);
                task.media = media_of_report(report->extra);
            }
        task.c = std::move(*c);
        tasks.push_back(std::move(task));
    }
    return tasks;
}

Result<schema::CaseFilter> filter_of(const App& app, const http::Request& request, const SignedIn& who) {
    schema::CaseFilter f;
    auto limit = page_limit(request);
    if (!limit) return limit.error();
    f.limit = *limit;
    const auto data = app.data();
    if (auto ok = fill_statuses(request, f); !ok) return ok.error();
    if (auto ok = fill_times(*data, request, f); !ok) return ok.error();
    if (auto ok = fill_people(app, request, who, f); !ok) return ok.error();
    if (auto ok = fill_whereabouts(request, f); !ok) return ok.error();
    f.division = request.query_value("division").value_or("");
    if (f.division.find_first_not_of("0123456789") != std::string::npos || f.division.size() > 15)
        return invalid_field("/query/division", "error.wrong_type", {{"expected", "digits"}});
    f.matter = request.query_value("matter").value_or("");
    f.q = request.query_value("q").value_or("");
    if (const auto overdue = request.query_value("overdue"); overdue && *overdue != "false") {
        // The due instant itself is on time: overdue is strictly before now.
        f.overdue_at = const_cast<App&>(app).time.now();
        if (f.statuses.empty())
            f.statuses = {Status::waiting, Status::dispatched, Status::signed_off, Status::responded,
                          Status::in_review};
    }
    f.cursor = request.query_value("cursor").value_or("");
    f.by_due = request.query_value("order").value_or("due") != "newest";
    if (!f.cursor.empty() && !schema::valid_cursor(f)) return invalid_field("/query/cursor", "error.cursor");
    return f;
}

}  // namespace mashang::server
