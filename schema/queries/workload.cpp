#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
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

WorkloadRow workload_of(Tx& tx, int district, PersonId person) {
    static const std::string_view text =
        "select person_id, open, weighted, last_assigned from workload"
        " where district = :district and person_id = :person";
    const auto bind = [&](Query& q) -> Query& { return q.in("district", district).in("person", person); };
    if (const auto row = locked_one<WorkloadRow>(tx, text, bind)) return *row;
    const WorkloadRow nothing{person, 0, 0, {}};
    if (tx.session().locking(text) == text) return nothing;
    // A row that is not there cannot be locked, and the second writer would not see the first one's.
    Query(tx,
          "insert into workload (district, person_id, open, weighted, last_assigned)"
          " values (:district, :person, 0, 0, 0) on conflict (district, person_id) do nothing")
        .in("district", district)
        .in("person", person)
        .run();
    return locked_one<WorkloadRow>(tx, text, bind).value_or(nothing);
}

void add_workload(Tx& tx, int district, PersonId person, int open, int weighted,
                  std::optional<Instant> assigned) {
    // A change without an assignment keeps the instant of the last one: 0 never wins.
    Query(tx,
          "insert into workload (district, person_id, open, weighted, last_assigned)"
          " values (:district, :person, :open, :weighted, :assigned)"
          " on conflict (district, person_id) do update set open = workload.open + excluded.open,"
          " weighted = workload.weighted + excluded.weighted, last_assigned ="
          " case when excluded.last_assigned > workload.last_assigned then excluded.last_assigned"
          " else workload.last_assigned end")
        .in("district", district)
        .in("person", person)
        .in("open", open)
        .in("weighted", weighted)
        .in("assigned", assigned.value_or(Instant{}))
        .run();
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
