// Drawn lives of a case in the small district: whoever does whatever whenever, each event looked at on its
// way. For properties only; the functions draw from RapidCheck and assert.
#pragma once

#include "tests/build/world.hpp"

namespace mashang::build {

// Evenly in [from, to), also in the first, small runs, where RapidCheck would keep near `from`.
int drawn(int from, int to);
Actor any_actor(const World& w, const Case& c);
// A report of some matter in late November, with loads drawn for everybody.
Case any_report(World& w);
// Something that happens next: a command, a timer, draining, one more report. Time goes on before it. Checks
// what must hold of every event and of the case after it.
Case one_step(World& w, const Case& c);

}  // namespace mashang::build
