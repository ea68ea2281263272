#include "server/api/codec/positions.hpp"

#include <cmath>
#include <numbers>

namespace mashang::server {
namespace {

constexpr double pi = std::numbers::pi;
// The ellipsoid of Krasovsky 1940, on which the published offset formula is built.
constexpr double axis_m = 6378245.0;
constexpr double eccentricity2 = 0.00669342162296594323;

double waves(double x) {
    return 20.0 * std::sin(6.0 * x * pi) + 20.0 * std::sin(2.0 * x * pi);
}

double shift_lat(double x, double y) {
    double d = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * std::sqrt(std::fabs(x));
    d += waves(x) * 2.0 / 3.0;
    d += (20.0 * std::sin(y * pi) + 40.0 * std::sin(y / 3.0 * pi)) * 2.0 / 3.0;
    return d + (160.0 * std::sin(y / 12.0 * pi) + 320.0 * std::sin(y * pi / 30.0)) * 2.0 / 3.0;
}

double shift_lon(double x, double y) {
    double d = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * std::sqrt(std::fabs(x));
    d += waves(x) * 2.0 / 3.0;
    d += (20.0 * std::sin(x * pi) + 40.0 * std::sin(x / 3.0 * pi)) * 2.0 / 3.0;
    return d + (150.0 * std::sin(x / 12.0 * pi) + 300.0 * std::sin(x / 30.0 * pi)) * 2.0 / 3.0;
}

bool inside_china(Point p) {
    return p.lon > 72.004 && p.lon < 137.8347 && p.lat > 0.8293 && p.lat < 55.8271;
}

Point bd09_to_gcj02(Point p) {
    constexpr double turn = pi * 3000.0 / 180.0;
    const double x = p.lon - 0.0065, y = p.lat - 0.006;
    const double z = std::sqrt(x * x + y * y) - 0.00002 * std::sin(y * turn);
    const double theta = std::atan2(y, x) - 0.000003 * std::cos(x * turn);
    return {z * std::cos(theta), z * std::sin(theta)};
}

Point gcj02_to_wgs84(Point p) {
    Point guess = p;
    for (int round = 0; round < 4; ++round) {
        const Point shifted = wgs84_to_gcj02(guess);
        guess.lon += p.lon - shifted.lon;
        guess.lat += p.lat - shifted.lat;
    }
    return guess;
}

}  // namespace

Point wgs84_to_gcj02(Point p) {
    if (!inside_china(p)) return p;
    const double x = p.lon - 105.0, y = p.lat - 35.0;
    const double rad = p.lat / 180.0 * pi;
    const double magic = 1 - eccentricity2 * std::sin(rad) * std::sin(rad);
    const double root = std::sqrt(magic);
    const double lat = shift_lat(x, y) * 180.0 / (axis_m * (1 - eccentricity2) / (magic * root) * pi);
    const double lon = shift_lon(x, y) * 180.0 / (axis_m / root * std::cos(rad) * pi);
    return {p.lon + lon, p.lat + lat};
}

Point to_wgs84(Point p, CoordinateSystem from) {
    switch (from) {
        case CoordinateSystem::wgs84:
            return p;
        case CoordinateSystem::gcj02:
            return gcj02_to_wgs84(p);
        case CoordinateSystem::bd09:
            return gcj02_to_wgs84(bd09_to_gcj02(p));
    }
    return p;
}

}  // namespace mashang::server
