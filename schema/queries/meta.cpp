#include "schema/queries.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

std::optional<std::string> meta(Tx& tx, int district, const std::string& key) {
    const auto row = Query(tx, "select value from meta where district = :district and key = :key")
                         .in("district", district)
                         .in("key", key)
                         .one<std::tuple<std::string>>();
    if (!row) return std::nullopt;
    return std::get<0>(*row);
}

void set_meta(Tx& tx, int district, const std::string& key, const std::string& value) {
    Query(tx,
          "insert into meta (district, key, value) values (:district, :key, :value)"
          " on conflict (district, key) do update set value = excluded.value")
        .in("district", district)
        .in("key", key)
        .in("value", value)
        .run();
}

std::optional<int> first_district(Tx& tx) {
    return Query(tx, "select min(district) from meta").value<std::optional<int>>();
}

}  // namespace mashang::schema
