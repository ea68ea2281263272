#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
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
    return Query(tx,
                 "select person_id, open, weighted, last_assigned from workload"
                 " where district = :district and person_id = :person")
        .in("district", district)
        .in("person", person)
        .one<WorkloadRow>()
        .value_or(WorkloadRow{person, 0, 0, {}});
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
    return static_cast<std::int32_t>(take_numbers(tx, district, "serial-" + std::to_string(day), size));
}

}  // namespace mashang::schema
