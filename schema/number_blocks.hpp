// Numbers given out in blocks: a server leases a block at a time, on a connection of its own.
//
// For numbers that may have gaps: the lease is committed at once, so no transaction holds the counter's row
// until it commits while every other one waits, and a transaction that is undone leaves a gap. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "schema/session.hpp"

namespace mashang::schema {

class NumberBlocks {
  public:
    static constexpr std::int64_t block_size = 256;

    explicit NumberBlocks(std::string url) : url_(std::move(url)) {}
    // The first of `size` consecutive numbers. Throws StoreFault.
    std::int64_t take(int district, const std::string& name, std::int64_t size);

  private:
    struct Block {
        std::int64_t next = 0, end = 0;
    };
    const std::string url_;
    std::mutex mutex_;
    std::unique_ptr<Session> session_;
    std::map<std::pair<int, std::string>, Block> blocks_;
};

}  // namespace mashang::schema
