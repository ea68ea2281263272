// What time standards name in the catalogue: an entry for a matter or a filing condition that is not there
// would never be found, and nobody would notice. (What rules name: rule_check.hpp.) Pure; any thread.
#pragma once

#include <span>

#include "dispatch/catalogue.hpp"
#include "dispatch/time_standard.hpp"

namespace mashang {

// "/standards/2/matter", "/standards/2/condition", in the order of the list given; keys
// error.unknown_nearest {value, nearest}, error.unknown {value}.
std::vector<FieldError> unknown_in_standards(std::span<const Standard> standards, const Catalogue& catalogue);

}  // namespace mashang
