// One listing of a type's members serves writing and reading, so that the two cannot drift apart.
//
// Private to schema/codec. A type says `members(v, x)`: v("key", x.member, absent) for each member, in the
// order in which the bytes stand. FieldWriter leaves out members that equal `absent`; FieldReader gives them
// that value back, and refuses unknown keys, wrong types and numbers out of range by `failed()`. A Party that
// was written before in the same document is written as its number among the parties: owners repeat in every
// clock. Not thread safe; one object a document.
#pragma once

#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "dispatch/case.hpp"

namespace mashang::schema {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class E>
inline constexpr bool is_id = false;
template <>
inline constexpr bool is_id<CaseId> = true;
template <>
inline constexpr bool is_id<ReportId> = true;
template <>
inline constexpr bool is_id<PersonId> = true;
template <>
inline constexpr bool is_id<CodeId> = true;

// Types of a few numbers that repeat: an array in the order of the listing instead of an object with keys.
template <class T>
inline constexpr bool is_row = std::same_as<T, Versions> || std::same_as<T, CandidateLoad>;

// Enumerators that only the journal writes; the others' words are the API's (dispatch/case.hpp). Past the
// last enumerator the word is empty, which ends the search of from_word.
constexpr std::string_view own_word(ClockAct v) {
    switch (v) {
        case ClockAct::start:
            return "start";
        case ClockAct::stop:
            return "stop";
        case ClockAct::hold:
            return "hold";
        case ClockAct::release:
            return "release";
        case ClockAct::move:
            return "move";
        case ClockAct::restandard:
            return "restandard";
        case ClockAct::resume:
            return "resume";
        case ClockAct::cancel:
            return "cancel";
        case ClockAct::redirect:
            return "redirect";
    }
    return {};
}
constexpr std::string_view own_word(HoldKind v) {
    switch (v) {
        case HoldKind::pause:
            return "pause";
        case HoldKind::review:
            return "review";
        case HoldKind::closed:
            return "closed";
    }
    return {};
}
constexpr std::string_view own_word(Part::State v) {
    switch (v) {
        case Part::State::open:
            return "open";
        case Part::State::finished:
            return "finished";
        case Part::State::waived:
            return "waived";
    }
    return {};
}
constexpr std::string_view own_word(ReviewOf v) {
    switch (v) {
        case ReviewOf::closure:
            return "closure";
        case ReviewOf::dissatisfaction:
            return "dissatisfaction";
    }
    return {};
}

template <class E>
std::string_view word_of(E value) {
    if constexpr (requires { own_word(value); }) {
        return own_word(value);
    } else {
        return to_string(value);
    }
}

template <class E>
std::optional<E> from_word(std::string_view text) {
    if constexpr (requires(E e) { own_word(e); }) {
        for (int i = 0; !own_word(E(i)).empty(); ++i) {
            if (own_word(E(i)) == text) return E(i);
        }
        return std::nullopt;
    } else {
        return parse_word<E>(text);
    }
}

// How many members an aggregate has: the listings below state it, so that a member added to dispatch cannot
// be forgotten here and lost from the record.
struct Anything {
    template <class T>
    operator T() const;  // NOLINT: converts to whatever the member is
};
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
    return requires {
        T{(static_cast<void>(I), Anything{})...};
    };
}
template <class T, std::size_t N = 64>
constexpr std::size_t member_count() {
    if constexpr (takes<T>(std::make_index_sequence<N>{})) {
        return N;
    } else {
        return member_count<T, N - 1>();
    }
}

// Whether JSON quotes the text without an escape: no control, quotation mark or backslash, and whole
// characters of two or three bytes, which hold what people write. Longer ones and doubtful ones are for the
// library to see.
constexpr bool stands_as_it_is(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < text.size();) {
        const auto first = byte(i);
        if (first < 0x80) {
            if (first < 0x20 || first == '"' || first == '\\' || first == 0x7f) return false;
            ++i;
            continue;
        }
        // 0xc0, 0xc1 and 0xe0 could say a shorter character's number again, 0xed half of a pair.
        const std::size_t size = first >= 0xc2 && first < 0xe0 ? 2 : first > 0xe0 && first < 0xf0 ? 3 : 0;
        if (size == 0 || first == 0xed || i + size > text.size()) return false;
        for (std::size_t k = 1; k < size; ++k)
            if ((byte(i + k) & 0xc0) != 0x80) return false;
        i += size;
    }
    return true;
}

class FieldWriter {
  public:
    template <class T>
    void operator()(std::string_view key, const T& value, const std::type_identity_t<T>& absent = T{}) {
        if constexpr (!is_optional<T>) {
            if (in_row_) {
                if (out_.back() != '[') out_ += ',';
                return write(value);
            }
        }
        if (value == absent) return;
        if (out_.back() != '{') out_ += ',';
        out_.append("\"").append(key).append("\":");
        if constexpr (is_optional<T>) {
            write(*value);
        } else {
            write(value);
        }
    }

    template <class T>
    std::string text(const T& value) {
        out_.reserve(2048);
        object(value);
        return std::move(out_);
    }

