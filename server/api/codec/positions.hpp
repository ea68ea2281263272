// Coordinate systems of Chinese phones and maps, brought to WGS-84 (domain.md "Integrations").
//
// GCJ-02 is off by about 525 m here and has no published inverse: it is inverted by iteration, two rounds of
// which leave under 5 mm. BD-09 is a further shift of GCJ-02. Pure; any thread; degrees.
#pragma once

#include "dispatch/territory.hpp"

namespace mashang::server {

enum class CoordinateSystem { wgs84, gcj02, bd09 };

Point to_wgs84(Point p, CoordinateSystem from);
Point wgs84_to_gcj02(Point p);

}  // namespace mashang::server
