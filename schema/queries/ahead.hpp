// What the reports of a group will ask, asked together before the first of them runs. Private to schema.
//
// On PostgreSQL each question is a round trip, and a report has five. Here they are two for a whole group:
// keys, places and the newest open case of each in one, then the loads of those whom the places have in
// another, locked in the order of the people and without waiting. Who is not found here asks for himself.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "schema/rows.hpp"
#include "schema/store.hpp"

namespace mashang::schema {

struct AskedAhead {
    using PlaceKey = std::pair<int, CodeId>;
    struct Place {
        std::optional<CodeRow> code;
        std::optional<std::pair<PersonId, CaseId>> newest_open;
    };
    std::map<PlaceKey, Place> places;
    // Those that nobody had sent before: district, scope, key.
    std::set<std::tuple<int, std::string, std::string>> fresh_keys;
};

// Asks for `reports`, all of one district; `first_waits`: at the loads of the first one's people that another
// transaction holds. Only at the beginning of a transaction. Throws StoreFault.
void ask_ahead(Tx& tx, std::span<const Foreseen* const> reports, bool first_waits);

}  // namespace mashang::schema
