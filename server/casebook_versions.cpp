// Moving open cases to the standards or the calendar in force (T17).
#include "schema/codec/case_json.hpp"
#include "server/casebook_writing.hpp"

namespace mashang::server {
namespace {

Versions moved_to(const VersionMove& move, const Versions& frozen) {
    Versions to = frozen;
    switch (move.what) {
        case VersionMove::What::standards:
            to.standards = move.is.standards.current;
            break;
        case VersionMove::What::calendar:
            to.calendar = move.is.calendars.current;
            break;
    }
    return to;
}

// The case and its event; nothing where there is nothing to move.
std::optional<std::pair<Case, std::vector<Event>>> case_moved(schema::Tx& tx, const VersionMove& move,
                                                              CaseId id, Instant now) {
    const auto row = schema::case_by_id(tx, move.is.district, id);
    if (!row) return std::nullopt;
    auto c = schema::decode_case(row->state);
    if (!c) return std::nullopt;
    const Versions to = moved_to(move, c->versions);
    auto events = move_versions(
        *c, move.by, now, {move.was.calendar_for(c->versions), move.was.standards.at(c->versions.standards)},
        {move.is.calendar_for(to), move.is.standards.at(to.standards)}, to);
    if (events.empty()) return std::nullopt;
    return std::pair(std::move(*c), std::move(events));
}

}  // namespace

std::vector<CaseMoves> Casebook::version_moves(schema::Tx& tx, const VersionMove& move,
                                               std::span<const CaseId> ids, Instant now) const {
    std::vector<CaseMoves> moves;
    for (const CaseId id : ids)
        if (const auto found = case_moved(tx, move, id, now)) {
            const Case& c = found->first;
            moves.push_back({c.id, c.day, c.serial, dues_moved(c, found->second.front())});
        }
    return moves;
}

Extended Casebook::move_to_version(schema::Tx& tx, const VersionMove& move, std::span<const CaseId> ids,
                                   Instant now) const {
    Extended all;
    const Writing w{tx, move.is, now};
    for (const CaseId id : ids)
        if (auto found = case_moved(tx, move, id, now)) w.move(found->first, std::move(found->second), all);
    return all;
}

}  // namespace mashang::server
