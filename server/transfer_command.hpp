// `mashang export all` and `mashang import all`: a whole store as one file, on its way to another database.
//
// Blocks; the command line only. The file goes to stdout and comes from stdin or a file; figures go to
// stderr. Photos and keys stay in the data folder. Errors: those of schema/transfer.hpp, not_found for a file
// that is not there.
#pragma once

#include <filesystem>

#include "server/config.hpp"

namespace mashang::server {

Result<void> export_command(const Config& config);
// "" reads stdin.
Result<void> import_command(const Config& config, const std::filesystem::path& file);

}  // namespace mashang::server
