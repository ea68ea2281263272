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

// The row of a report: merges and splits leave it where it was first kept.
std::optional<schema::ReportRow> first_home(schema::Tx& tx, int district, CaseId id, ReportRef ref) {
    constexpr int moves_max = 16;
    for (int hop = 0; hop < moves_max && ref.from && ref.was; ++hop) {
        const CaseId before = *ref.from;
        const ReportId was = *ref.was;
        if (auto row = schema::report(tx, district, before, was)) return row;
        auto c = replayed(tx, district, before);
        if (!c) return std::nullopt;
        id = before;
        ref = ReportRef{was, {}, {}, {}, {}, {}};
        for (const auto& r : c->reports)
            if (r.id == was) ref = r;
    }
    return schema::report(tx, district, id, ref.id);
}

}  // namespace

Result<CaseFile> load_file(schema::Tx& tx, int district, CaseId id, int seq_max) {
    auto events = events_of(tx, district, id, seq_max);
    if (!events) return events.error();
    if (events->empty()) return make_error(Errc::not_found, "error.not_found");
    CaseFile file;
    file.c = replay(district, id, *events);
    file.events = std::move(*events);
    for (const auto& ref : file.c.reports) {
        auto row = first_home(tx, district, id, ref);
        if (!row) continue;
        file.texts[ref.text.number] = row->text;
        file.shown_as.push_back(ref.id);
        file.reports.push_back(std::move(*row));
    }
    for (auto& t : schema::texts_of(tx, district, id)) file.texts[t.number] = std::move(t.body);
    return file;
}

}  // namespace mashang::server
