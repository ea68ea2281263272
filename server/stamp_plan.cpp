#include "server/stamp_plan.hpp"

#include <algorithm>

namespace mashang::server {
namespace {

constexpr Millis stamp_week = std::chrono::hours{24 * 7};
constexpr Millis stamp_spread_max = std::chrono::minutes{20};

// Of `cases` shared out evenly among `slots`, those of one.
std::int64_t share_of(std::int64_t slot, std::int64_t slots, std::int64_t cases) {
    return (slot + 1) * cases / slots - slot * cases / slots;
}

}  // namespace

PastPlan::PastPlan(std::vector<const Story*> stories, Instant end, int weeks, std::int64_t cases)
    : begin_(end - weeks * stamp_week), cases_(cases) {
    for (const auto* story : stories) {
        auto since = (story->at - begin_) % stamp_week;
        if (since < Millis{0}) since += stamp_week;
        week_.emplace_back(std::chrono::duration_cast<Millis>(since), story);
    }
    std::stable_sort(week_.begin(), week_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    slots_ = static_cast<std::int64_t>(week_.size()) * weeks;
}

std::int64_t PastPlan::copies_in(std::int64_t slot) const {
    return share_of(slot, slots_, cases_);
}

std::optional<Stamp> PastPlan::next() {
    while (slot_ < slots_ && copy_ == copies_in(slot_)) {
        ++slot_;
        copy_ = 0;
    }
    if (slot_ >= slots_) return std::nullopt;
    const auto stories = static_cast<std::int64_t>(week_.size());
    const auto which = static_cast<std::size_t>(slot_ % stories);
    const auto& [since, story] = week_[which];
    const Millis until = which + 1 < week_.size() ? week_[which + 1].first : stamp_week;
    const Millis later = (until - since) * copy_ / copies_in(slot_);
    ++copy_;
    return Stamp{story, begin_ + slot_ / stories * stamp_week + since + later};
}

OpenPlan::OpenPlan(std::vector<const Story*> stories, std::int64_t cases)
    : stories_(std::move(stories)), cases_(stories_.empty() ? 0 : cases) {}

std::optional<Stamp> OpenPlan::next() {
    const auto count = static_cast<std::int64_t>(stories_.size());
    while (story_ < count && copy_ == share_of(story_, count, cases_)) {
        ++story_;
        copy_ = 0;
    }
    if (story_ >= count) return std::nullopt;
    const auto which = static_cast<std::size_t>(story_);
    Millis spread = stamp_spread_max;
    if (which > 0) spread = std::min(spread, stories_[which]->at - stories_[which - 1]->at);
    const auto copies = share_of(story_, count, cases_);
    const Millis earlier = spread * (copies - copy_) / (copies + 1);
    ++copy_;
    return Stamp{stories_[which], stories_[which]->at - earlier};
}

}  // namespace mashang::server
