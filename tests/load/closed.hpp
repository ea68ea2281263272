// Closed-loop load: so many connections, each sending its next report as soon as the last is answered. Says
// how many reports a second a server can take, never how long somebody waits (that is reports.hpp). One
// thread.
#pragma once

#include <string>
#include <vector>

#include "tests/load/wire.hpp"

namespace mashang::load {

struct ClosedLoad {
    Target target;
    std::vector<std::string> tokens;
    double seconds = 5;
    double warm_up_seconds = 1;  // not counted
    int connections = 32;
};

// One JSON object: created, per second, other answers, and the latency from sending.
std::string run_closed(const ClosedLoad& load);

}  // namespace mashang::load
