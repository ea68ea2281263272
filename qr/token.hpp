// The two signed texts that strangers hand to us: the place token printed on a plate, the tracking token of a
// report.
//
// Hides: key derivation, the keyed BLAKE2b, Crockford base32 and base64url. Anybody may call; everything is
// pure and const, so any thread. No files, no clock: keys come in as bytes, and whether a code exists, is
// revoked or is old is for the caller's table to say.
//
// Place token, 21 upper-case Crockford characters (105 bits, none spare, so each token has one spelling):
//     1 key version (0..31) | 7 code id (35 bits) | 13 MAC (65 bits over district, key version, code id)
// Tracking token, 39 base64url characters without padding, 29 bytes, most significant first:
//     1 key version | 8 case id | 4 report id | 16 MAC (over district, key version, case id, report id)
//
// Each use has a subkey of its own, crypto_kdf(key, context "mashang.", id 1 place, 2 tracking, 3 phrase), so
// no MAC made for one use is ever valid for another.
//
// Errors: Errc::forbidden "error.code_forged" and "error.tracking_forged" for whatever is malformed, signed
// by an unknown or removed key, or not signed by us: which of them it was is nobody's business. Errc::invalid
// "error.token_keys" for a key ring that cannot work.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::qr {

inline constexpr int key_version_max = 31;
inline constexpr std::uint64_t code_id_max = (std::uint64_t{1} << 35) - 1;
inline constexpr std::size_t place_token_chars = 21;
inline constexpr std::size_t tracking_token_chars = 39;
inline constexpr int phrases = 64;  // entries phrase.0 .. phrase.63 of schema/texts/*/phrases.json

// One secret of 32 random bytes as the key file keeps it.
struct TokenKey {
    int version = 0;
    std::array<std::uint8_t, 32> bytes{};
};

// The key ring. A version that stays in the ring keeps verifying after another became current, which is how
// keys are rotated without touching ten thousand lamp posts; leaving it out of the ring voids every token
// that it signed.
class TokenKeys {
  public:
    // Refuses versions outside 0..31, the same version twice, and a current version that is not in the ring.
    static Result<TokenKeys> make(std::span<const TokenKey> keys, int current_version);

    TokenKeys(const TokenKeys&) = default;
    TokenKeys& operator=(const TokenKeys&) = default;
    ~TokenKeys();  // wipes the secrets

    int current_version() const { return current_; }
    bool knows(int version) const;

  private:
    friend struct Signer;
    struct Subkeys {
        std::array<std::uint8_t, 32> place{}, tracking{}, phrase{};
    };
    TokenKeys() = default;

    std::array<std::optional<Subkeys>, key_version_max + 1> ring_;
    int current_ = 0;
};

struct PlaceRef {
    int district = 0;  // the one that was asked for, proved by the MAC
    std::uint64_t code_id = 0;
    int key_version = 0;
    friend bool operator==(const PlaceRef&, const PlaceRef&) = default;
};

struct TrackingRef {
    int district = 0;
    std::int64_t case_id = 0;
    std::int32_t report_id = 0;
    int key_version = 0;
    friend bool operator==(const TrackingRef&, const TrackingRef&) = default;
};

// The token of a new code, under the current key. A code id above code_id_max is a bug of the caller and
// throws std::invalid_argument.
std::string make_place_token(const TokenKeys& keys, int district, std::uint64_t code_id);

// The token of a code that was issued before: the same text that hangs on the post, whatever is current by
// now.
Result<std::string> make_place_token(const TokenKeys& keys, const PlaceRef& place);

// Takes lower case, and o for 0, i and l for 1, as people read them from a plate; nothing else is forgiven,
// not even a blank or a hyphen. The comparison takes the same time wherever the MAC differs.
Result<PlaceRef> verify_place_token(const TokenKeys& keys, int district, std::string_view text);

std::string make_tracking_token(const TokenKeys& keys, int district, std::int64_t case_id,
                                std::int32_t report_id);

// Only the one canonical spelling is taken: no padding, no spare bits set, case as it was made.
Result<TrackingRef> verify_tracking_token(const TokenKeys& keys, int district, std::string_view text);

// Index 0..63 of the phrase printed beside the code and shown on its page, so that a passer-by notices a
// plate that somebody stuck over. It follows the key version of the code, hence stays the same through
// rotations.
Result<int> check_phrase(const TokenKeys& keys, const PlaceRef& place);

}  // namespace mashang::qr
