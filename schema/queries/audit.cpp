#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, AuditRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("audit_id", row.id);
    v("at", row.at);
    v("person_id", row.person);
    v("name", row.name);
    v("what", row.what);
    v("subject", row.subject);
    v("detail", row.detail);
}

void insert_audit(Tx& tx, const AuditRow& given) {
    auto row = given;
    if (row.id == 0) row.id = take_numbers(tx, row.district, "audit", 1);
    Query(tx,
          "insert into audit (district, audit_id, at, person_id, name, what, subject, detail)"
          " values (:district, :audit_id, :at, :person_id, :name, :what, :subject, :detail)")
        .in_row(row)
        .run();
}

std::vector<AuditRow> audit_before(Tx& tx, int district, std::int64_t id, std::size_t most) {
    return Query(tx,
                 "select district, audit_id, at, person_id, name, what, subject, detail from audit"
                 " where district = :district and audit_id < :id order by audit_id desc limit :most")
        .in("district", district)
        .in("id", id)
        .in("most", most)
        .all<AuditRow>();
}

}  // namespace mashang::schema
