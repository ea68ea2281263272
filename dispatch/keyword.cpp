#include "dispatch/keyword.hpp"

#include <algorithm>
#include <numeric>

namespace mashang {
namespace {

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_latin(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string fold(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

std::size_t next_character(std::string_view text, std::size_t at) {
    do {
        ++at;
    } while (at < text.size() && continues(text[at]));
    return at;
}

// Whether a word may stand at [begin, end): no Latin word is cut in two.
bool at_border(std::string_view text, std::size_t begin, std::size_t end) {
    const bool cut_before = begin > 0 && is_latin(text[begin]) && is_latin(text[begin - 1]);
    const bool cut_after = end < text.size() && is_latin(text[end - 1]) && is_latin(text[end]);
    return !cut_before && !cut_after;
}

// Levenshtein's distance, by rows.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t swapped = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({swapped, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest_word(std::string_view said, const std::vector<std::string>& known) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(said.size(), 3) / 3 + 1;
    for (const std::string& word : known) {
        if (const std::size_t d = distance(said, word); d < best_distance) {
            best = word;
            best_distance = d;
        }
    }
    return best;
}

KeywordIndex::KeywordIndex(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        words_.push_back(fold(word));
        const std::string& folded = words_.back();
        if (folded.empty()) continue;
        starts_[folded.substr(0, next_character(folded, 0))].push_back(words_.size() - 1);
    }
    for (auto& [first, list] : starts_) {
        std::stable_sort(list.begin(), list.end(), [this](std::size_t a, std::size_t b) {
            return words_[a].size() > words_[b].size();
        });
    }
}

std::vector<KeywordIndex::Found> KeywordIndex::find(std::string_view raw) const {
    std::vector<Found> found;
    const std::string folded = fold(raw);
    const std::string_view text = folded;
    std::string first;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = next_character(text, at);
        first.assign(text.substr(at, next - at));
        if (const auto start = starts_.find(first); start != starts_.end()) {
            for (const std::size_t word : start->second) {
                const std::size_t end = at + words_[word].size();
                if (text.substr(at, words_[word].size()) != words_[word]) continue;
                if (at_border(text, at, end)) found.push_back({word, at, end});
            }
        }
        at = next;
    }
    return found;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

}  // namespace mashang
