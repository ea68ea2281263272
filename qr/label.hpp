// One code as a picture to print or to look at: symbol, quiet zone, and beneath it what a person compares.
//
// Hides Cairo and Pango. Anybody may call, from any thread; the PNG takes some milliseconds and reads fonts,
// so not on an io thread. The texts are data: they are cut to one line each, made valid UTF-8, escaped, and
// shrunk to fit the width. Chinese needs a CJK font (fonts-noto-cjk) on the machine that draws the PNG; the
// SVG is drawn by the viewer's. Errors: Errc::internal "error.internal" when Cairo cannot draw. Units:
// modules, pixels.
#pragma once

#include <string>

#include "dispatch/result.hpp"
#include "qr/symbol.hpp"

namespace mashang::qr {

inline constexpr int quiet_zone_modules = 4;  // ISO/IEC 18004, 6.3.8
inline constexpr int module_px_max = 100;

// Empty ones take no room.
struct LabelText {
    std::string phrase;  // the check phrase, larger
    std::string serial;  // No. 330106-0142
};

// Sharp at every size: whole modules, crispEdges, one path; 1 user unit = 1 module.
std::string svg(const Symbol& symbol, const LabelText& text = {});

// Black on white, each module exactly `module_px` (1..100) pixels, no smoothing of modules.
Result<std::string> png(const Symbol& symbol, const LabelText& text = {}, int module_px = 12);

}  // namespace mashang::qr
