// Photos as strangers send them.
#include <rapidcheck.h>
#include <sodium.h>
#include <vips/vips.h>

#include "server/media.hpp"
#include "tests/media/pictures.hpp"

namespace mashang::server {
namespace {

const Error not_a_picture = make_error(Errc::unsupported, "error.not_a_picture");

Error too_large(const char* name, std::int64_t given, std::int64_t max) {
    return make_error(Errc::too_large, "error.picture_too_large",
                      {{"name", name}, {"given", std::to_string(given)}, {"max", std::to_string(max)}});
}

bool near(Colour a, Colour b, double tolerance = 6) {
    return std::abs(a.red - b.red) < tolerance && std::abs(a.green - b.green) < tolerance &&
           std::abs(a.blue - b.blue) < tolerance;
}

TEST_CASE("JPEG, PNG and WebP become JPEG of the same size and colour, with a thumb") {
    for (const auto format : {Format::jpeg, Format::png, Format::webp}) {
        const auto photo = reencode(plain_picture(format, 1200, 900)).value();
        const auto full = read_jpeg(photo.bytes);
        CHECK(photo.width_px == 1200);
        CHECK(photo.height_px == 900);
        CHECK(full.width_px == 1200);
        CHECK(full.height_px == 900);
        CHECK(near(pixel_at(photo.bytes, 600, 450), lake_blue));
        const auto thumb = read_jpeg(photo.thumb_bytes);
        CHECK(thumb.width_px == 480);
        CHECK(thumb.height_px == 360);
        CHECK(near(pixel_at(photo.thumb_bytes, 240, 180), lake_blue));
    }
}

TEST_CASE("a large photo is shrunk to 2048 on its longer edge, a small one is never enlarged") {
    const auto large = reencode(plain_picture(Format::jpeg, 3000, 4000)).value();
    CHECK(large.width_px == 1536);
    CHECK(large.height_px == 2048);
    const auto small = reencode(plain_picture(Format::png, 30, 20)).value();
    CHECK(small.width_px == 30);
    CHECK(small.height_px == 20);
    CHECK(read_jpeg(small.thumb_bytes).width_px == 30);
}

TEST_CASE("a phone's photo loses its position and all other metadata, and stands upright") {
    const auto taken = phone_photo(800, 600);
    REQUIRE(read_jpeg(taken).segments.count(0xe1) == 1);  // EXIF is really there before
    REQUIRE(taken.find("Lakeside Camera") != std::string::npos);

    const auto photo = reencode(taken).value();
    for (const auto& bytes : {photo.bytes, photo.thumb_bytes}) {
        const auto facts = read_jpeg(bytes);
        for (int application = 0xe1; application <= 0xef; ++application)
            CHECK(facts.segments.count(application) == 0);
        CHECK(facts.segments.count(0xfe) == 0);  // comment
        CHECK(facts.ends_at_end);
        CHECK(bytes.find("Exif") == std::string::npos);
        CHECK(bytes.find("GPS") == std::string::npos);
        CHECK(bytes.find("Lakeside") == std::string::npos);
    }
    // Turned clockwise, what was left is above.
    CHECK(photo.width_px == 600);
    CHECK(photo.height_px == 800);
    CHECK(near(pixel_at(photo.bytes, 300, 100), {200, 20, 20}));
    CHECK(near(pixel_at(photo.bytes, 300, 700), {20, 20, 200}));
    CHECK(near(pixel_at(photo.thumb_bytes, 180, 60), {200, 20, 20}));
    CHECK(read_jpeg(photo.thumb_bytes).height_px == 480);
}

TEST_CASE("transparency becomes white, sixteen bits eight, an animation its first frame") {
    CHECK(near(pixel_at(reencode(transparent_png(64, 64)).value().bytes, 32, 32), {255, 255, 255}));
    CHECK(near(pixel_at(reencode(sixteen_bit_gray_png(64, 64)).value().bytes, 32, 32), {128, 128, 128}));
    CHECK(reencode(interlaced_png(64, 48)).value().height_px == 48);
    const auto frame = reencode(animated_webp()).value();
    CHECK(frame.width_px == 40);
    CHECK(frame.height_px == 20);
}

TEST_CASE("colours survive the loss of their profile") {
    const Colour red{200, 60, 50};
    const auto taken = display_p3_jpeg(red);
    REQUIRE(read_jpeg(taken).segments.count(0xe2) == 1);  // the profile
    REQUIRE_FALSE(near(pixel_at(taken, 32, 32), red));    // in Display P3 these are other numbers
    const auto photo = reencode(taken).value();
    CHECK(near(pixel_at(photo.bytes, 32, 32), red));
    CHECK(read_jpeg(photo.bytes).segments.count(0xe2) == 0);
    CHECK(near(pixel_at(reencode(cmyk_jpeg()).value().bytes, 32, 32), lake_blue, 40));  // ink has fewer blues
}

TEST_CASE("the hash is the SHA-256 of the bytes, and the same photo gives the same") {
    const auto input = plain_picture(Format::jpeg, 100, 80);
    const auto photo = reencode(input).value();
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(photo.bytes.data()), photo.bytes.size());
    char hex[65];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    CHECK(photo.sha256 == hex);
    CHECK(reencode(input).value().bytes == photo.bytes);
}

TEST_CASE("what is no picture is refused") {
    CHECK(reencode("").error() == not_a_picture);
    CHECK(reencode("this is a text that somebody renamed to photo.jpg").error() == not_a_picture);
    CHECK(reencode("\xff\xd8\xff\xe0 but then a text").error() == not_a_picture);
    CHECK(reencode("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>").error() ==
          not_a_picture);
    CHECK(reencode("%PDF-1.4\n1 0 obj").error() == not_a_picture);
    CHECK(reencode(std::string(100'000, '\0')).error() == not_a_picture);
}

TEST_CASE("good pictures of other kinds are refused") {
    CHECK(reencode(gif()).error() == not_a_picture);
    CHECK(reencode(tiff()).error() == not_a_picture);
}

TEST_CASE("a picture that ends too early is refused") {
    for (const auto format : {Format::jpeg, Format::png, Format::webp}) {
        const auto whole = plain_picture(format, 900, 700);
        CHECK(reencode(whole.substr(0, whole.size() / 2)).error() == not_a_picture);
        CHECK(reencode(whole.substr(0, 20)).error() == not_a_picture);
    }
    const auto photo = phone_photo(800, 600);
    CHECK(reencode(photo.substr(0, photo.size() * 9 / 10)).error() == not_a_picture);
}

TEST_CASE("a picture 50,000 pixels wide is refused by its header alone") {
    const auto wide = plain_picture(Format::png, 50'000, 40);
    CHECK(reencode(wide).error() == too_large("width", 50'000, 12'000));
    // Its pixels are missing, yet it is its width that is refused: nobody looked for the pixels.
    CHECK(reencode(wide.substr(0, wide.size() / 2)).error() == too_large("width", 50'000, 12'000));
    CHECK(reencode(plain_picture(Format::png, 40, 12'001)).error() == too_large("height", 12'001, 12'000));
}

TEST_CASE("a decompression bomb is refused before it unfolds") {
    const auto bomb = plain_picture(Format::png, 8'000, 6'300);
    REQUIRE(bomb.size() < 1024 * 1024);  // 151 MB of pixels
    CHECK(reencode(bomb).error() == too_large("pixels", 50'400'000, 50'000'000));
    CHECK(reencode(bomb.substr(0, bomb.size() / 2)).error() == too_large("pixels", 50'400'000, 50'000'000));
}

TEST_CASE("each limit holds exactly") {
    MediaLimits limits;
    limits.width_max_px = 60;
    limits.height_max_px = 50;
    limits.pixels_max = 2500;
    CHECK(reencode(plain_picture(Format::png, 60, 41), limits).has_value());
    CHECK(reencode(plain_picture(Format::png, 61, 10), limits).error() == too_large("width", 61, 60));
    CHECK(reencode(plain_picture(Format::png, 50, 50), limits).has_value());
    CHECK(reencode(plain_picture(Format::png, 10, 51), limits).error() == too_large("height", 51, 50));
    CHECK(reencode(plain_picture(Format::png, 60, 42), limits).error() == too_large("pixels", 2520, 2500));

    const auto input = plain_picture(Format::jpeg, 50, 50);
    limits.bytes_max = input.size();
    CHECK(reencode(input, limits).has_value());
    const auto size = static_cast<std::int64_t>(input.size());
    limits.bytes_max = input.size() - 1;
    CHECK(reencode(input, limits).error() == too_large("bytes", size, size - 1));
}

TEST_CASE("a picture with changed bytes is taken or refused, and nothing worse") {
    const std::string originals[] = {phone_photo(64, 48), plain_picture(Format::png, 64, 48),
                                     plain_picture(Format::webp, 64, 48)};
    CHECK(rc::check("changed bytes", [&] {
        auto bytes = originals[*rc::gen::inRange<std::size_t>(0, 3)];
        const auto changes = *rc::gen::inRange(1, 8);
        for (int i = 0; i < changes; ++i)
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] =
                static_cast<char>(*rc::gen::inRange(0, 256));
        const auto photo = reencode(bytes);
        RC_ASSERT((photo.has_value() || photo.error() == not_a_picture ||
                   photo.error().key == "error.picture_too_large"));
        if (photo) RC_ASSERT(!read_jpeg(photo->bytes).segments.count(0xe1));
    }));
}

}  // namespace
}  // namespace mashang::server
