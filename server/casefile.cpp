#include "server/casefile.hpp"

#include "dispatch/lifecycle.hpp"
#include "server/casebook.hpp"

namespace mashang::server {

const std::string* CaseFile::text(const TextRef& ref) const {
    const auto it = texts.find(ref.number);
    return it == texts.end() ? nullptr : &it->second;
}

const std::string* CaseFile::text(const std::optional<TextRef>& ref) const {
    return ref ? text(*ref) : nullptr;
}

namespace {

struct Home {
    CaseId in{};
    ReportId as{};
};

// Where a report was before it came to the case of these events, by a merge or as a split's first. By the
// record: the case's reports of now leave out what went on elsewhere.
std::optional<Home> came_from(const std::vector<Event>& events, ReportId report) {
    for (const auto& e : events) {
        const bool came = e.type == EventType::merged_from || e.type == EventType::submitted;
        if (came && e.report == report && e.other && e.number) return Home{*e.other, ReportId{*e.number}};
    }
    return std::nullopt;
}

}  // namespace

std::optional<schema::ReportRow> first_row(schema::Tx& tx, int district, CaseId id, const ReportRef& ref) {
    constexpr int moves_max = 16;
    if (!ref.from || !ref.was) return schema::report(tx, district, id, ref.id);
    std::optional<Home> home = Home{*ref.from, *ref.was};
    for (int hop = 0; hop < moves_max && home; ++hop) {
        if (auto row = schema::report(tx, district, home->in, home->as)) return row;
        auto events = events_of(tx, district, home->in);
        if (!events) return std::nullopt;
        home = came_from(*events, home->as);
    }
    return std::nullopt;
}

Result<CaseFile> load_file(schema::Tx& tx, int district, CaseId id, int seq_max) {
    auto events = events_of(tx, district, id, seq_max);
    if (!events) return events.error();
    if (events->empty()) return make_error(Errc::not_found, "error.not_found");
    CaseFile file;
    file.c = replay(district, id, *events);
    file.events = std::move(*events);
    for (const auto& ref : file.c.reports) {
        auto row = first_row(tx, district, id, ref);
        if (!row) continue;
        file.texts[ref.text.number] = row->text;
        file.shown_as.push_back(ref.id);
        file.reports.push_back(std::move(*row));
    }
    for (auto& t : schema::texts_of(tx, district, id)) file.texts[t.number] = std::move(t.body);
    return file;
}

}  // namespace mashang::server
