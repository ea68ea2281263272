#include "tests/load/picture.hpp"

#include <zlib.h>

#include <random>
#include <stdexcept>

namespace mashang::load {
namespace {

void add_number(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

// https://www.w3.org/TR/png-3/#5Chunk-layout
void add_chunk(std::string& out, const std::string& type, const std::string& data) {
    add_number(out, static_cast<std::uint32_t>(data.size()));
    const std::string body = type + data;
    out += body;
    const auto* bytes = reinterpret_cast<const Bytef*>(body.data());
    add_number(out, static_cast<std::uint32_t>(::crc32(0, bytes, static_cast<uInt>(body.size()))));
}

}  // namespace

std::string png_picture(unsigned n, unsigned width_px, unsigned height_px) {
    std::minstd_rand grain(n + 1);
    std::string rows;
    rows.reserve(static_cast<std::size_t>(width_px + 1) * height_px);
    for (unsigned y = 0; y < height_px; ++y) {
        rows += '\0';  // no filter
        for (unsigned x = 0; x < width_px; ++x)
            rows += static_cast<char>(64 + (x + y) / 16 % 96 + grain() % 16);
    }
    std::string packed(::compressBound(static_cast<uLong>(rows.size())), '\0');
    auto size = static_cast<uLongf>(packed.size());
    const auto* bytes = reinterpret_cast<const Bytef*>(rows.data());
    if (::compress2(reinterpret_cast<Bytef*>(packed.data()), &size, bytes, static_cast<uLong>(rows.size()),
                    Z_BEST_SPEED) != Z_OK)
        throw std::runtime_error("zlib");
    packed.resize(size);
    std::string head;
    add_number(head, width_px);
    add_number(head, height_px);
    head += std::string("\x08\x00\x00\x00\x00", 5);  // 8 bits, grey, not interlaced
    std::string out = "\x89PNG\r\n\x1a\n";
    add_chunk(out, "IHDR", head);
    add_chunk(out, "IDAT", packed);
    add_chunk(out, "IEND", "");
    return out;
}

}  // namespace mashang::load
