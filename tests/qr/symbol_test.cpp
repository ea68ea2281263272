// Symbols. Versions and capacities are those of ISO/IEC 18004, table 7.
#include "qr/symbol.hpp"

#include "tests/qr/keys.hpp"

namespace mashang::qr {
namespace {

const std::string token = "7000004EEJFXKZ3XQ74SW";

TEST_CASE("the plate of West Lake is a version 3 symbol of 29 modules in alphanumeric mode") {
    const auto url = place_url("https://m.xihu.gov.cn", token);
    REQUIRE(url == "HTTPS://M.XIHU.GOV.CN/C/7000004EEJFXKZ3XQ74SW");
    REQUIRE(url.size() == 45u);
    for (const auto correction : {Correction::medium, Correction::quartile}) {
        const auto symbol = draw_symbol(url, {correction}).value();
        CHECK(symbol.version == 3);
        CHECK(symbol.size_modules == 29);
        CHECK(symbol.mode == Mode::alphanumeric);
        CHECK(symbol.correction == correction);
        CHECK(symbol.dark.size() == 29u * 29u);
    }
    CHECK(draw_symbol(url, {Correction::high}).value().version == 4);  // 45 characters: 3-Q takes 47, 3-H 35
}

TEST_CASE("the same text in lower case needs byte mode and a larger symbol") {
    const auto symbol = draw_symbol("https://m.xihu.gov.cn/c/7000004eejfxkz3xq74sw").value();
    CHECK(symbol.mode == Mode::byte);
    CHECK(symbol.version == 4);  // 3-M takes 42 bytes
}

TEST_CASE("the smallest version is taken at each capacity") {
    const std::pair<std::size_t, int> medium[] = {{1, 1},  {20, 1}, {21, 2}, {38, 2},
                                                  {39, 3}, {61, 3}, {62, 4}, {311, 10}};
    for (const auto& [length, version] : medium)
        CHECK(draw_symbol(std::string(length, 'A')).value().version == version);
    // Digits too are one alphanumeric segment: the version must not depend on the token's luck.
    CHECK(draw_symbol(std::string(21, '1')).value().version == 2);
}

TEST_CASE("what does not fit is refused") {
    const auto too_large = make_error(Errc::too_large, "error.symbol_text");
    CHECK(draw_symbol(std::string(312, 'A')).error() == too_large);
    CHECK(draw_symbol(std::string(62, 'A'), {Correction::medium, 3}).error() == too_large);
    CHECK(draw_symbol(std::string(4297, 'A'), {Correction::low, 40}).error() == too_large);
    CHECK(draw_symbol(std::string(4296, 'A'), {Correction::low, 40}).value().version == 40);
    CHECK(draw_symbol(std::string(3000, 'a'), {Correction::low, 40}).error() == too_large);
    CHECK(draw_symbol("").error() == make_error(Errc::invalid, "error.symbol_text"));
}

TEST_CASE("the three corners carry finder patterns and the fourth does not") {
    const auto symbol = draw_symbol("A").value();
    const auto ring_at = [&](int left, int top) {
        for (int i = 0; i < 7; ++i)
            if (!symbol.is_dark(left + i, top) || !symbol.is_dark(left, top + i)) return false;
        return symbol.is_dark(left + 3, top + 3) && !symbol.is_dark(left + 1, top + 1);
    };
    REQUIRE(symbol.size_modules == 21);
    CHECK(ring_at(0, 0));
    CHECK(ring_at(14, 0));
    CHECK(ring_at(0, 14));
    CHECK_FALSE(ring_at(14, 14));
}

TEST_CASE("an address is written in upper case only where that cannot change its meaning") {
    CHECK(place_url("http://127.0.0.1:8080/", "ab") == "HTTP://127.0.0.1:8080/C/AB");
    CHECK(place_url("https://example.org/", "AB") == "HTTPS://EXAMPLE.ORG/C/AB");
    CHECK(place_url("https://example.org/mashang", "AB") == "https://example.org/mashang/c/AB");
    CHECK(place_url("https://my_host.example", "AB") == "https://my_host.example/c/AB");
    CHECK(place_url("http://[::1]:8080", "AB") == "http://[::1]:8080/c/AB");
}

}  // namespace
}  // namespace mashang::qr
