// Loading a year: open cases whose due instants lay beyond the published calendar (T8).
#include "schema/codec/case_json.hpp"
#include "server/casebook_writing.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t page_cases = 200;

// Each open case that the newer calendar touches, with its event.
template <class Take>
void each_extended(schema::Tx& tx, const DecisionData& was, const DecisionData& is, Instant now, Take take) {
    CaseId after{};
    while (true) {
        const auto rows = schema::provisional_cases(tx, is.district, after, page_cases);
        for (const auto& row : rows) {
            auto c = schema::decode_case(row.state);
            if (!c) continue;
            auto events =
                extend_calendar(*c, now, was.calendar_for(c->versions), is.calendar_for(c->versions));
            if (!events.empty()) take(std::move(*c), std::move(events));
        }
        if (rows.size() < page_cases) return;
        after = rows.back().id;
    }
}

}  // namespace

std::vector<CaseMoves> Casebook::calendar_moves(schema::Tx& tx, const DecisionData& was,
                                                const DecisionData& is, Instant now) const {
    std::vector<CaseMoves> moves;
    each_extended(tx, was, is, now, [&](Case c, std::vector<Event> events) {
        moves.push_back({c.id, c.day, c.serial, dues_moved(c, events.front())});
    });
    return moves;
}

Extended Casebook::extend_calendars(schema::Tx& tx, const DecisionData& was, const DecisionData& is,
                                    Instant now) const {
    Extended all;
    const Writing w{tx, is, now};
    each_extended(tx, was, is, now,
                  [&](const Case& c, std::vector<Event> events) { w.move(c, std::move(events), all); });
    return all;
}

void Casebook::Writing::move(const Case& before, std::vector<Event> events, Extended& all) const {
    all.moves.push_back({before.id, before.day, before.serial, dues_moved(before, events.front())});
    Changed changed;
    changed.c = write(before, events, false);
    changed.events = std::move(events);
    all.changes.push_back(std::move(changed));
}

void Extended::add(Extended more) {
    for (auto& change : more.changes) changes.push_back(std::move(change));
    for (auto& move : more.moves) moves.push_back(std::move(move));
}

}  // namespace mashang::server
