// Labels, read back by two programs that know nothing of ours.
#include "qr/label.hpp"

#include <catch2/catch.hpp>

#include "tests/qr/keys.hpp"
#include "tests/qr/scanners.hpp"

namespace mashang::qr {
namespace {

const LabelText plate{"湖光山色", "No. 330106-0142"};

std::string url_of(std::uint64_t code_id) {
    return place_url("https://m.xihu.gov.cn", make_place_token(ring({1}), 330106, code_id));
}

int dark_pixels(const Gray& picture, int from_row) {
    int count = 0;
    for (auto i = static_cast<std::size_t>(from_row) * picture.width_px; i < picture.pixels.size(); ++i)
        count += picture.pixels[i] < 128;
    return count;
}

bool same_pixels(const Gray& a, const Gray& b) {
    return a.width_px == b.width_px && a.pixels == b.pixels;
}

TEST_CASE("zbar and ZXing read the PNG of every correction level, with and without text") {
    std::uint64_t code_id = 1;
    for (const auto correction :
         {Correction::low, Correction::medium, Correction::quartile, Correction::high})
        for (const auto& text : {LabelText{}, plate}) {
            const auto url = url_of(code_id++);
            const auto picture = png(draw_symbol(url, {correction}).value(), text).value();
            CHECK(read_by_zbar(load_gray(picture)) == url);
            CHECK(read_by_zxing(picture) == url);
        }
}

TEST_CASE("zbar and ZXing read the SVG as another program renders it") {
    const auto url = url_of(142);
    for (const auto& text : {LabelText{}, plate}) {
        const auto rendered = load_gray(svg(draw_symbol(url).value(), text));
        CHECK(rendered.width_px == (29 + 8) * 8);
        CHECK(read_by_zbar(rendered) == url);
        CHECK(read_by_zxing(save_png(rendered)) == url);
    }
}

TEST_CASE("a label survives scaling, a slant and blur") {
    const auto url = url_of(7);
    const auto picture = load_gray(png(draw_symbol(url).value(), plate, 10).value());
    for (const double factor : {0.3, 0.55, 1.7}) CHECK(read_by_zbar(scaled(picture, factor)) == url);
    for (const double degrees : {-12.0, 3.0, 8.0, 45.0}) {
        CHECK(read_by_zbar(rotated(picture, degrees)) == url);
        CHECK(read_by_zxing(save_png(rotated(picture, degrees))) == url);
    }
    const auto worn = blurred(rotated(scaled(picture, 0.7), 5.0), 2.0);
    CHECK(read_by_zbar(worn) == url);
    CHECK(read_by_zxing(save_png(worn)) == url);
}

TEST_CASE("each module is a square of whole pixels inside four modules of white") {
    const auto symbol = draw_symbol(url_of(3)).value();
    const auto picture = load_gray(png(symbol, {}, 5).value());
    REQUIRE(picture.width_px == (29 + 8) * 5);
    REQUIRE(picture.height_px == (29 + 8) * 5);
    int wrong = 0;
    for (int y = 0; y < picture.height_px; ++y)
        for (int x = 0; x < picture.width_px; ++x) {
            const int column = x / 5 - 4;
            const int row = y / 5 - 4;
            const bool inside = column >= 0 && column < 29 && row >= 0 && row < 29;
            const unsigned char expected = inside && symbol.is_dark(column, row) ? 0 : 255;
            wrong += picture.pixels[static_cast<std::size_t>(y) * picture.width_px + x] != expected;
        }
    CHECK(wrong == 0);
}

TEST_CASE("Chinese text is drawn as letters, not as boxes") {
    const auto symbol = draw_symbol("A").value();
    const auto draw = [&](const char* phrase) { return load_gray(png(symbol, {phrase, ""}).value()); };
    const auto lake = draw("湖光山色");
    const auto spring = draw("苏堤春晓");
    const int below_symbol = (21 + 8) * 12;
    CHECK(dark_pixels(lake, below_symbol) > 300);
    CHECK_FALSE(same_pixels(lake, spring));  // boxes for missing letters would look alike
    CHECK_FALSE(same_pixels(draw("一一一一"), draw("二二二二")));
}

TEST_CASE("text is data: it can neither end its element nor break the picture") {
    const auto symbol = draw_symbol(url_of(9)).value();
    const LabelText hostile{"</text><script>x()</script>&\"'",
                            std::string("a\n\0b\x01\xff\xc3(", 8) + "\u2028"};
    const auto drawn = svg(symbol, hostile);
    CHECK(drawn.find("<script") == std::string::npos);
    CHECK(drawn.find("&lt;/text&gt;&lt;script&gt;x()&lt;/script&gt;&amp;&quot;") != std::string::npos);
    CHECK(drawn.find('\x01') == std::string::npos);
    CHECK(read_by_zbar(load_gray(drawn)) == url_of(9));  // and it is still well-formed XML
    CHECK(read_by_zbar(load_gray(png(symbol, hostile).value())) == url_of(9));
}

TEST_CASE("a text that is too long shrinks instead of leaving the picture") {
    const auto symbol = draw_symbol(url_of(9)).value();
    std::string text;
    for (int i = 0; i < 60; ++i) text += "湖";
    for (const auto& picture :
         {load_gray(png(symbol, {text, text}).value()), load_gray(svg(symbol, {text, text}))}) {
        int at_edges = 0;
        for (int y = 0; y < picture.height_px; ++y) {
            const auto row = static_cast<std::size_t>(y) * picture.width_px;
            at_edges += picture.pixels[row] < 200;
            at_edges += picture.pixels[row + picture.width_px - 1] < 200;
        }
        CHECK(at_edges == 0);
        CHECK(read_by_zbar(picture) == url_of(9));
    }
}

TEST_CASE("the same label is the same bytes") {
    const auto symbol = draw_symbol(url_of(1)).value();
    CHECK(png(symbol, plate).value() == png(symbol, plate).value());
    CHECK(svg(symbol, plate) == svg(symbol, plate));
}

TEST_CASE("a module's size is kept within its bounds") {
    const auto symbol = draw_symbol("A").value();
    CHECK(load_gray(png(symbol, {}, 0).value()).width_px == 29);
    CHECK(load_gray(png(symbol, {}, 1'000'000).value()).width_px == 2900);
}

}  // namespace
}  // namespace mashang::qr
