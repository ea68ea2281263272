#include "qr/label.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace mashang::qr {
namespace {

constexpr const char* font_family = "Noto Sans CJK SC";
constexpr double phrase_modules = 3.2;  // letter heights
constexpr double serial_modules = 2.0;
constexpr double line_factor = 1.45;  // line height over letter height
constexpr int bottom_modules = 2;

struct Line {
    std::string text;  // valid UTF-8, one line
    double height_modules;
};

struct Layout {
    int width_modules;
    int height_modules;
    std::vector<Line> lines;
};

// Valid UTF-8 without control characters: XML 1.0 has no way to write them, and Pango would break the line.
std::string one_line(const std::string& text) {
    const std::unique_ptr<char, decltype(&g_free)> valid(
        g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())), g_free);
    std::string out;
    for (const char* at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
        const auto c = g_utf8_get_char(at);
        const bool noncharacter = (c & 0xFFFE) == 0xFFFE || c == 0x2028 || c == 0x2029;
        if (g_unichar_iscntrl(c) || noncharacter) continue;
        out.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
    }
    return out;
}

Layout arrange(const Symbol& symbol, const LabelText& text) {
    Layout layout{
        symbol.size_modules + 2 * quiet_zone_modules, symbol.size_modules + 2 * quiet_zone_modules, {}};
    const std::pair<const std::string*, double> wanted[] = {{&text.phrase, phrase_modules},
                                                            {&text.serial, serial_modules}};
    double height = layout.height_modules;
    for (const auto& [raw, size] : wanted) {
        auto line = one_line(*raw);
        if (line.empty()) continue;
        height += size * line_factor;
        layout.lines.push_back({std::move(line), size});
    }
    if (!layout.lines.empty()) layout.height_modules = static_cast<int>(height) + 1 + bottom_modules;
    return layout;
}

// An estimate is enough to keep a long text inside the picture: the viewer's font is not ours to measure.
double estimated_width(const Line& line) {
    double em = 0;
    for (const char* at = line.text.c_str(); *at != '\0'; at = g_utf8_next_char(at))
        em += g_unichar_iswide(g_utf8_get_char(at)) ? 1.0 : 0.62;
    return em * line.height_modules;
}

std::string escaped(const std::string& text) {
    const std::unique_ptr<char, decltype(&g_free)> out(
        g_markup_escape_text(text.data(), static_cast<gssize>(text.size())), g_free);
    return out.get();
}

// Decimal with two places and a point, whatever the locale of the process.
std::string decimal(double value) {
    const auto hundredths = static_cast<long>(value * 100 + 0.5);
    auto text = std::to_string(hundredths / 100) + '.';
    const auto rest = hundredths % 100;
    return text + static_cast<char>('0' + rest / 10) + static_cast<char>('0' + rest % 10);
}

// Runs of dark modules, row by row: one thin rectangle each.
template <class Draw>
void each_run(const Symbol& symbol, Draw draw) {
    for (int y = 0; y < symbol.size_modules; ++y)
        for (int x = 0; x < symbol.size_modules;) {
            int end = x;
            while (end < symbol.size_modules && symbol.is_dark(end, y)) ++end;
            if (end > x) draw(x + quiet_zone_modules, y + quiet_zone_modules, end - x);
            x = end + 1;
        }
}

struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

void draw_line(cairo_t* context, const Line& line, double top_px, int width_px, int module_px) {
    const std::unique_ptr<PangoLayout, Destroy> layout(pango_cairo_create_layout(context));
    const std::unique_ptr<PangoFontDescription, Destroy> font(pango_font_description_new());
    pango_font_description_set_family(font.get(), font_family);
    const double size_px = line.height_modules * module_px;
    pango_font_description_set_absolute_size(font.get(), size_px * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_text(layout.get(), line.text.data(), static_cast<int>(line.text.size()));
    int text_px = 0;
    int height_px = 0;
    pango_layout_get_pixel_size(layout.get(), &text_px, &height_px);
    const double room_px = width_px - 2.0 * module_px;
    const double scale = text_px > room_px ? room_px / text_px : 1.0;
    cairo_save(context);
    cairo_translate(context, (width_px - text_px * scale) / 2,
                    top_px + (size_px * line_factor - height_px * scale) / 2);
    cairo_scale(context, scale, scale);
    pango_cairo_show_layout(context, layout.get());
    cairo_restore(context);
}

cairo_status_t append_bytes(void* out, const unsigned char* data, unsigned int size) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string svg(const Symbol& symbol, const LabelText& text) {
    const auto layout = arrange(symbol, text);
    const auto width = std::to_string(layout.width_modules);
    const auto height = std::to_string(layout.height_modules);
    std::string out = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + width + ' ' + height +
                      R"(" width=")" + std::to_string(layout.width_modules * 8) + R"(" height=")" +
                      std::to_string(layout.height_modules * 8) + R"(">)" + '\n' + R"(<rect width=")" +
                      width + R"(" height=")" + height + R"(" fill="#ffffff"/>)" + '\n' +
                      R"(<path shape-rendering="crispEdges" fill="#000000" d=")";
    each_run(symbol, [&](int x, int y, int length) {
        const auto run = std::to_string(length);
        out += 'M' + std::to_string(x) + ' ' + std::to_string(y) + 'h' + run + "v1h-" + run + 'z';
    });
    out += "\"/>\n";
    double top = symbol.size_modules + 2 * quiet_zone_modules;
    for (const auto& line : layout.lines) {
        const double room = layout.width_modules - 2.0;
        const double wide = estimated_width(line);
        const double size = wide > room ? line.height_modules * room / wide : line.height_modules;
        out += R"(<text text-anchor="middle" fill="#000000" font-family="Noto Sans CJK SC, Noto Sans SC, )"
               R"(PingFang SC, Microsoft YaHei, sans-serif" font-size=")" +
               decimal(size) + R"(" x=")" + decimal(layout.width_modules / 2.0) + R"(" y=")" +
               decimal(top + line.height_modules * 1.08) + R"(">)" + escaped(line.text) + "</text>\n";
        top += line.height_modules * line_factor;
    }
    return out + "</svg>\n";
}

Result<std::string> png(const Symbol& symbol, const LabelText& text, int module_px) {
    module_px = std::clamp(module_px, 1, module_px_max);
    const auto layout = arrange(symbol, text);
    const int width_px = layout.width_modules * module_px;
    const std::unique_ptr<cairo_surface_t, Destroy> surface(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, layout.height_modules * module_px));
    const std::unique_ptr<cairo_t, Destroy> context(cairo_create(surface.get()));
    cairo_set_source_rgb(context.get(), 1, 1, 1);
    cairo_paint(context.get());

    cairo_set_source_rgb(context.get(), 0, 0, 0);
    cairo_set_antialias(context.get(), CAIRO_ANTIALIAS_NONE);
    each_run(symbol, [&](int x, int y, int length) {
        cairo_rectangle(context.get(), x * module_px, y * module_px, length * module_px, module_px);
    });
    cairo_fill(context.get());

    cairo_set_antialias(context.get(), CAIRO_ANTIALIAS_GRAY);
    double top_px = (symbol.size_modules + 2.0 * quiet_zone_modules) * module_px;
    for (const auto& line : layout.lines) {
        draw_line(context.get(), line, top_px, width_px, module_px);
        top_px += line.height_modules * line_factor * module_px;
    }
    std::string out;
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS ||
        cairo_surface_write_to_png_stream(surface.get(), append_bytes, &out) != CAIRO_STATUS_SUCCESS)
        return make_error(Errc::internal, "error.internal");
    return out;
}

}  // namespace mashang::qr
