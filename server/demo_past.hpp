// Plays the demo's plan of reports and steps through the casebook, in the order of time.
#pragma once

#include "schema/store.hpp"
#include "server/casebook.hpp"
#include "server/demo/history.hpp"

namespace mashang::server {

// Photos by content id that the past may use, before and after.
struct DemoPhotos {
    std::vector<schema::MediaRow> before, after;  // id empty: each use gets a row of its own
};

class DemoPast {
  public:
    DemoPast(const demo::District& district, std::vector<demo::HistoryItem> items, DemoPhotos photos)
        : district_(district), items_(std::move(items)), photos_(std::move(photos)) {}

    struct Played {
        std::size_t reports = 0, events = 0;
    };
    // Everything up to `until`, a day a transaction; what lies behind it stays undone, so some cases are
    // open.
    Result<Played> play(schema::Store& store, const Casebook& casebook, const DecisionData& data,
                        Instant until);

  private:
    struct Action {
        Instant at{};
        std::size_t item = 0;
        std::size_t step = 0;  // 0: the report itself; n: the plan's step n - 1
        bool operator>(const Action& other) const {
            return std::tie(at, item, step) > std::tie(other.at, other.item, other.step);
        }
    };
    struct Progress;

    Result<bool> act(schema::Tx& tx, const Casebook& casebook, const DecisionData& data, Progress& progress,
                     const Action& action) const;
    Result<bool> report(schema::Tx& tx, const Casebook& casebook, const DecisionData& data,
                        Progress& progress, const Action& action) const;
    Result<bool> step(schema::Tx& tx, const Casebook& casebook, const DecisionData& data, Progress& progress,
                      const Action& action) const;
    void schedule(const DecisionData& data, Progress& progress, std::size_t item, std::size_t step,
                  Instant after) const;
    std::string photo(schema::Tx& tx, const std::vector<schema::MediaRow>& from, std::size_t n,
                      const std::string& uploader, Instant at) const;

    const demo::District& district_;
    const std::vector<demo::HistoryItem> items_;
    const DemoPhotos photos_;
};

}  // namespace mashang::server
