// Chance for the demo that falls the same way on every machine.
//
// std::mt19937_64 is fixed by the standard, the standard's distributions are not: here are integers only.
// The modulo's bias is below 2^-40 for every range in use. One owner at a time; no errors.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace mashang::demo {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    // A whole number in [0, n); n is at least 1.
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % std::uint64_t(n)); }
    // A whole number in [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
    // True in `percent` of 100 throws.
    bool chance(std::int64_t percent) { return below(100) < percent; }

    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
    }

    // An index, each as likely as its weight; the weights are not negative and one is positive.
    std::size_t weighted(const std::vector<std::int64_t>& weights) {
        std::int64_t sum = 0;
        for (auto w : weights) sum += w;
        auto rest = below(sum);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            rest -= weights[i];
            if (rest < 0) return i;
        }
        return weights.size() - 1;
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace mashang::demo
