#include "qr/token.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

namespace mashang::qr {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "mashang.";
constexpr std::size_t id_chars = 7;
constexpr std::size_t mac_chars = 13;
constexpr std::size_t mac_bytes = 16;
constexpr std::size_t tracking_bytes = 1 + 8 + 4 + mac_bytes;

using Key = std::array<std::uint8_t, 32>;
using Mac = std::array<std::uint8_t, mac_bytes>;

Error forged_code() {
    return make_error(Errc::forbidden, "error.code_forged");
}
Error forged_tracking() {
    return make_error(Errc::forbidden, "error.tracking_forged");
}

// Numbers enter the hash with a fixed width, most significant byte first, so no two inputs share bytes.
void append(std::string& out, std::uint64_t value, int width_bytes) {
    for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t number_at(const std::uint8_t* bytes, int width_bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < width_bytes; ++i) value = value << 8 | bytes[i];
    return value;
}

Mac sign(const Key& key, std::string_view message) {
    Mac mac;
    crypto_generichash(mac.data(), mac.size(), reinterpret_cast<const unsigned char*>(message.data()),
                       message.size(), key.data(), key.size());
    return mac;
}

Mac sign_place(const Key& key, const PlaceRef& place) {
    std::string message;
    append(message, static_cast<std::uint32_t>(place.district), 4);
    append(message, static_cast<std::uint64_t>(place.key_version), 1);
    append(message, place.code_id, 8);
    return sign(key, message);
}

Mac sign_tracking(const Key& key, const TrackingRef& ref) {
    std::string message;
    append(message, static_cast<std::uint32_t>(ref.district), 4);
    append(message, static_cast<std::uint64_t>(ref.key_version), 1);
    append(message, static_cast<std::uint64_t>(ref.case_id), 8);
    append(message, static_cast<std::uint32_t>(ref.report_id), 4);
    return sign(key, message);
}

// The leading 65 bits of the MAC as values of 13 characters.
std::array<std::uint8_t, mac_chars> leading_characters(const Mac& mac) {
    std::array<std::uint8_t, mac_chars> out{};
    for (std::size_t bit = 0; bit < mac_chars * 5; ++bit) {
        const auto set = (mac[bit / 8] >> (7 - bit % 8)) & 1;
        out[bit / 5] = static_cast<std::uint8_t>(out[bit / 5] << 1 | set);
    }
    return out;
}

// Value of a character as a person may have typed it; 255 where it is none of the alphabet (u among them).
std::uint8_t value_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? 255 : static_cast<std::uint8_t>(at);
}

std::string spell(const PlaceRef& place, const Mac& mac) {
    std::string text(1, alphabet[static_cast<std::size_t>(place.key_version)]);
    for (int shift = 5 * (int{id_chars} - 1); shift >= 0; shift -= 5)
        text += alphabet[place.code_id >> shift & 31];
    for (const auto value : leading_characters(mac)) text += alphabet[value];
    return text;
}

std::string base64url(const std::uint8_t* bytes, std::size_t size) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(size, variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes, size, variant);
    text.pop_back();  // the terminating zero that libsodium counts
    return text;
}

}  // namespace

// The only door to the secrets, so that TokenKeys shows none.
struct Signer {
    using Subkeys = TokenKeys::Subkeys;

    static const Subkeys* find(const TokenKeys& keys, int version) {
        if (version < 0 || version > key_version_max) return nullptr;
        const auto& slot = keys.ring_[static_cast<std::size_t>(version)];
        return slot ? &*slot : nullptr;
    }
    static const Subkeys& current(const TokenKeys& keys) { return *find(keys, keys.current_); }
};

Result<TokenKeys> TokenKeys::make(std::span<const TokenKey> keys, int current_version) {
    // Picks the machine's fastest BLAKE2b; safe to repeat and from several threads.
    if (sodium_init() < 0) return make_error(Errc::internal, "error.internal");
    TokenKeys ring;
    for (const auto& key : keys) {
        if (key.version < 0 || key.version > key_version_max || ring.knows(key.version))
            return make_error(Errc::invalid, "error.token_keys", {{"version", std::to_string(key.version)}});
        auto& slot = ring.ring_[static_cast<std::size_t>(key.version)].emplace();
        crypto_kdf_derive_from_key(slot.place.data(), slot.place.size(), 1, kdf_context, key.bytes.data());
        crypto_kdf_derive_from_key(slot.tracking.data(), slot.tracking.size(), 2, kdf_context,
                                   key.bytes.data());
        crypto_kdf_derive_from_key(slot.phrase.data(), slot.phrase.size(), 3, kdf_context, key.bytes.data());
    }
    if (!ring.knows(current_version))
        return make_error(Errc::invalid, "error.token_keys", {{"version", std::to_string(current_version)}});
    ring.current_ = current_version;
    return ring;
}

