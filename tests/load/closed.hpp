// Closed-loop load: so many connections, each sending its next request as soon as the last is answered. Says
// how many a second a server can take, never how long somebody waits (that is open_loop.hpp). One thread.
#pragma once

#include <string>
#include <vector>

#include "tests/load/lean.hpp"

namespace mashang::load {

struct ClosedLoad {
    Target target;
    std::vector<std::string> tokens;
    std::string page;  // asked for instead of sending reports, when there is one
    double seconds = 5;
    double warm_up_seconds = 1;  // not counted
    int connections = 32;
};

// One JSON object: answered as wanted, per second, other answers, the latency from sending, and how much of a
// core the generator took.
std::string run_closed(const ClosedLoad& load);

}  // namespace mashang::load
