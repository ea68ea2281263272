#include "server/transfer_command.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "schema/transfer.hpp"

namespace mashang::server {
namespace {

Result<void> told(const char* done, const Result<schema::Transferred>& result) {
    if (!result) return result.error();
    std::fprintf(stderr, "%s %zu rows of %zu tables\n", done, result->rows, result->tables);
    return {};
}

}  // namespace

Result<void> export_command(const Config& config) {
    std::ios::sync_with_stdio(false);
    return told("exported", schema::export_all(config.store, std::cout));
}

Result<void> import_command(const Config& config, const std::filesystem::path& file) {
    std::ios::sync_with_stdio(false);
    if (file.empty()) return told("imported", schema::import_all(config.store, std::cin));
    std::ifstream in(file, std::ios::binary);
    if (!in) return make_error(Errc::not_found, "error.not_found");
    return told("imported", schema::import_all(config.store, in));
}

}  // namespace mashang::server
