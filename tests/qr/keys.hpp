// Key rings for the tests: secrets that are easy to write down in another language. And how Catch prints
// results: Boost's own printing of a result wants to print our Error, which has no text of its own.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <numeric>
#include <vector>

#include "qr/token.hpp"

namespace mashang::qr {

// Bytes first, first + 1, ... first + 31.
inline TokenKey counting_key(int version, int first = 0) {
    TokenKey key;
    key.version = version;
    std::iota(key.bytes.begin(), key.bytes.end(), static_cast<std::uint8_t>(first));
    return key;
}

// A ring whose last version is the current one; the secret of version v starts at byte v.
inline TokenKeys ring(std::initializer_list<int> versions) {
    std::vector<TokenKey> keys;
    for (const int version : versions) keys.push_back(counting_key(version, version));
    return TokenKeys::make(keys, *(versions.end() - 1)).value();
}

inline TokenKeys one_key(TokenKey key) {
    return TokenKeys::make({&key, 1}, key.version).value();
}

}  // namespace mashang::qr

template <class T>
struct Catch::StringMaker<boost::system::result<T, mashang::Error>> {
    static std::string convert(const boost::system::result<T, mashang::Error>& result) {
        return result ? Catch::Detail::stringify(*result) : "error " + result.error().key;
    }
};

template <>
struct Catch::StringMaker<mashang::Error> {
    static std::string convert(const mashang::Error& error) { return "error " + error.key; }
};
