#include "schema/queries/ahead.hpp"

#include <ranges>

#include "schema/queries/code_columns.hpp"
#include "schema/queries/later.hpp"
#include "schema/session.hpp"

namespace mashang::schema {
namespace {

struct AheadRow {
    std::int64_t n = 0;  // which report, from 1
    std::optional<CaseId> sent_before, newest_open;
    std::optional<PersonId> newest_owner;
    std::optional<CodeId> found;
    CodeRow code;
};

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, AheadRow>
void columns(V& v, R& row) {
    v("n", row.n);
    v("sent_before", row.sent_before);
    v("newest_open", row.newest_open);
    v("newest_owner", row.newest_owner);
    v("found", row.found);
    columns(v, row.code);
}

std::vector<AheadRow> rows_ahead(Tx& tx, std::span<const Foreseen* const> reports) {
    const auto list = [](auto& visitor, const Foreseen& one) {
        visitor("district", one.district);
        visitor("scope", one.scope);
        visitor("key", one.key);
        visitor("place", one.place);
    };
    const auto each = std::views::transform([](const Foreseen* one) -> const Foreseen& { return *one; });
    const auto asked = RowArrays::of<Foreseen>(reports | each, list);
    // A lateral question with a limit is asked by its index, however few rows there are.
    static const std::string text =
        "select asked.n, report.case_id, newest.case_id, newest.owner_id, code.code_id, code.* from " +
        asked.source("asked") + " left join lateral (select " + code_column_names +
        " from codes where district = asked.district and code_id = asked.place limit 1) code on true"
        " left join lateral (select case_id from reports where district = asked.district and"
        " idem_scope = asked.scope and idem_key = asked.key and idem_key is not null limit 1) report on true"
        " left join lateral (select owner_id, case_id from cases where district = asked.district and"
        " code_id = asked.place and is_open = 1 order by case_id desc limit 1) newest on true";
    Query query(tx, text);
    asked.bind(query, "asked");
    return query.all<AheadRow>();
}

// In the order of the people. Who is held by another transaction is left out, unless it waits.
void lock_loads(Tx& tx, int district, const std::set<PersonId>& people, bool waits) {
    if (people.empty()) return;
    static const std::string text =
        "select person_id, open, weighted, last_assigned from workload where district = :district and"
        " person_id = any(cast(:people_id as bigint[])) order by person_id for update";
    static const std::string passing = text + " skip locked";
    Query query(tx, waits ? text : passing);
    query.in("district", district);
    RowArrays::of<PersonId>(people, [](auto& visitor, PersonId id) {
        visitor("id", id);
    }).bind(query, "people");
    auto& locked = tx.session().unsent()->locked_loads;
    for (const auto& [person, open, weighted, last] : query.all<std::tuple<PersonId, int, int, Instant>>()) {
        tx.session().locked();
        locked.insert_or_assign(std::pair{district, person}, WorkloadRow{person, open, weighted, last});
    }
}

}  // namespace

void ask_ahead(Tx& tx, std::span<const Foreseen* const> reports, bool first_waits) {
    if (reports.empty() || !tx.session().unsent()) return;
    AskedAhead known;
    std::set<PersonId> people, firsts;
    for (auto& row : rows_ahead(tx, reports)) {
        const auto& asked = *reports[static_cast<std::size_t>(row.n - 1)];
        if (!row.sent_before) known.fresh_keys.emplace(asked.district, asked.scope, asked.key);
        auto& place = known.places[{asked.district, asked.place}];
        if (row.found && asked.people)
            for (const auto id : asked.people(row.code))
                (row.n == 1 && first_waits ? firsts : people).insert(id);
        if (row.found) place.code = std::move(row.code);
        if (row.newest_open) place.newest_open = {*row.newest_owner, *row.newest_open};
    }
    const int district = reports.front()->district;
    lock_loads(tx, district, firsts, true);
    for (const auto id : firsts) people.erase(id);
    lock_loads(tx, district, people, false);
    tx.session().keep_ahead(std::move(known));
}

}  // namespace mashang::schema
