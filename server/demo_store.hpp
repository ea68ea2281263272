// Fills an empty store with the demo district and plays its past through the real write path.
//
// Blocks for some seconds; the command line only. Errors: those of the store, conflict "error.not_empty" when
// the store already holds a district.
#pragma once

#include "dispatch/time.hpp"
#include "server/config.hpp"

namespace mashang::server {

inline constexpr const char* demo_password = "mashang-demo";

struct DemoFilled {
    std::size_t reports = 0, events = 0, codes = 0, people = 0;
};

// `now` ends the past that is played; `days` is how far back it begins (0: no past at all).
Result<DemoFilled> fill_demo(const Config& config, Instant now, int days);

}  // namespace mashang::server
