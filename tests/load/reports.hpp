// Open-loop load: reports are due at fixed instants, whatever the server does, and each latency counts from
// its instant. A server that stalls is therefore charged for everybody who would have waited (no coordinated
// omission). One thread.
#pragma once

#include <string>
#include <vector>

#include "tests/load/wire.hpp"

namespace mashang::load {

struct ReportLoad {
    Target target;
    std::vector<std::string> tokens;
    double rate_per_s = 500;
    double seconds = 30;
    double warm_up_seconds = 2;  // at the same rate, and not counted
    int connections = 100;       // keep-alive, all open before the first report
};

// The body of the n-th report, and an Idempotency-Key that no other run has.
std::string report_body(const std::string& token, std::size_t n);
std::string fresh_key(std::size_t n);

// One JSON object: sent, answered by status, per second, latency from the schedule and from sending, and how
// late the generator itself was.
std::string run_reports(const ReportLoad& load);

}  // namespace mashang::load
