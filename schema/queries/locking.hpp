// Reading a row that the job is about to change. Private to schema/queries.
//
// Where others write too (PostgreSQL) the row stays ours until the transaction ends, so that what was decided
// from it still holds when it is written (T34, T35). Throws StoreFault held when somebody else has the row
// and this job may not wait for it.
#pragma once

#include <optional>

#include "schema/session.hpp"

namespace mashang::schema {

// `bind` puts the values into a Query and answers it.
template <class Row, class Bind>
std::optional<Row> locked_one(Tx& tx, std::string_view select, Bind bind,
                              Query::Unsent unsent = Query::Unsent::goes_first) {
    Session& session = tx.session();
    {
        Query query(tx, session.locking(select), unsent);
        if (auto found = bind(query).template one<Row>()) {
            session.locked();
            return found;
        }
    }
    if (session.passes_held()) {  // left out, or not there at all
        Query query(tx, select, unsent);
        if (bind(query).template one<Row>()) session.held();
    }
    return std::nullopt;
}

// Those rows that nobody else is at work on: what several servers share out among them.
inline std::string_view locked_free(Tx& tx, std::string_view select) {
    tx.session().locked();
    return tx.session().locking(select, true);
}

}  // namespace mashang::schema
