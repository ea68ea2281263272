#include <algorithm>
#include <iterator>

#include "schema/pack.hpp"
#include "schema/queries.hpp"
#include "schema/queries/at_rest.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, TextRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("case_id", row.case_id);
    v("number", row.number);
    v("salt", row.salt);
    v("body", row.body);
}

void insert_text(Tx& tx, const TextRow& row) {
    Query(tx,
          "insert into texts (district, case_id, number, salt, body)"
          " values (:district, :case_id, :number, :salt, :body)")
        .in_row(row)
        .run();
}

std::vector<TextRow> texts_of(Tx& tx, int district, CaseId id) {
    auto rows = Query(tx,
                      "select district, case_id, number, salt, body from texts"
                      " where district = :district and case_id = :case_id order by number")
                    .in("district", district)
                    .in("case_id", id)
                    .all<TextRow>();
    if (rows.empty() || rows.front().number != packed_texts_number) return rows;
    auto texts = unpack_texts(rows.front());
    std::move(rows.begin() + 1, rows.end(), std::back_inserter(texts));  // said since then
    return texts;
}

void erase_text(Tx& tx, int district, CaseId id, std::int32_t number) {
    unpack_text(tx, district, id, number);
    Query(tx, "delete from texts where district = :district and case_id = :case_id and number = :number")
        .in("district", district)
        .in("case_id", id)
        .in("number", number)
        .run();
}

}  // namespace mashang::schema
