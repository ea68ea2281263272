// From the resident's click to the worker's screen: reports are sent at a calm pace to the places of one
// worker while his page's stream is open, and each is timed until its event arrives there. One thread.
#pragma once

#include <string>

#include "tests/load/wire.hpp"

namespace mashang::load {

struct LiveLoad {
    Target target;
    std::string token;  // a place in the worker's scope
    std::string login, password;
    double rate_per_s = 20;
    int reports = 200;
};

// {"click_to_worker": figures, "click_to_answer": figures, "missing": reports whose event never came}
std::string run_live(const LiveLoad& load);

}  // namespace mashang::load
