// Events and cases made at random for the codec's properties: every member set or left out.
#pragma once

#include <rapidcheck.h>

#include "dispatch/case.hpp"

namespace mashang::test {

Event generated_event();
Case generated_case();

}  // namespace mashang::test
