// The server's settings: mashang.toml, then the command line. Unknown keys are refused, so that a typing
// error is told at start and not found out in production. Relative paths count from the working folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "dispatch/result.hpp"

namespace mashang::server {

struct Config {
    std::string store;                    // "sqlite:FILE"; "" is mashang.db in the data folder
    std::filesystem::path data = "data";  // media, keys, demo.json
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string base_url;       // what codes and tracking links say; "" is http://address:port
    std::filesystem::path web;  // folder of built pages instead of the embedded ones; for developing
    int io_threads = 2;
    int pool_threads = 2;      // hashing and pictures
    int queue_max = 1024;      // writes waiting for the disk; one more is answered 503
    int pack_after_days = 30;  // closed cases untouched so long are compressed; 0: never
    int node = 0;              // 0..1023, part of case ids; on PostgreSQL the first free one from here
    bool limits = true;        // per-client budgets and people's capacity
    bool test_clock = false;   // POST /api/v1/test/clock; loopback and demo only
    std::string tile_url;      // of map tiles for the office page; "" draws none
    std::string tile_attribution;
    // How to report otherwise, shown when a code fails; 12345 is the government hotline everywhere in China.
    std::string hotline = "12345";
    std::string log_level = "info";

    std::string url() const;
    // The store's address, also where none was said.
    void settle_store();
};

// Errors: invalid "error.config" with the key and the reason.
Result<Config> load_config(const std::filesystem::path& file);
Result<void> check_config(const Config& config);

}  // namespace mashang::server
