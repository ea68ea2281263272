// The lifecycle's table as a test can change it: what decide() and allowed() of this program go by.
#pragma once

#include <vector>

#include "dispatch/lifecycle.hpp"

namespace mashang {

std::span<const Edge> edges_as_written();
std::vector<Edge>& table_in_place();

}  // namespace mashang
