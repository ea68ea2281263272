// The store as a command of the shell opens it, for as long as the command runs.
//
// One that writes a SQLite file holds its folder, so that no server serves it meanwhile; on PostgreSQL
// servers may run beside. Errors as FolderLock and open_store give them. Movable; one thread.
#pragma once

#include <memory>

#include "schema/store.hpp"
#include "server/config.hpp"
#include "server/folder_lock.hpp"

namespace mashang::server {

struct HeldStore {
    FolderLock lock;  // let go after the store is closed
    std::unique_ptr<schema::Store> store;
};

enum class Holding { to_read, to_write };
Result<HeldStore> held_store(const Config& config, Holding holding);

}  // namespace mashang::server
