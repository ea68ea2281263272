#include "server/simulate_history.hpp"

#include <algorithm>
#include <future>
#include <span>
#include <unordered_map>

#include "schema/codec/case_json.hpp"
#include "server/casebook.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t cases_a_page = 500;

using Journals = std::vector<std::pair<CaseId, std::vector<Event>>>;

// Of whole cases, in the order of the rows.
Result<Journals> decoded(std::span<const schema::JournalRow> rows) {
    Journals journals;
    for (const auto& row : rows) {
        auto event = schema::decode_event(row);
        if (!event) return event.error();
        if (journals.empty() || journals.back().first != row.case_id)
            journals.push_back({row.case_id, std::vector<Event>()});
        journals.back().second.push_back(std::move(*event));
    }
    return journals;
}

// Two thirds and one, between two cases.
std::pair<std::span<const schema::JournalRow>, std::span<const schema::JournalRow>> split(
    std::span<const schema::JournalRow> rows) {
    std::size_t at = rows.size() * 2 / 3;
    while (at > 0 && at < rows.size() && rows[at].case_id == rows[at - 1].case_id) ++at;
    return {rows.first(at), rows.subspan(at)};
}

// Past cases as they come from the store, page by page: at most a page of journals is in memory.
class PastReader {
  public:
    PastReader(schema::Tx& tx, const DecisionData& data, const Draft& draft, const WhatIf& what,
               std::size_t cases_max)
        : tx_(tx), data_(data), draft_(draft), what_(what), cases_max_(cases_max) {}

    Result<bool> read() {
        const Instant since = what_.from - warm_up;
        // Older ones that still load somebody: none of them is judged.
        for (const CaseId id : schema::open_cases_accepted_before(tx_, data_.district, since)) {
            auto events = events_of(tx_, data_.district, id);
            if (!events) return events.error();
            if (auto ok = take(id, *events); !ok) return ok.error();
        }
        // Decoding is most of the work. While another thread is at a page's greater part, this one reads the
        // next page and decodes the rest.
        auto rows = page_after(CaseId{});
        while (!rows.empty()) {
            const auto [there, here] = split(rows);
            auto decoding = std::async(std::launch::async, [part = there] { return decoded(part); });
            const CaseId first = rows.front().case_id, last = rows.back().case_id;
            auto next = page_after(last);
            const auto rest = decoded(here);
            const auto begun = decoding.get();
            if (!begun || !rest) return (begun ? rest : begun).error();
            if (auto ok = take_page(*begun, *rest, first, last); !ok) return ok.error();
            if (past.size() > cases_max_)
                return invalid_field("/to", "error.span_too_full", {{"max", std::to_string(cases_max_)}});
            const bool go_on = !what_.progress || what_.progress(past.size(), 0);
            if (!go_on) return make_error(Errc::conflict, "error.stopped");
            rows = std::move(next);
        }
        return true;
    }

    std::vector<PastCase> past;
    std::size_t words_unknown = 0;

  private:
    std::vector<schema::JournalRow> page_after(CaseId after) {
        return schema::journals_accepted(tx_, data_.district, what_.from - warm_up, what_.to, after,
                                         cases_a_page);
    }

    Result<bool> take_page(const Journals& begun, const Journals& rest, CaseId first, CaseId last) {
        const std::size_t from = past.size();
        for (const auto* journals : {&begun, &rest})
            for (const auto& [id, events] : *journals)
                if (auto ok = take(id, events); !ok) return ok.error();
        find_words(from, first, last);
        return true;
    }

    Result<bool> take(CaseId id, const std::vector<Event>& events) {
        auto c = past_of(data_.district, id, events, what_.as_of);
        if (!c) return c.error();
        const bool judged = what_.from <= c->at && c->at < what_.to;
        if (judged && looks_for_more(events.front().opening->versions)) unread_.push_back(past.size());
        past.push_back(std::move(*c));
        return true;
    }

    // The record keeps the words that the rulebook of then looked for; another rulebook may look for more.
    bool looks_for_more(const Versions& versions) {
        return more_than(versions, draft_.rulebook ? *draft_.rulebook : data_.rulebooks.now());
    }

