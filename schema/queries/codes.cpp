#include "schema/queries.hpp"
#include "schema/queries/ahead.hpp"
#include "schema/queries/case_filter.hpp"
#include "schema/queries/code_columns.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

namespace {

const std::string select_codes = "select " + code_column_names + " from codes";

}  // namespace

void insert_code(Tx& tx, const CodeRow& row) {
    Query(
        tx,
        "insert into codes (district, code_id, key_version, state, kind, name, address, grid_code, serial,"
        " lat, lon, issued_at, revoked_at, reason) values (:district, :code_id, :key_version, :state, :kind,"
        " :name, :address, :grid_code, :serial, :lat, :lon, :issued_at, :revoked_at, :reason)")
        .in_row(row)
        .run();
}

std::optional<CodeRow> code_by_id(Tx& tx, int district, CodeId id) {
    static const auto text = select_codes + " where district = :district and code_id = :code_id";
    if (const auto* ahead = tx.session().ahead()) {
        const auto known = ahead->places.find({district, id});
        if (known != ahead->places.end()) return known->second.code;
    }
    // Codes are sent at once: none of them waits among the unsent rows.
    return Query(tx, text, Query::Unsent::stays).in("district", district).in("code_id", id).one<CodeRow>();
}

std::vector<CodeRow> codes_after(Tx& tx, int district, CodeId after, const std::vector<std::string>& scope,
                                 std::size_t most) {
    std::string text = select_codes + " where district = :district and code_id > :after";
    for (std::size_t i = 0; i < scope.size(); ++i) {
        const auto n = std::to_string(i);
        text += i == 0 ? " and (" : " or ";
        text += "(grid_code >= :from" + n + " and (:to" + n + " = '' or grid_code < :to" + n + "))";
    }
    text += std::string(scope.empty() ? "" : ")") + " order by code_id limit :most";
    Query query(tx, text);
    query.in("district", district).in("after", after);
    for (std::size_t i = 0; i < scope.size(); ++i) {
        query.in("from" + std::to_string(i), scope[i]).in("to" + std::to_string(i), after_prefix(scope[i]));
    }
    return query.in("most", most).all<CodeRow>();
}

void revoke_code(Tx& tx, int district, CodeId id, Instant at, const std::string& reason) {
    Query(tx,
          "update codes set state = 'revoked', revoked_at = :at, reason = :reason"
          " where district = :district and code_id = :code_id")
        .in("at", at)
        .in("reason", reason)
        .in("district", district)
        .in("code_id", id)
        .run();
}

CodeId next_code_id(Tx& tx, int district) {
    return Query(tx, "select coalesce(max(code_id), 0) + 1 from codes where district = :district")
        .in("district", district)
        .value<CodeId>();
}

}  // namespace mashang::schema
