#include "server/budgets.hpp"

#include <algorithm>
#include <cmath>

namespace mashang::server {

Error over_budget(const char* key, int seconds) {
    return make_error(Errc::busy, key, {{"seconds", std::to_string(seconds)}});
}

std::optional<int> Budgets::look(const std::string& key, Rate rate, Instant now, int take) {
    if (!enabled_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= keys_max) {
        // Whoever has been quiet longest has a full bucket again: forgetting it changes nothing.
        std::erase_if(buckets_, [&](const auto& b) { return now - b.second.at > std::chrono::hours(1); });
        if (buckets_.size() >= keys_max) buckets_.clear();
    }
    auto [it, fresh] = buckets_.try_emplace(key, Bucket{static_cast<double>(rate.burst), now});
    Bucket& bucket = it->second;
    const double each_s = static_cast<double>(rate.refill_each.count());
    const double passed_s = std::max(0.0, static_cast<double>((now - bucket.at).count()) / 1000.0);
    bucket.left = std::min(static_cast<double>(rate.burst), bucket.left + passed_s / each_s);
    bucket.at = now;
    if (bucket.left < 1) return std::max(1, static_cast<int>(std::ceil((1 - bucket.left) * each_s)));
    bucket.left -= take;
    return std::nullopt;
}

std::optional<int> Budgets::take(const std::string& key, Rate rate, Instant now) {
    return look(key, rate, now, 1);
}

std::optional<int> Budgets::wait(const std::string& key, Rate rate, Instant now) {
    return look(key, rate, now, 0);
}

}  // namespace mashang::server
