// A text becomes a QR symbol: the square of dark and light modules, without quiet zone.
//
// Hides libqrencode; nobody else includes it. Anybody may call, from any thread; nothing is kept between
// calls. Errors: Errc::invalid "error.symbol_text" for an empty text, Errc::too_large "error.symbol_text" for
// one that does not fit into the largest version allowed. Units: modules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/result.hpp"

namespace mashang::qr {

// How much of the symbol may be scratched away: about 7, 15, 25 and 30 % (ISO/IEC 18004, 6.5.1).
enum class Correction { low, medium, quartile, high };

// Alphanumeric is 5.5 bits a character instead of 8: it takes digits, upper case and " $%*+-./:" only.
enum class Mode { alphanumeric, byte };

struct Symbol {
    int version = 0;  // 1..40; the side is 17 + 4 * version modules
    int size_modules = 0;
    Correction correction = Correction::medium;
    Mode mode = Mode::byte;
    std::vector<std::uint8_t> dark;  // row by row, 1 is dark

    bool is_dark(int x, int y) const { return dark[static_cast<std::size_t>(y) * size_modules + x] != 0; }
};

struct SymbolRequest {
    Correction correction = Correction::medium;
    int version_max = 10;  // 57 modules: beyond it a phone at arm's length has trouble with a plate of 5 cm
};

// The smallest version that takes the text, in alphanumeric mode whenever the text allows it.
Result<Symbol> draw_symbol(std::string_view text, const SymbolRequest& request = {});

// What a plate says: HTTPS://HOST/C/TOKEN, all upper case, when `base_url` is scheme and host alone (these do
// not distinguish case) in characters of alphanumeric mode; otherwise the base as it is, then /c/TOKEN. A
// slash at the end of the base makes no difference.
std::string place_url(std::string_view base_url, std::string_view token);

}  // namespace mashang::qr
