// Reading one JSON object member by member, remembering every place that is wrong. Codec files only.
//
// Members that nobody asks for are passed over, so that a newer page can talk to an older server.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::server {

class Reader {
  public:
    // Parses the text (an empty body counts as {}); a failure is told by result().
    explicit Reader(std::string_view body);
    // A nested object with its pointer ("/position").
    Reader(const nlohmann::json& object, std::string pointer, Reader& parent);

    std::optional<std::string> text(const char* name, std::size_t chars_max, bool required = false);
    std::optional<std::int64_t> integer(const char* name, std::int64_t min, std::int64_t max,
                                        bool required = false);
    std::optional<double> number(const char* name, double min, double max, bool required = false);
    std::optional<bool> boolean(const char* name);
    std::vector<std::string> texts(const char* name, std::size_t items_max, std::size_t chars_max);
    // One of the words given, as its index.
    std::optional<std::size_t> word(const char* name, std::initializer_list<std::string_view> words,
                                    bool required = false);
    // A string of digits, or the number itself: up to 2^31 - 1, as parts, orders and reports are counted.
    std::optional<std::int32_t> id(const char* name, bool required = false);
    const nlohmann::json* object(const char* name);
    const nlohmann::json* any(const char* name);

    void fail(std::string pointer, std::string key,
              std::vector<std::pair<std::string, std::string>> args = {});
    std::string at(const char* name) const { return pointer_ + "/" + name; }
    bool failed() const { return !root().errors_.empty() || root().broken_; }
    Error error() const;

  private:
    const Reader& root() const { return parent_ ? parent_->root() : *this; }
    Reader& root() { return parent_ ? parent_->root() : *this; }
    const nlohmann::json* member(const char* name, bool required);

    nlohmann::json owned_;
    const nlohmann::json* object_ = nullptr;
    std::string pointer_;
    Reader* parent_ = nullptr;
    std::vector<FieldError> errors_;
    bool broken_ = false;
    std::size_t broken_at_ = 0;
};

// Characters of a UTF-8 text.
std::size_t count_chars(std::string_view utf8);

}  // namespace mashang::server
