// Finding a fixed set of words in what people wrote: one pass over the text, whatever the number of words.
//
// Hides the index by first character. ASCII letters match in either case; a word that begins or ends with an
// ASCII letter or digit matches only at such a word's border ("gas" is not in "gasp"), Chinese ones anywhere.
// Text is UTF-8; malformed bytes match nothing and harm nothing. Immutable once built; any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mashang {

class KeywordIndex {
  public:
    struct Found {
        std::size_t word = 0;            // position in the list that was given
        std::size_t begin = 0, end = 0;  // bytes of the text, half-open
    };

    KeywordIndex() = default;
    explicit KeywordIndex(const std::vector<std::string>& words);  // empty words never match

    // Every occurrence, in the order of their beginnings, longest first; overlapping ones too.
    std::vector<Found> find(std::string_view text) const;

  private:
    std::vector<std::string> words_;  // folded
    std::unordered_map<std::string, std::vector<std::size_t>>
        starts_;  // first character -> words, longest first
};

// The known word that was probably meant: the nearest by edit distance, with at most a third of the letters
// different, the first of several; "" when none is near.
std::string nearest_word(std::string_view said, const std::vector<std::string>& known);

// Unicode characters of a UTF-8 text (bytes that do not continue one).
std::size_t characters(std::string_view text);

}  // namespace mashang
