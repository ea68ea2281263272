// Private to the what-if: the second life of a past case, played by the engine's own deciding functions.
// Included by simulate.cpp and second_life.cpp only.
#pragma once

#include "dispatch/simulate.hpp"

namespace mashang {

struct SecondLife {
    LateStages late;
    std::size_t refused = 0;  // deeds that the draft does not allow
};

struct LifeBegins {
    Case c;                   // as the counterfactual dispatch left it
    bool same_hands = false;  // who really got it has it: later owners get it too
    Instant begins{};         // when the owner can begin
};

// Everything that was really done with the case, done again under the draft up to `as_of`.
SecondLife live_again(const PastCase& past, LifeBegins life, const Policy& draft, Instant as_of);

Dispatched dispatched_by(const Event& submitted);

}  // namespace mashang
