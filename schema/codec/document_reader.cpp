#include "schema/codec/document_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "dispatch/keyword.hpp"

namespace mashang::codec {
namespace {

constexpr std::size_t document_bytes_max = 16U << 20U;
constexpr int document_depth_max = 40;

// RFC 6901.
std::string escaped(std::string_view key) {
    std::string text;
    for (const char c : key) {
        if (c == '~') {
            text += "~0";
        } else if (c == '/') {
            text += "~1";
        } else {
            text += c;
        }
    }
    return text;
}

// Thrown inside the parser's callback and caught around it.
struct Refused {
    std::string key, value;
};

// Remembers the keys of every open object: JSON lets a key stand twice, and the second would win silently.
class Watcher {
  public:
    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        if (depth > document_depth_max) throw Refused{"error.too_deep", std::to_string(document_depth_max)};
        switch (event) {
            case Json::parse_event_t::object_start:
                open_.emplace_back();
                break;
            case Json::parse_event_t::object_end:
                open_.pop_back();
                break;
            case Json::parse_event_t::key:
                if (!open_.back().insert(parsed.get<std::string>()).second) {
                    throw Refused{"error.json_duplicate_key", parsed.get<std::string>()};
                }
                break;
            case Json::parse_event_t::array_start:
            case Json::parse_event_t::array_end:
            case Json::parse_event_t::value:
                break;
        }
        return true;
    }

  private:
    std::vector<std::set<std::string>> open_;
};

std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

}  // namespace

void Faults::add(std::string pointer, std::string key,
                 std::vector<std::pair<std::string, std::string>> args) {
    if (list_.size() < faults_max) list_.push_back({std::move(pointer), std::move(key), std::move(args)});
}

bool Faults::touch(std::string_view pointer) const {
    const auto under = [](std::string_view place, std::string_view top) {
        return place.starts_with(top) && (place.size() == top.size() || place[top.size()] == '/');
    };
    return std::any_of(list_.begin(), list_.end(), [&](const FieldError& f) {
        return under(f.pointer, pointer) || under(pointer, f.pointer);
    });
}

void Faults::add_beside(const Error& later) {
    std::vector<FieldError> news;
    for (const FieldError& f : later.fields)
        if (!touch(f.pointer)) news.push_back(f);
    for (FieldError& f : news) add(std::move(f.pointer), std::move(f.key), std::move(f.args));
}

Error Faults::error() {
    return {Errc::invalid, "error.invalid_input", {}, std::move(list_)};
}

void Node::fault(std::string key, std::vector<std::pair<std::string, std::string>> args) const {
    faults_->add(pointer_, std::move(key), std::move(args));
}

void Node::unknown_word(const std::string& said, const std::vector<std::string>& known) const {
    if (auto meant = nearest_word(said, known); !meant.empty()) {
        fault("error.unknown_word_nearest", {{"value", said}, {"nearest", std::move(meant)}});
    } else {
        fault("error.unknown_word", {{"value", said}});
    }
}

bool Node::object(std::initializer_list<std::string_view> known) const {
    if (!there()) {
        fault("error.missing");
        return false;
    }
    if (!value_->is_object()) {
        fault("error.not_an_object");
        return false;
    }
    for (const auto& [key, member] : value_->items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const std::string at = pointer_ + '/' + escaped(key);
        if (auto meant = nearest_word(key, {known.begin(), known.end()}); !meant.empty()) {
            faults_->add(at, "error.unknown_key_nearest", {{"key", key}, {"nearest", std::move(meant)}});
        } else {
            faults_->add(at, "error.unknown_key", {{"key", key}});
        }
    }
    return true;
}

Node Node::operator[](std::string_view key) const {
    const Json* member = nullptr;
    if (is_object()) {
        if (const auto found = value_->find(std::string(key)); found != value_->end()) member = &*found;
    }
    return {member, pointer_ + '/' + escaped(key), *faults_};
}

std::vector<std::string> Node::keys() const {
    std::vector<std::string> list;
    if (!is_object()) return list;
    for (const auto& [key, member] : value_->items()) list.push_back(key);
    return list;
}

