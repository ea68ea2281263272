// A copy of everything an installation remembers, made while it serves, and the way back.
//
// A copy is a folder: mashang.db, one snapshot of the database, and media/, every photo that the snapshot
// names. mashang.db gets its name last, when all the rest is synced: a folder that has it is complete. Keys
// are never in it, so that whoever finds a copy reads no reporter's name and issues no code.
//
// For the command line; blocks. No server is needed, none is disturbed. What fails leaves nothing behind.
// Errors: those of schema/copy.hpp and of opening a store; conflict "error.folder_not_empty" with path;
// not_found "error.not_a_backup" with path; unavailable "error.copy_failed" with path and reason,
// "error.copy_damaged" with finding, "error.copy_differs" with n, "error.photo_lost" with id.
#pragma once

#include <filesystem>

#include "dispatch/result.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct Copied {
    std::size_t cases = 0, reports = 0, photos = 0;
};

// Into a folder that is empty or not there yet. Holds every report that was acknowledged before the call. The
// copy's pages and indexes are checked; whether they say what the journal says is checked on restoring.
Result<Copied> back_up(const Config& config, const std::filesystem::path& to);

// Into config.data, which is empty or not there yet. The copy is first checked whole: pages and indexes, a
// schema that this program knows (an older one is raised), every case replayed, every chain, every photo.
Result<Copied> restore(const Config& config, const std::filesystem::path& from);

}  // namespace mashang::server
