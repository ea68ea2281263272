#include "schema/queries.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, IdempotencyRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("scope", row.scope);
    v("key", row.key);
    v("body_hash", row.body_hash);
    v("case_id", row.case_id);
    v("seq", row.seq);
    v("at", row.at);
}

std::optional<IdempotencyRow> idempotent(Tx& tx, int district, const std::string& scope,
                                         const std::string& key) {
    return Query(tx,
                 "select district, scope, key, body_hash, case_id, seq, at from idempotency"
                 " where district = :district and scope = :scope and key = :key")
        .in("district", district)
        .in("scope", scope)
        .in("key", key)
        .one<IdempotencyRow>();
}

void insert_idempotent(Tx& tx, const IdempotencyRow& row) {
    Query(tx,
          "insert into idempotency (district, scope, key, body_hash, case_id, seq, at)"
          " values (:district, :scope, :key, :body_hash, :case_id, :seq, :at)")
        .in_row(row)
        .run();
}

void forget_idempotent_before(Tx& tx, int district, Instant before) {
    Query(tx, "delete from idempotency where district = :district and at < :before")
        .in("district", district)
        .in("before", before)
        .run();
    Query(tx,
          "update reports set idem_scope = null, idem_key = null"
          " where district = :district and idem_key is not null and accepted_at < :before")
        .in("district", district)
        .in("before", before)
        .run();
}

}  // namespace mashang::schema
