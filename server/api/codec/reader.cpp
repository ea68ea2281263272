#include "server/api/codec/reader.hpp"

#include <charconv>

namespace mashang::server {

std::size_t count_chars(std::string_view utf8) {
    std::size_t n = 0;
    for (const char ch : utf8) n += (static_cast<unsigned char>(ch) & 0xc0U) != 0x80U;
    return n;
}

namespace {

// What reads, prints and destroys JSON goes one call deeper for each bracket: an endless row of them would
// use up the stack. Nothing that the API takes is deeper than a few.
constexpr int depth_max = 32;

// The first byte, counted from 1, that is nested too deep; 0 when none is.
std::size_t too_deep_at(std::string_view json) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char ch = json[i];
        if (quoted && ch == '\\') {
            ++i;
        } else if (ch == '"') {
            quoted = !quoted;
        } else if (!quoted && (ch == '[' || ch == '{')) {
            if (++depth > depth_max) return i + 1;
        } else if (!quoted && (ch == ']' || ch == '}')) {
            --depth;
        }
    }
    return 0;
}

}  // namespace

Reader::Reader(std::string_view body) {
    if (body.empty()) {
        owned_ = nlohmann::json::object();
    } else if (const auto at = too_deep_at(body)) {
        broken_ = true;
        broken_at_ = at;
        owned_ = nlohmann::json::object();
    } else {
        try {
            owned_ = nlohmann::json::parse(body);
        } catch (const nlohmann::json::parse_error& e) {
            broken_ = true;
            broken_at_ = e.byte;
            owned_ = nlohmann::json::object();
        }
    }
    object_ = &owned_;
    if (!owned_.is_object()) {
        fail("", "error.wrong_type", {{"expected", "object"}});
        owned_ = nlohmann::json::object();
    }
}

Reader::Reader(const nlohmann::json& object, std::string pointer, Reader& parent)
    : object_(&object), pointer_(std::move(pointer)), parent_(&parent) {}

const nlohmann::json* Reader::member(const char* name, bool required) {
    const auto it = object_->find(name);
    if (it == object_->end() || it->is_null()) {
        if (required && !root().broken_) fail(at(name), "error.required");
        return nullptr;
    }
    return &*it;
}

void Reader::fail(std::string pointer, std::string key,
                  std::vector<std::pair<std::string, std::string>> args) {
    root().errors_.push_back({std::move(pointer), std::move(key), std::move(args)});
}

namespace {

bool has_control(std::string_view text) {
    for (const char ch : text) {
        const auto u = static_cast<unsigned char>(ch);
        if ((u < 0x20 && ch != '\n' && ch != '\t' && ch != '\r') || u == 0x7f) return true;
    }
    return false;
}

std::string trimmed(std::string text) {
    const auto blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

}  // namespace

std::optional<std::string> Reader::text(const char* name, std::size_t chars_max, bool required) {
    const auto* m = member(name, required);
    if (!m) return std::nullopt;
    if (!m->is_string()) {
        fail(at(name), "error.wrong_type", {{"expected", "string"}});
        return std::nullopt;
    }
    std::string value = trimmed(m->get<std::string>());
    if (count_chars(value) > chars_max) {
        fail(at(name), "error.too_long", {{"max", std::to_string(chars_max)}});
        return std::nullopt;
    }
    if (has_control(value)) {
        fail(at(name), "error.wrong_type", {{"expected", "text"}});
        return std::nullopt;
    }
    if (value.empty()) {
        if (required) fail(at(name), "error.required");
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> Reader::integer(const char* name, std::int64_t min, std::int64_t max,
                                            bool required) {
    const auto* m = member(name, required);
    if (!m) return std::nullopt;
    const bool whole = m->is_number_integer();
    if (!whole) {
        fail(at(name), "error.wrong_type", {{"expected", "integer"}});
        return std::nullopt;
    }
    const bool huge =
        m->is_number_unsigned() && m->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    const auto value = huge ? INT64_MAX : m->get<std::int64_t>();
    if (value < min || value > max) {
        fail(at(name), "error.out_of_range", {{"min", std::to_string(min)}, {"max", std::to_string(max)}});
        return std::nullopt;
    }
    return value;
}

std::optional<double> Reader::number(const char* name, double min, double max, bool required) {
    const auto* m = member(name, required);
    if (!m) return std::nullopt;
    if (!m->is_number()) {
        fail(at(name), "error.wrong_type", {{"expected", "number"}});
        return std::nullopt;
    }
    const double value = m->get<double>();
    if (!(value >= min && value <= max)) {
        fail(at(name), "error.out_of_range", {{"min", std::to_string(min)}, {"max", std::to_string(max)}});
        return std::nullopt;
    }
    return value;
}

std::optional<bool> Reader::boolean(const char* name) {
    const auto* m = member(name, false);
    if (!m) return std::nullopt;
    if (!m->is_boolean()) {
        fail(at(name), "error.wrong_type", {{"expected", "boolean"}});
        return std::nullopt;
    }
    return m->get<bool>();
}

std::vector<std::string> Reader::texts(const char* name, std::size_t items_max, std::size_t chars_max) {
    const auto* m = member(name, false);
    std::vector<std::string> list;
    if (!m) return list;
    if (!m->is_array()) {
        fail(at(name), "error.wrong_type", {{"expected", "array"}});
        return list;
    }
    if (m->size() > items_max) {
        fail(at(name), "error.too_many", {{"max", std::to_string(items_max)}});
        return list;
    }
    for (std::size_t i = 0; i < m->size(); ++i) {
        const auto& item = (*m)[i];
        const bool good = item.is_string() && count_chars(item.get_ref<const std::string&>()) <= chars_max;
        if (good) {
            list.push_back(item.get<std::string>());
        } else {
            fail(at(name) + "/" + std::to_string(i), "error.wrong_type", {{"expected", "string"}});
        }
    }
    return list;
}

std::optional<std::size_t> Reader::word(const char* name, std::initializer_list<std::string_view> words,
                                        bool required) {
    const auto value = text(name, 64, required);
    if (!value) return std::nullopt;
    std::string allowed;
    std::size_t i = 0;
    for (const auto w : words) {
        if (*value == w) return i;
        allowed += (i++ ? ", " : "") + std::string(w);
    }
    fail(at(name), "error.not_one_of", {{"allowed", allowed}});
    return std::nullopt;
}

std::optional<std::int32_t> Reader::id(const char* name, bool required) {
    const auto* m = member(name, required);
    if (!m) return std::nullopt;
    if (m->is_number_unsigned() && m->get<std::uint64_t>() <= INT32_MAX) return m->get<std::int32_t>();
    std::int32_t value = 0;
    if (m->is_string()) {
        const auto& s = m->get_ref<const std::string&>();
        const auto [end, bad] = std::from_chars(s.data(), s.data() + s.size(), value);
        if (bad == std::errc{} && end == s.data() + s.size() && value >= 0) return value;
    }
    fail(at(name), "error.wrong_type", {{"expected", "id"}});
    return std::nullopt;
}

const nlohmann::json* Reader::object(const char* name) {
    const auto* m = member(name, false);
    if (m && !m->is_object()) {
        fail(at(name), "error.wrong_type", {{"expected", "object"}});
        return nullptr;
    }
    return m;
}

const nlohmann::json* Reader::any(const char* name) {
    return member(name, false);
}

Error Reader::error() const {
    const Reader& r = root();
    if (r.broken_) return invalid_field("", "error.not_json", {{"at", std::to_string(r.broken_at_)}});
    return Error{Errc::invalid, "error.invalid_input", {}, r.errors_};
}

}  // namespace mashang::server
