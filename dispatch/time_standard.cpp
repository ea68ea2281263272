#include "dispatch/time_standard.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "dispatch/catalogue.hpp"

namespace mashang {
namespace {

constexpr std::size_t standards_max = 5000;

// How much an entry says of the case it is for: the longer the matter, then condition, then priority.
auto specificity(const Standard& s) {
    const std::size_t matter = s.matter == "*" ? 0 : s.matter.size();
    return std::tuple(matter, s.condition != "*", s.priority.has_value());
}

class Checker {
  public:
    void fault(std::string_view member, std::string key,
               std::vector<std::pair<std::string, std::string>> args = {}) {
        std::string pointer = "/standards/" + std::to_string(at_);
        if (!member.empty()) pointer += '/' + std::string(member);
        faults_.push_back({std::move(pointer), std::move(key), std::move(args)});
    }

    void limit(std::string_view member, const Limit& limit) {
        if (limit.amount < 1) fault(member, "error.limit_positive");
    }

    void percent(std::string_view member, int value, int most) {
        if (value < 0 || value > most) fault(member, "error.percent_range", {{"max", std::to_string(most)}});
    }

    void entry(const Standard& s, std::size_t i) {
        at_ = i;
        if (s.matter != "*" && !is_matter_prefix(s.matter)) {
            fault("matter", "error.matter_prefix", {{"value", s.matter}});
        }
        if (!keys_.insert({s.matter, s.condition, s.priority}).second) fault("", "error.duplicate");
        limit("sign_off", s.sign_off);
        limit("response", s.response);
        limit("review", s.review);
        limit("supervision", s.supervision);
        limit("part", s.part);
        limit("reopen", s.reopen);
        limit("pause_max", s.pause_max);
        limit("extension_max", s.extension_max);
        if (s.end_to_end) limit("end_to_end", *s.end_to_end);
        percent("redo_min_percent", s.redo_min_percent, 100);
        percent("warn_percent/0", s.warn_percent[0], 99);
        percent("warn_percent/1", s.warn_percent[1], 99);
        if (s.warn_percent[0] >= s.warn_percent[1]) fault("warn_percent", "error.ascending");
        if (s.extensions_max < 0) fault("extensions_max", "error.not_negative");
        steps(s);
    }

    std::vector<FieldError> take() { return std::move(faults_); }

  private:
    void steps(const Standard& s) {
        if (s.closure.empty()) fault("closure", "error.empty_list");
        std::set<std::string> ids;
        for (std::size_t i = 0; i < s.closure.size(); ++i) {
            const std::string member = s.closure.size() == 1 ? "closure" : "steps/" + std::to_string(i);
            limit(member, s.closure[i].limit);
            if (s.closure.size() > 1 && s.closure[i].id.empty()) fault(member + "/id", "error.missing");
            if (!ids.insert(s.closure[i].id).second) fault(member + "/id", "error.duplicate");
        }
    }

    std::size_t at_ = 0;
    std::set<std::tuple<std::string, std::string, std::optional<Priority>>> keys_;
    std::vector<FieldError> faults_;
};

}  // namespace

Result<std::shared_ptr<const TimeStandards>> TimeStandards::build(int version,
                                                                  std::vector<Standard> entries) {
    if (entries.size() > standards_max) {
        return invalid_field("/standards", "error.too_many", {{"max", std::to_string(standards_max)}});
    }
    Checker check;
    for (std::size_t i = 0; i < entries.size(); ++i) check.entry(entries[i], i);
    auto faults = check.take();
    const bool total = std::any_of(entries.begin(), entries.end(), [](const Standard& s) {
        return s.matter == "*" && s.condition == "*" && !s.priority;
    });
    if (!total) faults.push_back({"/standards", "error.standard_default_missing", {}});
    if (!faults.empty()) return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    // Keys are unique, so two entries of equal rank never match the same case: the order among them is free.
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Standard& a, const Standard& b) { return specificity(a) > specificity(b); });
    auto made = std::make_shared<TimeStandards>();
    made->version_ = version;
    made->entries_ = std::move(entries);
    return std::shared_ptr<const TimeStandards>(std::move(made));
}

const Standard& TimeStandards::find(std::string_view matter, std::string_view condition,
                                    Priority priority) const {
    for (const Standard& s : entries_) {
        if (s.matter != "*" && !matter.starts_with(s.matter)) continue;
        if (s.condition != "*" && s.condition != condition) continue;
        if (s.priority && *s.priority != priority) continue;
        return s;
    }
    return entries_.back();  // never reached: build demands the entry that matches everything
}

}  // namespace mashang
