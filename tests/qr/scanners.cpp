#include "tests/qr/scanners.hpp"

#include <unistd.h>
#include <vips/vips.h>
#include <zbar.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace mashang::qr {
namespace {

void must(int status) {
    if (status != 0) throw std::runtime_error(vips_error_buffer());
}

struct Unref {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

void start() {
    static const int started = VIPS_INIT("test_qr");
    must(started);
}

Image wrap(const Gray& picture) {
    start();
    return Image(vips_image_new_from_memory_copy(picture.pixels.data(), picture.pixels.size(),
                                                 picture.width_px, picture.height_px, 1, VIPS_FORMAT_UCHAR));
}

Gray unwrap(const Image& image) {
    std::size_t size = 0;
    const std::unique_ptr<void, decltype(&g_free)> memory(vips_image_write_to_memory(image.get(), &size),
                                                          g_free);
    if (!memory) throw std::runtime_error(vips_error_buffer());
    const auto* bytes = static_cast<const unsigned char*>(memory.get());
    return {vips_image_get_width(image.get()), vips_image_get_height(image.get()), {bytes, bytes + size}};
}

}  // namespace

Gray load_gray(const std::string& picture) {
    start();
    Image loaded(vips_image_new_from_buffer(picture.data(), picture.size(), "", nullptr));
    if (!loaded) throw std::runtime_error(vips_error_buffer());
    VipsImage* out = nullptr;
    if (vips_image_hasalpha(loaded.get())) {
        must(vips_flatten(loaded.get(), &out, nullptr));
        loaded.reset(out);
    }
    must(vips_colourspace(loaded.get(), &out, VIPS_INTERPRETATION_B_W, nullptr));
    return unwrap(Image(out));
}

std::string save_png(const Gray& picture) {
    void* bytes = nullptr;
    std::size_t size = 0;
    must(vips_pngsave_buffer(wrap(picture).get(), &bytes, &size, nullptr));
    std::string out(static_cast<const char*>(bytes), size);
    g_free(bytes);
    return out;
}

std::string read_by_zbar(const Gray& picture) {
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    zbar::Image image(static_cast<unsigned>(picture.width_px), static_cast<unsigned>(picture.height_px),
                      "Y800", picture.pixels.data(), picture.pixels.size());
    if (scanner.scan(image) != 1) return "<zbar found no single code>";
    return image.symbol_begin()->get_data();
}

std::string read_by_zxing(const std::string& png) {
    const auto path =
        std::filesystem::temp_directory_path() / ("mashang_qr_" + std::to_string(getpid()) + ".png");
    std::ofstream(path, std::ios::binary) << png;
    const auto command = std::string(ZXING_READER) + " -format QRCode '" + path.string() + "' 2>/dev/null";
    std::string printed;
    {
        const std::unique_ptr<FILE, decltype(&pclose)> pipe(popen(command.c_str(), "r"), pclose);
        char buffer[4096];
        while (const auto n = pipe ? fread(buffer, 1, sizeof buffer, pipe.get()) : 0)
            printed.append(buffer, n);
    }
    std::filesystem::remove(path);
    const auto start_at = printed.find("Text:");
    const auto open = printed.find('"', start_at);
    if (start_at == std::string::npos || open == std::string::npos) return "<ZXing: " + printed + ">";
    return printed.substr(open + 1, printed.find('"', open + 1) - open - 1);
}

Gray scaled(const Gray& picture, double factor) {
    VipsImage* out = nullptr;
    must(vips_resize(wrap(picture).get(), &out, factor, nullptr));
    return unwrap(Image(out));
}

Gray rotated(const Gray& picture, double degrees) {
    VipsImage* out = nullptr;
    VipsArrayDouble* white = vips_array_double_newv(1, 255.0);
    must(vips_rotate(wrap(picture).get(), &out, degrees, "background", white, nullptr));
    vips_area_unref(VIPS_AREA(white));
    return unwrap(Image(out));
}

Gray blurred(const Gray& picture, double sigma_px) {
    VipsImage* out = nullptr;
    must(vips_gaussblur(wrap(picture).get(), &out, sigma_px, nullptr));
    return unwrap(Image(out));
}

}  // namespace mashang::qr

// Fontconfig keeps its font list until the process ends and never says so to the leak checker.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig";
}
