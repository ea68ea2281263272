#include <algorithm>

#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
#include "schema/queries/later.hpp"
#include "schema/queries/locking.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, WorkloadRow>
void columns(V& v, R& row) {
    v("person_id", row.person);
    v("open", row.open);
    v("weighted", row.weighted);
    v("last_assigned", row.last_assigned);
}

namespace {

// A change without an assignment keeps the instant of the last one: 0 never wins.
constexpr std::string_view add_load_sql =
    "insert into workload (district, person_id, open, weighted, last_assigned)"
    " values (:district, :person_id, :open, :weighted, :last_assigned)"
    " on conflict (district, person_id) do update set open = workload.open + excluded.open,"
    " weighted = workload.weighted + excluded.weighted, last_assigned ="
    " case when excluded.last_assigned > workload.last_assigned then excluded.last_assigned"
    " else workload.last_assigned end";

void add_change(WorkloadRow& row, const WorkloadRow& change) {
    row.open += change.open;
    row.weighted += change.weighted;
    row.last_assigned = std::max(row.last_assigned, change.last_assigned);
}

// The row as it stands in the database, locked where others write too.
WorkloadRow stored_load(Tx& tx, int district, PersonId person) {
    static const std::string_view text =
        "select person_id, open, weighted, last_assigned from workload"
        " where district = :district and person_id = :person";
    const auto bind = [&](Query& q) -> Query& { return q.in("district", district).in("person", person); };
    constexpr auto stays = Query::Unsent::stays;
    if (const auto row = locked_one<WorkloadRow>(tx, text, bind, stays)) return *row;
    const WorkloadRow nothing{person, 0, 0, {}};
    if (tx.session().locking(text) == text) return nothing;
    // A row that is not there cannot be locked, and the second writer would not see the first one's.
    Query(tx,
          "insert into workload (district, person_id, open, weighted, last_assigned)"
          " values (:district, :person, 0, 0, 0) on conflict (district, person_id) do nothing",
          stays)
        .in("district", district)
        .in("person", person)
        .run();
    return locked_one<WorkloadRow>(tx, text, bind, stays).value_or(nothing);
}

}  // namespace

WorkloadRow workload_of(Tx& tx, int district, PersonId person) {
    auto* later = tx.session().unsent();
    if (!later) return stored_load(tx, district, person);
    const std::pair key{district, person};
    const auto known = later->locked_loads.find(key);
    if (known != later->locked_loads.end()) return known->second;
    auto row = stored_load(tx, district, person);
    const auto change = later->load_changes.find(key);
    if (change != later->load_changes.end()) add_change(row, change->second);
    later->locked_loads.emplace(key, row);
    return row;
}

void add_workload(Tx& tx, int district, PersonId person, int open, int weighted,
                  std::optional<Instant> assigned) {
    const WorkloadRow change{person, open, weighted, assigned.value_or(Instant{})};
    const std::pair key{district, person};
    auto* later = tx.session().later();
    if (!later) {
        Query(tx, add_load_sql).in("district", district).in_row(change).run();
        return;
    }
    add_change(later->load_changes.try_emplace(key, WorkloadRow{person, 0, 0, {}}).first->second, change);
    const auto locked = later->locked_loads.find(key);
    if (locked != later->locked_loads.end()) add_change(locked->second, change);
}

Together together(const Loads& changes) {
    const auto list = [](auto& visitor, const Loads::value_type& change) {
        visitor("district", change.first.first);
        columns(visitor, change.second);
    };
    return {add_load_sql, RowArrays::of<Loads::value_type>(changes, list)};
}

std::vector<WorkloadRow> all_workloads(Tx& tx, int district) {
    return Query(tx,
                 "select person_id, open, weighted, last_assigned from workload"
                 " where district = :district order by person_id")
        .in("district", district)
        .all<WorkloadRow>();
}

std::int64_t take_numbers(Tx& tx, int district, const std::string& name, std::int64_t size) {
    const auto next =
        Query(tx,
              "insert into counters (district, name, next_value) values (:district, :name, 1 + :size)"
              " on conflict (district, name) do update set next_value = counters.next_value + :size"
              " returning next_value")
            .in("district", district)
            .in("name", name)
            .in("size", size)
            .value<std::int64_t>();
    return next - size;
}

std::int32_t lease_serials(Tx& tx, int district, std::int32_t day, std::int32_t size) {
    const auto name = "serial-" + std::to_string(day);
    // Gaps are allowed. Taken from the row in the transaction itself, each report would wait for the commit
    // of the one before it, on every server.
    const auto& numbers = tx.session().numbers();
    return static_cast<std::int32_t>(numbers ? numbers(district, name, size)
                                             : take_numbers(tx, district, name, size));
}

}  // namespace mashang::schema
