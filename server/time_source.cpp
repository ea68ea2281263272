#include "server/time_source.hpp"

#include <algorithm>

namespace mashang::server {

Instant TimeSource::now() {
    const std::int64_t told = machine_().time_since_epoch().count() + ahead_ms_.load();
    std::int64_t last = last_ms_.load();
    while (last < told && !last_ms_.compare_exchange_weak(last, told)) {
    }
    if (last <= told) return Instant{Millis{told}};
    std::int64_t skew = skew_ms_.load();
    while (skew < last - told && !skew_ms_.compare_exchange_weak(skew, last - told)) {
    }
    return Instant{Millis{last}};
}

Millis TimeSource::behind() const {
    const std::int64_t told = machine_().time_since_epoch().count() + ahead_ms_.load();
    return Millis{std::max<std::int64_t>(0, last_ms_.load() - told)};
}

void TimeSource::move_to(Instant t) {
    const Instant at = now();
    if (t > at) ahead_ms_ += (t - at).count();
}

}  // namespace mashang::server