  private:
    template <class T>
    void object(const T& value) {
        const bool outer = std::exchange(in_row_, is_row<T>);
        out_ += is_row<T> ? '[' : '{';
        members(*this, value);
        out_ += is_row<T> ? ']' : '}';
        in_row_ = outer;
    }
    template <class N>
    void number(N value) {
        char room[32];
        const auto end = std::to_chars(room, room + sizeof room, value).ptr;
        out_.append(room, end);
    }
    void quoted(std::string_view value) {
        // Anything unusual goes through the library, which also refuses what is not UTF-8. The names of
        // people and streets are not unusual.
        if (!stands_as_it_is(value)) {
            out_ += nlohmann::json(value).dump();
            return;
        }
        out_.append("\"").append(value).append("\"");
    }
    void write(const Party& value) {
        for (std::size_t i = 0; i < parties_.size(); ++i) {
            if (parties_[i] == value) return number(i);
        }
        parties_.push_back(value);
        object(value);
    }
    template <class T>
    void write(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            out_ += value ? "true" : "false";
        } else if constexpr (std::is_arithmetic_v<T>) {
            number(value);
        } else if constexpr (std::same_as<T, std::string>) {
            quoted(value);
        } else if constexpr (std::same_as<T, Instant>) {
            number(value.time_since_epoch().count());
        } else if constexpr (std::same_as<T, Limit>) {
            quoted(to_string(value));
        } else if constexpr (is_id<T>) {
            number(raw(value));
        } else if constexpr (std::is_enum_v<T>) {
            quoted(word_of(value));
        } else if constexpr (is_vector<T>) {
            out_ += '[';
            for (std::size_t i = 0; i < value.size(); ++i) {
                if (i != 0) out_ += ',';
                write(value[i]);
            }
            out_ += ']';
        } else {
            object(value);
        }
    }

    std::string out_;
    bool in_row_ = false;
    std::vector<Party> parties_;
};

class FieldReader {
  public:
    template <class T>
    void operator()(std::string_view key, T& value, const std::type_identity_t<T>& absent = T{}) {
        if constexpr (!is_optional<T>) {
            if (here_->is_array()) {
                if (known_ < here_->size()) read((*here_)[known_], value);
                ++known_;
                return;
            }
        }
        const auto found = here_->find(key);
        if (found == here_->end()) {
            value = absent;
            return;
        }
        ++known_;
        if constexpr (is_optional<T>) {
            read(*found, value.emplace());
        } else {
            read(*found, value);
        }
        if (failed_ && where_.empty()) where_ = key;
    }

    template <class T>
    bool parse(std::string_view text, T& value) {
        const auto document = nlohmann::json::parse(text, nullptr, false);
        object(document, value);
        return !failed_;
    }
    const std::string& where() const { return where_; }  // the innermost key that is wrong

  private:
    template <class T>
    void object(const nlohmann::json& from, T& value) {
        if (is_row<T> ? !from.is_array() : !from.is_object()) {
            failed_ = true;
            return;
        }
        const auto* outer = std::exchange(here_, &from);
        const auto outer_known = std::exchange(known_, 0U);
        members(*this, value);
        if (known_ != from.size()) failed_ = true;
        here_ = outer;
        known_ = outer_known;
    }
    template <class N>
    N integer(const nlohmann::json& from) {
        if (!from.is_number_integer()) {
            failed_ = true;
        } else if (from.is_number_unsigned()) {
            const auto n = from.get<std::uint64_t>();
            if (std::in_range<N>(n)) return static_cast<N>(n);
        } else {
            const auto n = from.get<std::int64_t>();
            if (std::in_range<N>(n)) return static_cast<N>(n);
        }
        failed_ = true;
        return N{};
    }
    std::string_view word(const nlohmann::json& from) {
        if (from.is_string()) return from.get_ref<const std::string&>();
        failed_ = true;
        return {};
    }
    void read(const nlohmann::json& from, Party& value) {
        if (from.is_object()) {
            object(from, value);
            parties_.push_back(value);
            return;
        }
        const auto n = integer<std::size_t>(from);
        if (n < parties_.size()) {
            value = parties_[n];
        } else {
            failed_ = true;
        }
    }
    template <class T>
    void read(const nlohmann::json& from, T& value) {
        if constexpr (std::same_as<T, bool>) {
            failed_ |= !from.is_boolean();
            value = from.is_boolean() && from.get<bool>();
        } else if constexpr (std::integral<T>) {
            value = integer<T>(from);
        } else if constexpr (std::floating_point<T>) {
            failed_ |= !from.is_number();
            value = from.is_number() ? from.get<T>() : T{};
        } else if constexpr (std::same_as<T, std::string>) {
            value = word(from);
        } else if constexpr (std::same_as<T, Instant>) {
            value = Instant{Millis{integer<std::int64_t>(from)}};
        } else if constexpr (std::same_as<T, Limit>) {
            if (const auto limit = parse_limit(word(from))) {
                value = *limit;
            } else {
                failed_ = true;
            }
        } else if constexpr (is_id<T>) {
            value = T{integer<std::underlying_type_t<T>>(from)};
        } else if constexpr (std::is_enum_v<T>) {
            if (const auto known = from_word<T>(word(from))) {
                value = *known;
            } else {
                failed_ = true;
            }
        } else if constexpr (is_vector<T>) {
            failed_ |= !from.is_array();
            value.clear();
            if (!from.is_array()) return;
            for (const auto& item : from) read(item, value.emplace_back());
        } else {
            object(from, value);
        }
    }

    const nlohmann::json* here_ = nullptr;
    std::size_t known_ = 0;
    bool failed_ = false;
    std::string where_;
    std::vector<Party> parties_;
};

}  // namespace mashang::schema
