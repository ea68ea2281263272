// A demo store's stories stamped out in great number: a past of years, for measuring what size costs.
//
// Every stamped case is whole: numbered, journal chained and sealed, folded, its texts, messages and photo
// rows beside it, so that replay and audit find nothing amiss. Closed ones lie before the demo's own past, at
// other places and with their people; open ones among its last days, on the loads of whom they wait for. Only
// for a demo store that was never served. Blocks for as long as it takes. Errors: conflict
// "error.stamp_fresh_demo", invalid "error.store_url" for a store that is no SQLite file, unavailable.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dispatch/time.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct StampOptions {
    std::int64_t cases = 0;
    std::int64_t open = -1;  // of these; -1: one in fifty, but no more than some days bring
    int days = 1456;         // over which the closed ones lie; whole weeks of it are used
    std::function<void(std::int64_t done)> progress;
};

struct Stamped {
    std::int64_t closed = 0, open = 0, events = 0;
    std::size_t stories = 0;
    // Some of them, from all over the span: what a benchmark asks for.
    struct Sample {
        std::string number, tracking;
    };
    std::vector<Sample> samples;
};

Result<Stamped> stamp_cases(const Config& config, const StampOptions& options, Instant now);

}  // namespace mashang::server
