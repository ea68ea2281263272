// What the server answers, encoded: plain values to the JSON of api.md. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/texts.hpp"
#include "server/accounts.hpp"
#include "server/casebook.hpp"
#include "server/casefile.hpp"
#include "server/decision_data.hpp"

namespace mashang::server {

// For whom and when something is said.
struct View {
    const DecisionData& data;
    schema::Language language = schema::Language::zh;
    Instant now{};
    const Actor* actor = nullptr;  // null: a resident

    std::chrono::seconds offset() const { return data.calendars.now().offset_at(now); }
};

// RFC 9457; `revision` and `allowed` are taken from the error's arguments.
std::string encode_problem(const Error& error, int status, schema::Language language);

struct CodeDocument {
    schema::CodeRow row;
    std::string token;
    int phrase = 0;
    std::vector<schema::NoticeRow> notices;
    std::vector<Case> open_cases;
};
// The page's own copy names the less likely matters only, in the reader's language, so that it stays small on
// the wire; the questions of all of them are in the API's answer.
enum class MatterDetail { names_of_more, all };
std::string encode_code(const CodeDocument& code, const View& view, MatterDetail detail = MatterDetail::all);
std::string encode_code_item(const CodeDocument& code, const View& view);
std::string encode_code_list(const std::vector<CodeDocument>& codes, const std::string& next, const View& v);

std::string encode_report_answer(const Changed& changed, const std::string& tracking,
                                 const std::string& tracking_url, const View& view);
// What the tracking link of one report tells.
std::string encode_track(const CaseFile& file, ReportId report, const View& view);

std::string encode_session(const SignedIn& who, const std::string& tile_url, const std::string& attribution,
                           const View& view);

struct Task {
    Case c;
    std::string summary;
    std::vector<std::string> media;
};
struct TaskList {
    std::vector<Task> tasks;
    std::string next_cursor;
    std::optional<schema::AtLeast> total;
    std::map<std::string, std::int64_t> counts;
    std::optional<std::int64_t> done_today;
};
std::string encode_tasks(const TaskList& list, const View& view);

std::string encode_case(const CaseFile& file, const View& view);
std::string encode_decision(const CaseFile& file, const Trace& trace, const View& view);
std::string encode_people(const Case& c, const std::map<std::int64_t, schema::WorkloadRow>& loads,
                          const View& view);
std::string encode_matters(const View& view);
std::string encode_live(const Case& c, EventType what, Instant at, const View& view);
struct Message {
    schema::OutboxRow row;
    std::int32_t day = 0, serial = 0;
    std::int64_t count = 1;  // more than one: a bundle, of which the row is the newest
};
std::string encode_messages(const std::vector<Message>& messages, const View& view);
std::string encode_settings(const Person& person);
std::string encode_media(const schema::MediaRow& media);
// Ready, with what the operator should look at: a clock that stands behind (0: it does not).
std::string encode_ready(Millis clock_behind, const View& view);
std::string encode_clock(Instant now, std::size_t fired, const View& view);

// The context inside the resident's page.
struct PageContext {
    std::string kind;      // "code", "track", "error"
    std::string document;  // JSON of code or track; "" for an error
    int status = 200;
    std::string error_key;
    std::string hotline;
};
std::string encode_context(const PageContext& context, schema::Language language);

std::string number_of(const Case& c);

}  // namespace mashang::server
