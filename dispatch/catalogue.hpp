// The catalogue of matter types: what may be reported, what to ask, where it is likely, and a guess from
// words.
//
// Versioned data, keyed by kind and number (domain.md, fact 3), with gaps. Immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dispatch/case.hpp"
#include "dispatch/keyword.hpp"

namespace mashang {

struct QuestionOption {
    std::string id, zh, en;
    friend bool operator==(const QuestionOption&, const QuestionOption&) = default;
};

struct Question {
    std::string id, zh, en;
    std::vector<QuestionOption> options;  // none: a free answer
    friend bool operator==(const Question&, const Question&) = default;
};

// A matter may have several, each with its own limits (domain.md, fact 4); "default" needs no entry.
struct FilingCondition {
    std::string id, name, name_en;
    friend bool operator==(const FilingCondition&, const FilingCondition&) = default;
};

struct Matter {
    std::string code;  // kind letter and 11 digits, "S33010609011"
    char kind = 'S';   // S matter, B facility, M a class of our own
    std::string name, name_en;
    std::string matter_class;  // as the document says, e.g. "09"
    std::vector<std::string> keywords;
    std::vector<Question> questions;
    std::vector<std::string> place_kinds;  // most likely first; "*" anywhere
    Priority priority = Priority::ordinary;
    std::vector<FilingCondition> conditions;
    bool evidence = false;  // closing needs a photo
    bool verify = false;    // a person looks before it is believed
    std::string source;     // where code and name come from, or "ours"
    friend bool operator==(const Matter&, const Matter&) = default;
};

struct Guess {
    std::string code;
    int confidence_percent = 0;
    friend bool operator==(const Guess&, const Guess&) = default;
};

class Catalogue {
  public:
    Catalogue() = default;
    // Refuses (invalid, pointers "/matters/3/code"): malformed or repeated codes, a kind that is not the
    // code's letter, no name, a condition or question id twice, an empty catalogue.
    static Result<std::shared_ptr<const Catalogue>> build(int version, std::vector<Matter> matters);

    int version() const { return version_; }
    const std::vector<Matter>& matters() const { return matters_; }
    const Matter* find(std::string_view code) const;  // null when unknown

    // At most n, for the chips of the page: those that name this kind of place, the nearer to the front of
    // their list the sooner, then those for anywhere; equal ones in the catalogue's order.
    std::vector<const Matter*> likely(std::string_view place_kind, std::size_t n) const;

    // The matter whose keywords stand in the text. A keyword inside a longer one that was found there does
    // not count; each counts once, by its number of characters. With `best` and `second` the two highest
    // sums, confidence is 100 best / (best + second + 1); below confidence_min there is no guess.
    std::optional<Guess> guess(std::string_view text) const;
    static constexpr int confidence_min_percent = 55;

  private:
    int version_ = 0;
    std::vector<Matter> matters_;
    std::unordered_map<std::string, std::size_t> by_code_;
    KeywordIndex keywords_;
    std::vector<std::vector<std::size_t>> keyword_owners_;  // keyword -> the matters that list it
    std::vector<std::size_t> keyword_weights_;
};

// A kind letter S, B or M and 11 digits; or, for `is_matter_prefix`, the beginning of one, at least the
// letter.
bool is_matter_code(std::string_view code);
bool is_matter_prefix(std::string_view prefix);

}  // namespace mashang
