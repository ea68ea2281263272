// Symbols a second on one core: signing a token and drawing its symbol as the server does it, beside
// libqrencode alone on the same texts, which is the ceiling.
//
//   qr_rate SECONDS    prints {"ours_per_s":..,"ceiling_per_s":..}
#include <qrencode.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "qr/symbol.hpp"
#include "qr/token.hpp"

namespace {

using std::chrono::steady_clock;

constexpr int district = 330106;
constexpr const char* base = "HTTPS://MA.EXAMPLE.ORG";

// How often `one(n)` can be called in that many seconds; the clock is read once in a hundred calls.
template <class F>
double rate_per_s(double seconds, F one) {
    const auto start = steady_clock::now();
    std::uint64_t n = 0;
    for (;;) {
        for (int i = 0; i < 100; ++i) one(n++);
        const double past = std::chrono::duration<double>(steady_clock::now() - start).count();
        if (past >= seconds) return static_cast<double>(n) / past;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    mashang::qr::TokenKey key{1, {}};
    for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    const auto keys = mashang::qr::TokenKeys::make(std::array{key}, 1).value();

    const auto text = [&](std::uint64_t n) {
        return mashang::qr::place_url(base, mashang::qr::make_place_token(keys, district, n));
    };
    std::vector<std::string> texts;
    for (std::uint64_t n = 0; n < 1000; ++n) texts.push_back(text(n));

    std::uint64_t drawn = 0;
    const double ours = rate_per_s(seconds, [&](std::uint64_t n) {
        drawn += static_cast<std::uint64_t>(mashang::qr::draw_symbol(text(n)).value().size_modules);
    });
    const double ceiling = rate_per_s(seconds, [&](std::uint64_t n) {
        QRcode* code = QRcode_encodeString(texts[n % texts.size()].c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        drawn += static_cast<std::uint64_t>(code->width);
        QRcode_free(code);
    });
    std::printf("{\"ours_per_s\":%.0f,\"ceiling_per_s\":%.0f}\n", ours, ceiling);
    return drawn == 0 ? 1 : 0;
}
