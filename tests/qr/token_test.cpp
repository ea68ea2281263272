// Place tokens. Expected texts were computed with Python's hashlib.blake2b and an own base32, not with our
// code: subkey(i) = blake2b("", 32, key, salt = i little endian in 16 bytes, person = "mashang." in 16
// bytes), MAC = blake2b(district 4 | version 1 | code id 8, big endian, 16, subkey 1), its leading 65 bits.
#include "qr/token.hpp"

#include <rapidcheck/catch.h>
#include <sodium.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/qr/keys.hpp"

namespace mashang::qr {
namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const Error forged = make_error(Errc::forbidden, "error.code_forged");

std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

rc::Gen<std::uint64_t> code_ids() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t n) { return n >> 29; });
}

TEST_CASE("the keyed BLAKE2b is the published one") {
    // First keyed entry of the reference test vectors of BLAKE2b: key 00..3f, no input.
    std::array<std::uint8_t, 64> key{};
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    std::array<std::uint8_t, 64> hash{};
    REQUIRE(crypto_generichash(hash.data(), hash.size(), nullptr, 0, key.data(), key.size()) == 0);
    std::array<char, 129> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    CHECK(std::string(hex.data()) ==
          "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
          "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
}

TEST_CASE("a place token is what another program computes from the same key") {
    CHECK(make_place_token(one_key(counting_key(0)), 330106, 1) == "000000013255N36XV5005");
    CHECK(make_place_token(one_key(counting_key(7)), 330106, 142) == "7000004EEJFXKZ3XQ74SW");
    CHECK(make_place_token(one_key(counting_key(31)), 110101, code_id_max) == "ZZZZZZZZPZPWAE8Z3FWQ4");
}

TEST_CASE("the seven characters of the code id are plain Crockford base32") {
    const auto keys = ring({3});
    const std::pair<std::uint64_t, std::string> known[] = {
        {0, "0000000"}, {31, "000000Z"}, {32, "0000010"}, {1234, "000016J"}, {code_id_max, "ZZZZZZZ"}};
    for (const auto& [id, text] : known) CHECK(make_place_token(keys, 330106, id).substr(1, 7) == text);
}

TEST_CASE("every token that is made is 21 characters of the alphabet and is recognised") {
    const auto keys = ring({0, 5});
    rc::prop("round trip", [&] {
        const auto district = *rc::gen::inRange(110101, 659012);
        const auto id = *code_ids();
        const auto token = make_place_token(keys, district, id);
        RC_ASSERT(token.size() == 21u);
        RC_ASSERT(token.find_first_not_of(crockford) == std::string::npos);
        RC_ASSERT((verify_place_token(keys, district, token) == (PlaceRef{district, id, 5})));
    });
}

TEST_CASE("a code id over 35 bits is refused as a bug") {
    CHECK_THROWS_AS(make_place_token(ring({1}), 330106, code_id_max + 1), std::invalid_argument);
}

TEST_CASE("a token is recognised as people read it from a plate") {
    const auto keys = one_key(counting_key(0));
    const PlaceRef expected{330106, 1, 0};
    CHECK(verify_place_token(keys, 330106, "000000013255n36xv5005") == expected);
    CHECK(verify_place_token(keys, 330106, "OOoooooL3255N36XV5o0S").has_error());  // S is no 5
    CHECK(verify_place_token(keys, 330106, "OOoooool3255N36XV5oO5") == expected);
    CHECK(verify_place_token(keys, 330106, "0000000I3255N36XV5005") == expected);
    CHECK(verify_place_token(keys, 330106, "0000000i3255N36XV5005") == expected);
}

TEST_CASE("any single changed character makes a token a forgery") {
    const auto keys = ring({0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31});
    const auto token = make_place_token(keys, 330106, 4711);
    int refused = 0;
    for (std::size_t at = 0; at < token.size(); ++at)
        for (const char c : crockford) {
            if (c == token[at]) continue;
            auto changed = token;
            changed[at] = c;
            CHECK(verify_place_token(keys, 330106, changed) == forged);
            ++refused;
        }
    CHECK(refused == 21 * 31);
}

TEST_CASE("what is no token is a forgery, and nothing but letters is forgiven") {
    const auto keys = one_key(counting_key(0));
    const std::string good = "000000013255N36XV5005";
    const std::string seven_wide_zeros = "\uff10\uff10\uff10\uff10\uff10\uff10\uff10";
    REQUIRE(seven_wide_zeros.size() == 21u);
    for (const auto& text : {std::string(), good.substr(1), good + "0", " " + good, good + "\n",
                             std::string("0000000-3255N36XV5005"), good.substr(0, 20) + "U",
                             good.substr(0, 20) + "u", good.substr(0, 20) + std::string(1, '\0'),
                             std::string(21, '\xff'), seven_wide_zeros, std::string(1 << 20, '0')})
        CHECK(verify_place_token(keys, 330106, text) == forged);
    rc::prop("random texts", [&] {
        const auto text = *rc::gen::container<std::string>(21, rc::gen::elementOf(std::string(crockford)));
        RC_ASSERT((verify_place_token(keys, 330106, text) == forged));
    });
}

TEST_CASE("another district's or another key's token is a forgery") {
    const auto keys = ring({1});
    const auto token = make_place_token(keys, 330106, 99);
    CHECK(verify_place_token(keys, 330105, token) == forged);
    CHECK(verify_place_token(one_key(counting_key(1, 77)), 330106, token) == forged);
}

TEST_CASE("after a rotation old plates stay good until their key is taken out of the ring") {
    const auto old_token = make_place_token(ring({1}), 330106, 99);
    const auto rotated = ring({1, 2});
    CHECK(make_place_token(rotated, 330106, 99).front() == '2');
    const auto place = verify_place_token(rotated, 330106, old_token);
    REQUIRE(place == (PlaceRef{330106, 99, 1}));
    CHECK(make_place_token(rotated, *place) == old_token);

    const auto removed = ring({2});
    CHECK(verify_place_token(removed, 330106, old_token) == forged);
    CHECK(make_place_token(removed, *place) == forged);
    CHECK(check_phrase(removed, *place) == forged);
}

TEST_CASE("a key ring that cannot work is refused") {
    const auto refused = [](std::vector<TokenKey> keys, int current) {
        const auto made = TokenKeys::make(keys, current);
        return made.has_error() && made.error().code == Errc::invalid &&
               made.error().key == "error.token_keys";
    };
    CHECK(refused({}, 0));
    CHECK(refused({counting_key(1)}, 2));
    CHECK(refused({counting_key(1), counting_key(1)}, 1));
    CHECK(refused({counting_key(32)}, 32));
    CHECK(refused({counting_key(-1)}, -1));
    CHECK(refused({counting_key(1)}, 400));
}

TEST_CASE("the check phrase is what another program computes, and stays through a rotation") {
    CHECK(check_phrase(one_key(counting_key(0)), {330106, 1, 0}) == 31);
    CHECK(check_phrase(one_key(counting_key(7)), {330106, 142, 7}) == 44);
    CHECK(check_phrase(one_key(counting_key(31)), {110101, code_id_max, 31}) == 12);
    const PlaceRef place{330106, 5, 1};
    CHECK(check_phrase(ring({1}), place) == check_phrase(ring({1, 2}), place));
}

TEST_CASE("each of the 64 phrases is in both languages, and no two are alike") {
    for (const std::string language : {"zh", "en"}) {
        std::ifstream file(std::string(TEXTS_FOLDER) + "/" + language + "/phrases.json");
        const auto texts = nlohmann::json::parse(file);
        std::set<std::string> seen;
        for (int i = 0; i < phrases; ++i)
            seen.insert(texts.at("phrase." + std::to_string(i)).get<std::string>());
        CHECK(texts.size() == 64u);
        CHECK(seen.size() == 64u);
    }
}

TEST_CASE("all phrases occur") {
    std::set<int> seen;
    for (std::uint64_t id = 0; id < 2000; ++id) seen.insert(check_phrase(ring({1}), {330106, id, 1}).value());
    CHECK(seen.size() == 64u);
    CHECK(*seen.begin() == 0);
}

TEST_CASE("lower case of every token is the same token") {
    const auto keys = ring({9});
    rc::prop("lower case", [&] {
        const auto id = *code_ids();
        RC_ASSERT(
            (verify_place_token(keys, 1, lower(make_place_token(keys, 1, id))) == (PlaceRef{1, id, 9})));
    });
}

}  // namespace
}  // namespace mashang::qr
