// Tracking tokens. Expected texts come from Python's hashlib and base64, see token_test.cpp; subkey 2 signs
// district 4 | version 1 | case 8 | report 4.
#include <rapidcheck/catch.h>

#include <set>

#include "qr/token.hpp"
#include "tests/qr/keys.hpp"

namespace mashang::qr {
namespace {

constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const Error forged = make_error(Errc::forbidden, "error.tracking_forged");

TEST_CASE("a tracking token is what another program computes from the same key") {
    CHECK(make_tracking_token(one_key(counting_key(0)), 330106, 1, 1) ==
          "AAAAAAAAAAABAAAAAU3SM4g8ZyELnWvgWA_jCKY");
    CHECK(make_tracking_token(one_key(counting_key(7)), 330106, 913000000000000123, 2) ==
          "BwyroKmn7oB7AAAAAnOQaE6wxP3Z2kwb2uTX7tw");
}

TEST_CASE("every tracking token that is made is recognised") {
    const auto keys = ring({2, 4});
    rc::prop("round trip", [&](std::int64_t case_id, std::int32_t report_id) {
        const auto token = make_tracking_token(keys, 330106, case_id, report_id);
        RC_ASSERT(token.size() == tracking_token_chars);
        RC_ASSERT(
            (verify_tracking_token(keys, 330106, token) == (TrackingRef{330106, case_id, report_id, 4})));
    });
}

TEST_CASE("any single changed character makes a tracking token a forgery, spare bits included") {
    const auto keys = ring({1});
    const auto token = make_tracking_token(keys, 330106, 123456789, 3);
    for (std::size_t at = 0; at < token.size(); ++at)
        for (const char c : base64url) {
            if (c == token[at]) continue;
            auto changed = token;
            changed[at] = c;
            CHECK(verify_tracking_token(keys, 330106, changed) == forged);
        }
}

TEST_CASE("only the canonical spelling of a tracking token is taken") {
    const auto keys = one_key(counting_key(0));
    const std::string good = "AAAAAAAAAAABAAAAAU3SM4g8ZyELnWvgWA_jCKY";
    REQUIRE(verify_tracking_token(keys, 330106, good).has_value());
    auto standard_alphabet = good;
    standard_alphabet[good.find('_')] = '/';
    // "Y" ends in two zero bits; "Z", "a" and "b" are the same 29 bytes with spare bits set.
    const auto stem = good.substr(0, good.size() - 1);
    for (const auto& text :
         {good + "=", good + "A", stem, " " + stem, stem + "Z", stem + "a", stem + "b", standard_alphabet,
          std::string(), std::string(39, '='), std::string(39, '\0'), std::string(39, 'A')})
        CHECK(verify_tracking_token(keys, 330106, text) == forged);
}

TEST_CASE("another district's, another key's and a removed key's tracking token is a forgery") {
    const auto token = make_tracking_token(ring({1}), 330106, 5, 1);
    CHECK(verify_tracking_token(ring({1}), 330108, token) == forged);
    CHECK(verify_tracking_token(one_key(counting_key(1, 50)), 330106, token) == forged);
    CHECK(verify_tracking_token(ring({2}), 330106, token) == forged);
    CHECK(verify_tracking_token(ring({1, 2}), 330106, token).has_value());
}

TEST_CASE("neighbouring reports have unrelated tracking tokens") {
    const auto keys = ring({1});
    std::set<std::string> tails;
    for (std::int32_t report = 0; report < 500; ++report)
        tails.insert(make_tracking_token(keys, 330106, 5, report).substr(18));
    CHECK(tails.size() == 500u);
}

}  // namespace
}  // namespace mashang::qr
