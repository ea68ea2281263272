#include "tests/load/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mashang::load {

std::string Figures::json() {
    std::sort(values_us_.begin(), values_us_.end());
    const auto at = [this](double share) -> std::string {
        if (values_us_.empty()) return "null";
        const double n = static_cast<double>(values_us_.size());
        const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * n)));
        char text[32];
        std::snprintf(text, sizeof text, "%.3f", static_cast<double>(values_us_[rank - 1]) / 1000.0);
        return text;
    };
    return "{\"n\":" + std::to_string(values_us_.size()) + ",\"p50_ms\":" + at(0.5) +
           ",\"p90_ms\":" + at(0.9) + ",\"p99_ms\":" + at(0.99) + ",\"p999_ms\":" + at(0.999) +
           ",\"max_ms\":" + at(1.0) + "}";
}

}  // namespace mashang::load
