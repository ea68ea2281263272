#include "dispatch/catalogue.hpp"

#include <algorithm>
#include <set>

namespace mashang {
namespace {

constexpr std::size_t matters_max = 5000;
constexpr std::size_t code_length = 12;

std::string at(std::size_t i, std::string_view member) {
    return "/matters/" + std::to_string(i) + '/' + std::string(member);
}

template <class List>
void refuse_repeated_ids(const List& list, const std::string& pointer, std::vector<FieldError>& faults) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string here = pointer + '/' + std::to_string(i) + "/id";
        if (list[i].id.empty()) {
            faults.push_back({here, "error.missing", {}});
        } else if (!seen.insert(list[i].id).second) {
            faults.push_back({here, "error.duplicate", {{"value", list[i].id}}});
        }
    }
}

void check(const Matter& matter, std::size_t i, std::vector<FieldError>& faults) {
    if (!is_matter_code(matter.code)) {
        faults.push_back({at(i, "code"), "error.matter_code", {{"value", matter.code}}});
    } else if (matter.code.front() != matter.kind) {
        faults.push_back({at(i, "kind"), "error.matter_kind", {{"value", std::string(1, matter.kind)}}});
    }
    if (matter.name.empty()) faults.push_back({at(i, "name"), "error.missing", {}});
    refuse_repeated_ids(matter.conditions, at(i, "conditions"), faults);
    refuse_repeated_ids(matter.questions, at(i, "questions"), faults);
    for (std::size_t q = 0; q < matter.questions.size(); ++q) {
        refuse_repeated_ids(matter.questions[q].options, at(i, "questions/") + std::to_string(q) + "/options",
                            faults);
    }
}

// Drops what stands wholly inside a longer word: in "shared bicycle" the "bicycle" says nothing more.
std::vector<KeywordIndex::Found> outermost(const std::vector<KeywordIndex::Found>& found) {
    std::vector<KeywordIndex::Found> kept;
    std::size_t reach = 0;  // the furthest end so far; beginnings ascend, longest first
    std::size_t reach_begin = 0;
    for (const auto& f : found) {
        const bool same_span = !kept.empty() && f.begin == reach_begin && f.end == reach;
        if (f.end <= reach && !same_span) continue;
        kept.push_back(f);
        reach = f.end;
        reach_begin = f.begin;
    }
    return kept;
}

}  // namespace

bool is_matter_prefix(std::string_view prefix) {
    if (prefix.empty() || prefix.size() > code_length) return false;
    if (prefix[0] != 'S' && prefix[0] != 'B' && prefix[0] != 'M') return false;
    return std::all_of(prefix.begin() + 1, prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_matter_code(std::string_view code) {
    return code.size() == code_length && is_matter_prefix(code);
}

Result<std::shared_ptr<const Catalogue>> Catalogue::build(int version, std::vector<Matter> matters) {
    std::vector<FieldError> faults;
    if (matters.empty()) faults.push_back({"/matters", "error.empty_list", {}});
    if (matters.size() > matters_max) {
        return invalid_field("/matters", "error.too_many", {{"max", std::to_string(matters_max)}});
    }
    auto made = std::make_shared<Catalogue>();
    std::vector<std::string> words;
    std::unordered_map<std::string, std::size_t> word_numbers;
    for (std::size_t i = 0; i < matters.size(); ++i) {
        check(matters[i], i, faults);
        if (!made->by_code_.emplace(matters[i].code, i).second) {
            faults.push_back({at(i, "code"), "error.duplicate", {{"value", matters[i].code}}});
        }
        for (const std::string& word : matters[i].keywords) {
            const auto [entry, fresh] = word_numbers.emplace(word, words.size());
            if (fresh) {
                words.push_back(word);
                made->keyword_weights_.push_back(characters(word));
                made->keyword_owners_.emplace_back();
            }
            auto& owners = made->keyword_owners_[entry->second];
            if (owners.empty() || owners.back() != i) owners.push_back(i);
        }
    }
    if (!faults.empty()) return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    made->version_ = version;
    made->matters_ = std::move(matters);
    made->keywords_ = KeywordIndex(words);
    return std::shared_ptr<const Catalogue>(std::move(made));
}

const Matter* Catalogue::find(std::string_view code) const {
    const auto found = by_code_.find(std::string(code));
    return found == by_code_.end() ? nullptr : &matters_[found->second];
}

std::vector<const Matter*> Catalogue::likely(std::string_view place_kind, std::size_t n) const {
    constexpr std::size_t anywhere = 1000;
    std::vector<std::pair<std::size_t, const Matter*>> ranked;
    for (const Matter& matter : matters_) {
        const auto& kinds = matter.place_kinds;
        const auto named = std::find(kinds.begin(), kinds.end(), place_kind);
        if (named != kinds.end()) {
            ranked.emplace_back(static_cast<std::size_t>(named - kinds.begin()), &matter);
        } else if (std::find(kinds.begin(), kinds.end(), "*") != kinds.end()) {
            ranked.emplace_back(anywhere, &matter);
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const Matter*> chosen;
    for (std::size_t i = 0; i < ranked.size() && i < n; ++i) chosen.push_back(ranked[i].second);
    return chosen;
}

std::optional<Guess> Catalogue::guess(std::string_view text) const {
    std::vector<std::size_t> scores(matters_.size(), 0);
    std::set<std::size_t> counted;
    for (const auto& f : outermost(keywords_.find(text))) {
        if (!counted.insert(f.word).second) continue;
        for (const std::size_t owner : keyword_owners_[f.word]) scores[owner] += keyword_weights_[f.word];
    }
    std::size_t best = 0, best_at = 0, second = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (scores[i] > best) {
            second = best;
            best = scores[i];
            best_at = i;
        } else {
            second = std::max(second, scores[i]);
        }
    }
    if (best == 0) return std::nullopt;
    const auto confidence = static_cast<int>(100 * best / (best + second + 1));
    if (confidence < confidence_min_percent) return std::nullopt;
    return Guess{matters_[best_at].code, confidence};
}

}  // namespace mashang
