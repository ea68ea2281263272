// A what-if as JSON, for the API and `mashang rules simulate --json`.
#pragma once

#include <string>

#include "server/api/codec/encode.hpp"
#include "server/simulate_history.hpp"

namespace mashang::server {

// {counterfactual: true, text, from, to, as_of, reports, moved: {owner, priority, rule, due}, moves, loads,
// rules, breaches, samples, …}; each pair of figures is {was, would}.
std::string encode_simulation(const SimulatedHistory& history, const View& view);

}  // namespace mashang::server
