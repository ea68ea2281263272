// Real pictures for the tests, made by libvips when they are asked for, and a reader of JPEG that is not
// libvips.
#pragma once

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "dispatch/result.hpp"

namespace mashang::server {

struct Colour {
    double red, green, blue;
};
inline constexpr Colour lake_blue{11, 110, 153};

enum class Format { jpeg, png, webp };

// One colour all over.
std::string plain_picture(Format format, int width_px, int height_px, Colour colour = lake_blue);

// As a phone takes it lying on its side: left half red, right half blue, camera and position in EXIF, to be
// turned clockwise by 90 degrees before it is shown.
std::string phone_photo(int width_px, int height_px);

std::string transparent_png(int width_px, int height_px);
std::string sixteen_bit_gray_png(int width_px, int height_px);
std::string interlaced_png(int width_px, int height_px);
std::string animated_webp();
// The same colour written in the numbers of another colour space, with that profile inside.
std::string display_p3_jpeg(Colour srgb);
std::string cmyk_jpeg();
std::string gif();
std::string tiff();

Colour pixel_at(const std::string& jpeg, int x, int y);

struct JpegFacts {
    int width_px = 0;
    int height_px = 0;
    std::set<int> segments;  // second bytes of the markers before the pixels, 0xe1 is EXIF or XMP
    bool ends_at_end = false;
};
JpegFacts read_jpeg(const std::string& bytes);

}  // namespace mashang::server

template <class T>
struct Catch::StringMaker<boost::system::result<T, mashang::Error>> {
    static std::string convert(const boost::system::result<T, mashang::Error>& result) {
        return result ? std::string("a value") : "error " + result.error().key;
    }
};

template <>
struct Catch::StringMaker<mashang::Error> {
    static std::string convert(const mashang::Error& error) {
        auto text = "error " + error.key;
        for (const auto& [name, value] : error.args) text += " " + name + "=" + value;
        return text;
    }
};