TokenKeys::~TokenKeys() {
    for (auto& slot : ring_)
        if (slot) sodium_memzero(&*slot, sizeof(Subkeys));
}

bool TokenKeys::knows(int version) const {
    return Signer::find(*this, version) != nullptr;
}

std::string make_place_token(const TokenKeys& keys, int district, std::uint64_t code_id) {
    auto token = make_place_token(keys, PlaceRef{district, code_id, keys.current_version()});
    if (!token) throw std::invalid_argument("code id over 35 bits");
    return *token;
}

Result<std::string> make_place_token(const TokenKeys& keys, const PlaceRef& place) {
    const auto* subkeys = Signer::find(keys, place.key_version);
    if (!subkeys || place.code_id > code_id_max) return forged_code();
    return spell(place, sign_place(subkeys->place, place));
}

Result<PlaceRef> verify_place_token(const TokenKeys& keys, int district, std::string_view text) {
    if (text.size() != place_token_chars) return forged_code();
    std::array<std::uint8_t, place_token_chars> values{};
    std::transform(text.begin(), text.end(), values.begin(), value_of);
    if (std::find(values.begin(), values.end(), 255) != values.end()) return forged_code();

    PlaceRef place{district, 0, values[0]};
    for (std::size_t i = 1; i <= id_chars; ++i) place.code_id = place.code_id << 5 | values[i];
    const auto* subkeys = Signer::find(keys, place.key_version);
    if (!subkeys) return forged_code();
    const auto expected = leading_characters(sign_place(subkeys->place, place));
    if (sodium_memcmp(expected.data(), values.data() + 1 + id_chars, mac_chars) != 0) return forged_code();
    return place;
}

std::string make_tracking_token(const TokenKeys& keys, int district, std::int64_t case_id,
                                std::int32_t report_id) {
    const TrackingRef ref{district, case_id, report_id, keys.current_version()};
    std::string bytes;
    append(bytes, static_cast<std::uint64_t>(ref.key_version), 1);
    append(bytes, static_cast<std::uint64_t>(case_id), 8);
    append(bytes, static_cast<std::uint32_t>(report_id), 4);
    const auto mac = sign_tracking(Signer::current(keys).tracking, ref);
    bytes.append(mac.begin(), mac.end());
    return base64url(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

Result<TrackingRef> verify_tracking_token(const TokenKeys& keys, int district, std::string_view text) {
    if (text.size() != tracking_token_chars) return forged_tracking();
    std::array<std::uint8_t, tracking_bytes> bytes{};
    std::size_t size = 0;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return forged_tracking();
    // 39 characters carry 234 bits, two more than 29 bytes have: a second spelling of the same link would
    // slip past whatever counts links, so only the spelling that we would write ourselves is ours.
    if (size != tracking_bytes || base64url(bytes.data(), bytes.size()) != text) return forged_tracking();

    TrackingRef ref;
    ref.district = district;
    ref.key_version = bytes[0];
    ref.case_id = static_cast<std::int64_t>(number_at(bytes.data() + 1, 8));
    ref.report_id = static_cast<std::int32_t>(number_at(bytes.data() + 9, 4));
    const auto* subkeys = Signer::find(keys, ref.key_version);
    if (!subkeys) return forged_tracking();
    const auto expected = sign_tracking(subkeys->tracking, ref);
    if (sodium_memcmp(expected.data(), bytes.data() + 13, mac_bytes) != 0) return forged_tracking();
    return ref;
}

Result<int> check_phrase(const TokenKeys& keys, const PlaceRef& place) {
    const auto* subkeys = Signer::find(keys, place.key_version);
    if (!subkeys) return forged_code();
    return sign_place(subkeys->phrase, place)[0] % phrases;
}

}  // namespace mashang::qr