std::string Node::text(std::size_t least, std::size_t most) const {
    if (!there()) {
        fault("error.missing");
    } else if (!value_->is_string()) {
        fault("error.not_a_text");
    } else if (const auto& said = value_->get_ref<const std::string&>(); said.size() < least) {
        fault("error.missing");
    } else if (characters(said) > most) {
        fault("error.too_long", {{"max", std::to_string(most)}});
    } else {
        return said;
    }
    return {};
}

int Node::whole(int least, int most) const {
    if (!there()) {
        fault("error.missing");
        return least;
    }
    if (!value_->is_number_integer()) {
        fault("error.not_a_whole_number");
        return least;
    }
    // Unsigned ones beyond int64 would wrap; comparing as JSON numbers does not.
    if (*value_ < least || *value_ > most) {
        fault("error.out_of_range", {{"min", std::to_string(least)}, {"max", std::to_string(most)}});
        return least;
    }
    return value_->get<int>();
}

bool Node::flag() const {
    if (there() && value_->is_boolean()) return value_->get<bool>();
    fault(there() ? "error.not_a_flag" : "error.missing");
    return false;
}

double Node::number() const {
    if (there() && value_->is_number()) return value_->get<double>();
    fault(there() ? "error.not_a_number" : "error.missing");
    return 0;
}

std::vector<Node> Node::items(std::size_t most) const {
    std::vector<Node> list;
    if (!is_list()) {
        fault(there() ? "error.not_a_list" : "error.missing");
        return list;
    }
    if (value_->size() > most) {
        fault("error.too_many", {{"max", std::to_string(most)}});
        return list;
    }
    for (std::size_t i = 0; i < value_->size(); ++i) {
        list.emplace_back(&(*value_)[i], pointer_ + '/' + std::to_string(i), *faults_);
    }
    return list;
}

Limit Node::limit() const {
    const std::string said = text();
    if (said.empty()) return {Unit::hours, 1};
    const auto parsed = parse_limit(said);
    if (parsed.has_value()) return *parsed;
    fault("error.limit_notation", {{"text", said}});
    return {Unit::hours, 1};
}

std::vector<std::string> Node::texts() const {
    std::vector<std::string> list;
    for (const Node& item : items()) list.push_back(item.text());
    return list;
}

std::vector<std::string> Node::one_or_more() const {
    if (is_text()) return {text()};
    return texts();
}

Result<Json> parse_document(std::string_view text) {
    if (text.size() > document_bytes_max) {
        return invalid_field("", "error.document_too_large", {{"max", std::to_string(document_bytes_max)}});
    }
    try {
        Watcher watcher;
        // In place: a JSON value converts to anything, an Error included.
        return Result<Json>(boost::system::in_place_value, Json::parse(text, std::ref(watcher)));
    } catch (const Refused& refused) {
        return invalid_field("", refused.key, {{"value", refused.value}});
    } catch (const Json::parse_error& e) {
        const std::string_view before = text.substr(0, std::min(text.size(), e.byte > 0 ? e.byte - 1 : 0));
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
        return invalid_field("", "error.json_syntax",
                             {{"line", std::to_string(line)}, {"column", std::to_string(column)}});
    }
}

std::optional<std::chrono::local_days> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto y = digits(text.substr(0, 4)), m = digits(text.substr(5, 2)), d = digits(text.substr(8));
    if (!y || !m || !d) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year{*y},
                                          std::chrono::month{static_cast<unsigned>(*m)},
                                          std::chrono::day{static_cast<unsigned>(*d)}};
    if (!day.ok()) return std::nullopt;
    return std::chrono::local_days{day};
}

std::optional<int> parse_minute(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = digits(text.substr(0, 2)), minute = digits(text.substr(3));
    if (!hour || !minute || *minute > 59) return std::nullopt;
    const int total = *hour * 60 + *minute;
    if (total > 24 * 60) return std::nullopt;
    return total;
}

std::string day_text(std::chrono::local_days day) {
    const std::chrono::year_month_day date{day};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

std::string minute_text(int minute) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", minute / 60, minute % 60);
    return text.data();
}

std::string matter_prefix(std::string said) {
    if (said.size() > 1 && said.back() == '*') said.pop_back();
    return said;
}

int version_of(const Node& document, std::optional<int> given) {
    // The store numbers what it keeps: a draft need not know its number.
    if (given && !document["version"].there()) return *given;
    const int own = document["version"].whole(1, 1000000000);
    return given.value_or(own);
}

}  // namespace mashang::codec
