#include "qr/symbol.hpp"

#include <qrencode.h>

#include <algorithm>
#include <memory>

namespace mashang::qr {
namespace {

constexpr std::string_view alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

struct Free {
    void operator()(QRinput* input) const { QRinput_free(input); }
    void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_alphanumeric(std::string_view text) {
    return text.find_first_not_of(alphanumeric) == std::string_view::npos;
}

QRecLevel level_of(Correction correction) {
    switch (correction) {
        case Correction::low:
            return QR_ECLEVEL_L;
        case Correction::medium:
            return QR_ECLEVEL_M;
        case Correction::quartile:
            return QR_ECLEVEL_Q;
        case Correction::high:
            return QR_ECLEVEL_H;
    }
    return QR_ECLEVEL_M;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

Result<Symbol> draw_symbol(std::string_view text, const SymbolRequest& request) {
    if (text.empty()) return make_error(Errc::invalid, "error.symbol_text");
    const auto too_long = make_error(Errc::too_large, "error.symbol_text");
    if (text.size() > 4296) return too_long;  // the most that version 40-L takes, in characters

    // One segment in one mode: the library's own splitting would turn runs of digits into numeric segments,
    // whose headers cost more than they save at our length, and the version would depend on the token's luck.
    Symbol symbol;
    symbol.correction = request.correction;
    symbol.mode = is_alphanumeric(text) ? Mode::alphanumeric : Mode::byte;
    const std::unique_ptr<QRinput, Free> input(QRinput_new2(0, level_of(request.correction)));
    if (!input) return make_error(Errc::internal, "error.internal");
    if (QRinput_append(input.get(), symbol.mode == Mode::alphanumeric ? QR_MODE_AN : QR_MODE_8,
                       static_cast<int>(text.size()),
                       reinterpret_cast<const unsigned char*>(text.data())) != 0)
        return too_long;
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeInput(input.get()));
    if (!code || code->version > request.version_max) return too_long;

    symbol.version = code->version;
    symbol.size_modules = code->width;
    const auto modules = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    symbol.dark.resize(modules);
    std::transform(code->data, code->data + modules, symbol.dark.begin(),
                   [](unsigned char module) { return static_cast<std::uint8_t>(module & 1); });
    return symbol;
}

std::string place_url(std::string_view base_url, std::string_view token) {
    while (base_url.ends_with('/')) base_url.remove_suffix(1);
    const auto scheme_end = base_url.find("://");
    const bool host_only =
        scheme_end != std::string_view::npos && base_url.find('/', scheme_end + 3) == std::string_view::npos;
    const auto loud = upper(base_url) + "/C/" + upper(token);
    if (host_only && is_alphanumeric(loud)) return loud;
    return std::string(base_url) + "/c/" + std::string(token);
}

}  // namespace mashang::qr
