// The columns of a code, for the queries that read whole ones. Private to schema/queries.
#pragma once

#include <concepts>
#include <string>

#include "schema/rows.hpp"

namespace mashang::schema {

// In the order in which the listing below has them.
inline const std::string code_column_names =
    "district, code_id, key_version, state, kind, name, address, grid_code, serial, lat, lon, issued_at,"
    " revoked_at, reason";

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, CodeRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("code_id", row.id);
    v("key_version", row.key_version);
    v("state", row.state);
    v("kind", row.kind);
    v("name", row.name);
    v("address", row.address);
    v("grid_code", row.grid_code);
    v("serial", row.serial);
    v("lat", row.lat);
    v("lon", row.lon);
    v("issued_at", row.issued_at);
    v("revoked_at", row.revoked_at);
    v("reason", row.reason);
}

}  // namespace mashang::schema
