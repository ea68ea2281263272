// Pictures for uploads: grey pavements with grain, as PNG, no two of the same content.
#pragma once

#include <string>

namespace mashang::load {

// The n-th picture. Throws std::runtime_error when zlib does.
std::string png_picture(unsigned n, unsigned width_px, unsigned height_px);

}  // namespace mashang::load
