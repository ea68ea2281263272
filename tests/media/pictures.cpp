#include "tests/media/pictures.hpp"

#include <vips/vips.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace mashang::server {
namespace {

struct Release {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Release>;

// By reference: the call that fills `image` is itself an argument, and may be evaluated last.
Image must(int status, VipsImage*& image) {
    if (status != 0) throw std::runtime_error(vips_error_buffer());
    return Image(image);
}

Image plain(int width_px, int height_px, Colour colour) {
    static const int started = VIPS_INIT("test_media");
    if (started != 0) throw std::runtime_error(vips_error_buffer());
    VipsImage* out = nullptr;
    const auto black = must(vips_black(&out, width_px, height_px, "bands", 3, nullptr), out);
    const double times[3] = {1, 1, 1};
    const double plus[3] = {colour.red, colour.green, colour.blue};
    const auto painted = must(vips_linear(black.get(), &out, times, plus, 3, "uchar", TRUE, nullptr), out);
    return must(vips_copy(painted.get(), &out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr), out);
}

std::string saved(const Image& image, const char* suffix) {
    void* bytes = nullptr;
    std::size_t size = 0;
    if (vips_image_write_to_buffer(image.get(), suffix, &bytes, &size, nullptr) != 0)
        throw std::runtime_error(vips_error_buffer());
    std::string out(static_cast<const char*>(bytes), size);
    g_free(bytes);
    return out;
}

}  // namespace

std::string plain_picture(Format format, int width_px, int height_px, Colour colour) {
    const auto image = plain(width_px, height_px, colour);
    switch (format) {
        case Format::jpeg:
            return saved(image, ".jpg");
        case Format::png:
            return saved(image, ".png");
        case Format::webp:
            return saved(image, ".webp");
    }
    return {};
}

std::string phone_photo(int width_px, int height_px) {
    VipsImage* out = nullptr;
    const auto left = plain(width_px / 2, height_px, {200, 20, 20});
    const auto right = plain(width_px - width_px / 2, height_px, {20, 20, 200});
    const auto both = must(vips_join(left.get(), right.get(), &out, VIPS_DIRECTION_HORIZONTAL, nullptr), out);
    const auto photo = must(vips_copy(both.get(), &out, nullptr), out);
    vips_image_set_int(photo.get(), VIPS_META_ORIENTATION, 6);
    vips_image_set_string(photo.get(), "exif-ifd0-Make", "Lakeside Camera");
    vips_image_set_string(photo.get(), "exif-ifd3-GPSLatitudeRef", "N");
    vips_image_set_string(photo.get(), "exif-ifd3-GPSLatitude", "30/1 15/1 3712/100");
    vips_image_set_string(photo.get(), "exif-ifd3-GPSLongitudeRef", "E");
    vips_image_set_string(photo.get(), "exif-ifd3-GPSLongitude", "120/1 7/1 2345/100");
    return saved(photo, ".jpg");
}

std::string transparent_png(int width_px, int height_px) {
    VipsImage* out = nullptr;
    const auto image = plain(width_px, height_px, {10, 10, 10});
    const auto with_alpha = must(vips_bandjoin_const1(image.get(), &out, 0.0, nullptr), out);
    return saved(with_alpha, ".png");
}

std::string sixteen_bit_gray_png(int width_px, int height_px) {
    VipsImage* out = nullptr;
    const auto image = plain(width_px, height_px, {128, 128, 128});
    return saved(must(vips_colourspace(image.get(), &out, VIPS_INTERPRETATION_GREY16, nullptr), out), ".png");
}

std::string interlaced_png(int width_px, int height_px) {
    return saved(plain(width_px, height_px, lake_blue), ".png[interlace]");
}

std::string animated_webp() {
    const auto frames = plain(40, 60, lake_blue);  // three frames of 40 by 20, one under another
    vips_image_set_int(frames.get(), VIPS_META_PAGE_HEIGHT, 20);
    return saved(frames, ".webp");
}

std::string display_p3_jpeg(Colour srgb) {
    VipsImage* out = nullptr;
    const auto image = plain(64, 64, srgb);
    return saved(must(vips_icc_transform(image.get(), &out, "p3", "input_profile", "srgb", nullptr), out),
                 ".jpg[Q=95]");
}

std::string cmyk_jpeg() {
    VipsImage* out = nullptr;
    const auto image = plain(64, 64, lake_blue);
    return saved(must(vips_icc_transform(image.get(), &out, "cmyk", "input_profile", "srgb", nullptr), out),
                 ".jpg");
}

std::string gif() {
    return saved(plain(40, 30, lake_blue), ".gif");
}
std::string tiff() {
    return saved(plain(40, 30, lake_blue), ".tif");
}

Colour pixel_at(const std::string& jpeg, int x, int y) {
    const Image image(vips_image_new_from_buffer(jpeg.data(), jpeg.size(), "", nullptr));
    double* bands = nullptr;
    int count = 0;
    if (!image || vips_getpoint(image.get(), &bands, &count, x, y, nullptr) != 0)
        throw std::runtime_error(vips_error_buffer());
    const Colour colour{bands[0], count > 1 ? bands[1] : bands[0], count > 2 ? bands[2] : bands[0]};
    g_free(bands);
    return colour;
}

JpegFacts read_jpeg(const std::string& bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); };
    const auto number = [&](std::size_t at) { return byte(at) * 256 + byte(at + 1); };
    JpegFacts facts;
    if (byte(0) != 0xff || byte(1) != 0xd8) throw std::runtime_error("no JPEG");
    for (std::size_t at = 2; byte(at + 1) != 0xda; at += 2 + static_cast<std::size_t>(number(at + 2))) {
        if (byte(at) != 0xff) throw std::runtime_error("no marker where one must be");
        facts.segments.insert(byte(at + 1));
        if (byte(at + 1) == 0xc0 || byte(at + 1) == 0xc2) {
            facts.height_px = number(at + 5);
            facts.width_px = number(at + 7);
        }
    }
    facts.ends_at_end = bytes.find("\xff\xd9") == bytes.size() - 2;
    return facts;
}

}  // namespace mashang::server
