// The store over PostgreSQL: several writers, readers of snapshots, and the notes of other servers.
//
// Called by open_store for "postgresql://…" only; the same contract, errors and queries as on SQLite.
#pragma once

#include "schema/store.hpp"

namespace mashang::schema {

Result<std::unique_ptr<Store>> open_postgres_store(const StoreOptions& options);

}  // namespace mashang::schema
