// Two independent readers of QR codes, zbar and ZXing, and the ill-treatment that a plate meets before a
// phone.
#pragma once

#include <string>
#include <vector>

namespace mashang::qr {

struct Gray {
    int width_px = 0;
    int height_px = 0;
    std::vector<unsigned char> pixels;  // row by row, 255 is white
};

Gray load_gray(const std::string& picture);  // PNG or SVG; the SVG is rendered by librsvg
std::string save_png(const Gray& picture);

// Each answers the text of the only QR code in the picture, or what went wrong in angle brackets.
std::string read_by_zbar(const Gray& picture);
std::string read_by_zxing(const std::string& png);

Gray scaled(const Gray& picture, double factor);
Gray rotated(const Gray& picture, double degrees);
Gray blurred(const Gray& picture, double sigma_px);

}  // namespace mashang::qr
