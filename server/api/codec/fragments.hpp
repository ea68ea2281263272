// Pieces of JSON that several answers share. Codec files only.
#pragma once

#include <nlohmann/json.hpp>
#include <utility>

#include "server/api/codec/encode.hpp"

namespace mashang::server {

using Json = nlohmann::ordered_json;

// An object member by member, for what every report's answer has: from braces the library makes an array of
// pairs first, and looks each name up before it adds it.
class Members {
  public:
    Members() = default;
    Members(const Members&) = delete;
    template <class T>
    Members& add(const char* name, T&& value) {
        of_.emplace_back(name, std::forward<T>(value));
        return *this;
    }
    Json json() { return std::move(object_); }

  private:
    Json object_ = Json::object();
    Json::object_t& of_ = object_.get_ref<Json::object_t&>();
};

Json instant_json(Instant at, const View& view);
Json instant_json(const std::optional<Instant>& at, const View& view);
Json person_json(const Party& party, const View& view);
Json place_json(const Case& c, const View& view);
Json place_json(int district, const Place& place, const View& view);
Json matter_json(const std::string& code, const View& view);
Json flags_json(const Flags& flags);
Json clock_json(const Clock& clock, const Case& c, const View& view);
// The earliest running due of each stage; response promised while sign-off runs where `promised`.
Json due_json(const Case& c, const View& view, bool promised);
Json media_json(const std::vector<std::string>& media);

std::string word(const View& view, std::string_view prefix, std::string_view value);
std::string matter_name(const std::string& code, const View& view);
std::string display_name(const Party& party, const View& view);
schema::TextArgs event_args(const Event& event, const View& view);
std::string event_sentence(const Event& event, const View& view);
// The case with its clocks brought to the view's instant.
Case advanced(const Case& c, const View& view);

}  // namespace mashang::server
