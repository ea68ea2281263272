// Reading a JSON document member by member, collecting every fault at its pointer.
//
// For schema/codec only: it shows the JSON library. A Node is a place in the document, there or not; asking
// an absent or wrong one for a value records the fault once and answers an empty value, so readers go
// straight on and look at the faults at the end. Not for several threads at once; nodes live as long as the
// document.
#pragma once

#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/case.hpp"

namespace mashang::codec {

using Json = nlohmann::ordered_json;

// The most that is reported: a document of another kind would otherwise answer thousands.
inline constexpr std::size_t faults_max = 100;
// The days of a week as documents spell them, Monday first.
inline constexpr std::array<const char*, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

class Faults {
  public:
    void add(std::string pointer, std::string key,
             std::vector<std::pair<std::string, std::string>> args = {});
    bool any() const { return !list_.empty(); }
    // Whether one was found at this place, above it or below it: what is said of it by then is hearsay.
    bool touch(std::string_view pointer) const;
    // A later look at the same document: what it finds where nothing was found before.
    void add_beside(const Error& later);
    Error error();  // takes what was collected

  private:
    std::vector<FieldError> list_;
};

class Node {
  public:
    Node(const Json* value, std::string pointer, Faults& faults)
        : value_(value), pointer_(std::move(pointer)), faults_(&faults) {}

    bool there() const { return value_ != nullptr; }
    bool is_null() const { return value_ != nullptr && value_->is_null(); }
    bool is_text() const { return value_ != nullptr && value_->is_string(); }
    bool is_object() const { return value_ != nullptr && value_->is_object(); }
    bool is_list() const { return value_ != nullptr && value_->is_array(); }
    const std::string& pointer() const { return pointer_; }
    void fault(std::string key, std::vector<std::pair<std::string, std::string>> args = {}) const;

    // A word that is none of the known ones, with the nearest of them where one is near.
    void unknown_word(const std::string& said, const std::vector<std::string>& known) const;

    // An object with these keys only; false (and a fault) where it is none.
    bool object(std::initializer_list<std::string_view> known) const;
    Node operator[](std::string_view key) const;  // absent where there is none
    std::vector<std::string> keys() const;

    std::string text(std::size_t least = 1, std::size_t most = 500) const;  // bytes, Unicode characters
    int whole(int least, int most) const;
    bool flag() const;
    double number() const;
    std::vector<Node> items(std::size_t most = 5000) const;
    Limit limit() const;
    std::vector<std::string> texts() const;        // a list of texts
    std::vector<std::string> one_or_more() const;  // the same, or one text

    // One of an enum's words; those with words in case.hpp.
    template <class E>
    E word() const {
        const std::string said = text();
        if (said.empty()) return E{};
        if (const auto parsed = parse_word<E>(said)) return *parsed;
        unknown_word(said, words_of<E>());
        return E{};
    }

  private:
    const Json* value_;
    std::string pointer_;
    Faults* faults_;
};

// Parses a text into `document`; the error names line and column, or the key that stands twice.
Result<Json> parse_document(std::string_view text);

// A calendar day "2026-12-31" and minutes of a day "24:00"; none where it is no such thing.
std::optional<std::chrono::local_days> parse_day(std::string_view text);
std::optional<int> parse_minute(std::string_view text);
std::string day_text(std::chrono::local_days day);
std::string minute_text(int minute);

// A matter code or the beginning of one, with or without a closing asterisk; "*" stays.
std::string matter_prefix(std::string said);

// The document's own version unless another is given.
int version_of(const Node& document, std::optional<int> given);

}  // namespace mashang::codec
