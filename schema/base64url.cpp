#include "schema/base64url.hpp"

#include <sodium.h>

namespace mashang::schema {
namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string to_base64url(std::span<const unsigned char> bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.pop_back();  // the library's closing NUL
    return text;
}

std::optional<std::vector<unsigned char>> from_base64url(std::string_view text) {
    std::vector<unsigned char> bytes(text.size() * 3 / 4 + 1);
    std::size_t size = 0;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                          variant) != 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

}  // namespace mashang::schema