    bool more_than(const Versions& versions, const Rulebook& rules) {
        const auto [known, fresh] = more_.try_emplace(versions.rulebook, false);
        if (!fresh) return known->second;
        const auto& then = data_.rulebooks.at(versions.rulebook).words();
        known->second = std::any_of(rules.words().begin(), rules.words().end(), [&](const auto& word) {
            return std::find(then.begin(), then.end(), word) == then.end();
        });
        return known->second;
    }

    void find_words(std::size_t from, CaseId first, CaseId last) {
        if (unread_.empty()) return;
        std::unordered_map<std::int64_t, std::string> texts;
        for (auto& [id, text] : schema::first_texts(tx_, data_.district, first, last))
            texts.emplace(raw(id), std::move(text));
        const Rulebook& rules = draft_.rulebook ? *draft_.rulebook : data_.rulebooks.now();
        for (const std::size_t i : unread_) {
            if (i < from) continue;
            Submission& report = past[i].report;
            const auto text = texts.find(raw(report.id));
            if (text == texts.end() || text->second.empty()) {
                ++words_unknown;
            } else {
                report.words = rules.words_in(text->second);
            }
        }
        unread_.clear();
    }

    schema::Tx& tx_;
    const DecisionData& data_;
    const Draft& draft_;
    const WhatIf& what_;
    const std::size_t cases_max_;
    std::vector<std::size_t> unread_;
    std::unordered_map<int, bool> more_;  // by the rulebook's version then
};

std::map<PersonId, Party> people_of(const Simulation& s, const Roster& in_force, const Roster& draft,
                                    const std::vector<PastCase>& past) {
    std::map<PersonId, Party> people;
    for (const LoadOf& load : s.loads) people[load.person] = {};
    for (const OwnerMove& move : s.moves) {
        people[move.from] = {};
        people[move.to] = {};
    }
    // Somebody who has left is known from the record only.
    for (const PastCase& c : past)
        if (const auto it = people.find(c.was.owner.id); it != people.end()) it->second = c.was.owner;
    for (auto& [id, party] : people) {
        party.id = id;
        for (const Roster* roster : {&draft, &in_force})
            if (const Person* p = roster->find(id)) party = p->party;
    }
    return people;
}

}  // namespace

Result<StoredPast> read_past(schema::Tx& tx, const DecisionData& data, const Draft& draft, const WhatIf& what,
                             std::size_t cases_max) {
    if (what.to <= what.from) return invalid_field("/to", "error.interval_empty");
    if (what.to - what.from > span_max)
        return invalid_field("/to", "error.span_too_long", {{"max", std::to_string(span_max.count() / 24)}});
    PastReader reader(tx, data, draft, what, cases_max);
    if (auto done = reader.read(); !done) return done.error();
    return StoredPast{std::move(reader.past), reader.words_unknown};
}

Result<SimulatedHistory> judge_past(const StoredPast& past, const DecisionData& data, const Draft& draft,
                                    const WhatIf& what) {
    const Roster& roster = draft.roster ? *draft.roster : *data.roster;
    Policy world{draft.calendar ? *draft.calendar : data.calendars.now(),
                 draft.standards ? *draft.standards : data.standards.now(),
                 draft.rulebook ? *draft.rulebook : data.rulebooks.now(),
                 roster,
                 {},
                 data.versions()};
    world.workload.ignore_capacity = data.ignore_capacity;
    auto told = simulate(past.cases, world, what);
    if (!told) return told.error();
    SimulatedHistory history;
    history.result = std::move(*told);
    history.in_force = data.versions();
    history.people = people_of(history.result, *data.roster, roster, past.cases);
    history.cases_read = past.cases.size();
    history.words_unknown = past.words_unknown;
    return history;
}

Result<SimulatedHistory> simulate_history(schema::Tx& tx, const DecisionData& data, const Draft& draft,
                                          const WhatIf& what) {
    auto past = read_past(tx, data, draft, what);
    if (!past) return past.error();
    return judge_past(*past, data, draft, what);
}

}  // namespace mashang::server
