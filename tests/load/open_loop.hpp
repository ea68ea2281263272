// The open loop: calls are due at fixed instants, whatever the server does, and each latency counts from its
// instant. A server that stalls is charged for everybody who would have waited (no coordinated omission), and
// so is a generator that comes late; how late it was, and how much of a core it took, is told beside.
//
// Each connection takes the next call that is due; when all are busy it is taken late. What has not been sent
// some seconds after the last instant never is: it counts as unanswered, with the latency it had by then. One
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/load/figures.hpp"
#include "tests/load/lean.hpp"

namespace mashang::load {

struct OpenLoop {
    Target target;
    double rate_per_s = 500;
    double seconds = 30;
    double warm_up_seconds = 2;  // at the same rate, and not counted
    double patience_seconds = 3;
    int connections = 100;  // keep-alive, all open before the first call
};

// What became of a call: `kind` is one of the traffic's, and a wrong status is told by its number.
struct Outcome {
    std::size_t kind = 0;
    unsigned status = 0;
    bool good = false;
};

class Traffic {
  public:
    virtual ~Traffic() = default;
    // The n-th call, on a connection that is idle; system_error counts as broken.
    virtual asio::awaitable<Outcome> call(LeanConnection& connection, std::size_t n) = 0;
    // Before the first instant: logins, streams. Not counted.
    virtual asio::awaitable<void> prepare(asio::io_context& io);
};

struct KindFigures {
    Figures from_schedule, from_sending;
    std::size_t good = 0;
    std::map<unsigned, std::size_t> other_answers;
};

struct OpenLoopFigures {
    std::vector<KindFigures> kinds;
    Figures all;       // from the schedule, unanswered ones included, refused ones not
    Figures lateness;  // of the generator itself: of calls that an idle connection waited for
    std::size_t broken = 0, unanswered = 0, good = 0;
    double reached_per_s = 0, generator_cores = 0;

    // "asked_per_s":..,"reached_per_s":.., … without the braces.
    std::string json(const OpenLoop& loop);
};

OpenLoopFigures run_open_loop(const OpenLoop& loop, Traffic& traffic, std::size_t kinds);

std::string other_answers_json(const std::map<unsigned, std::size_t>& answers);  // {"503":12}
double own_cpu_s();  // of this process: user and system

}  // namespace mashang::load
