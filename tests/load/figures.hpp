// Latencies of one run and their percentiles, as every program of this folder prints them.
//
// Hides the sorting. One thread. Percentiles are nearest-rank over all raw values (semantics.md, T42), never
// an average of averages. Units: microseconds inside, milliseconds printed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mashang::load {

class Figures {
  public:
    void reserve(std::size_t n) { values_us_.reserve(n); }
    void add(std::chrono::steady_clock::duration d) {
        values_us_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(d).count());
    }
    std::size_t size() const { return values_us_.size(); }

    // {"n":..,"p50_ms":..,"p90_ms":..,"p99_ms":..,"p999_ms":..,"max_ms":..}; the figures are null when n is
    // 0.
    std::string json();

  private:
    std::vector<std::int64_t> values_us_;
};

}  // namespace mashang::load
