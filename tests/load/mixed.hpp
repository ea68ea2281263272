// A district's day in one open loop: residents scan, report (some with a photo) and look at their links, and
// workers with sessions look at their lists, sign off and respond, while live pages are held open.
//
// The mix, per hundred calls: 40 scans, 16 reports without and 4 with a photo (its upload included), 16
// tracking pages, 12 task lists, 6 sign-offs and 6 responses. A sign-off takes a case that a list has shown;
// where none is left the list is asked for again, and is counted as one. A refusal because somebody else was
// faster (409) is told apart from errors.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/load/open_loop.hpp"

namespace mashang::load {

struct MixedLoad {
    OpenLoop loop;
    std::vector<std::string> tokens;
    std::vector<std::pair<std::string, std::string>> workers;  // login, password
    int live_pages = 100;
};

// {figures of the loop, "live_pages":..,"live_events":..,"live_closed":..,"place_path":..,"tracking_path":..,
// "kinds":{"scan":{"good":..,"other_answers":{..},"latency":figures},..}}
std::string run_mixed(const MixedLoad& load);

}  // namespace mashang::load
