// Errors and results of the whole house: regular failures are values, never exceptions.
//
// A failure has one kind (Errc, mapped to HTTP by one switch in server/api), a `key` that names the sentence
// in schema/texts (what a person reads is not written here), arguments for that sentence, and for bad input
// the places that are wrong as JSON pointers. Plain data: copy freely, any thread.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mashang {

enum class Errc {
    invalid,          // the input is malformed or breaks a stated limit
    unauthenticated,  // nobody is logged in
    not_found,        // unknown, or outside the asker's scope (the two are not told apart)
    forbidden,        // known, but this role may not
    conflict,         // somebody was first: wrong revision, key used for another body
    refused,          // the lifecycle table forbids it in this status
    gone,             // it was there and has been withdrawn (a revoked code)
    too_large,        // body or picture over the limit
    unsupported,      // content of a kind that is not taken
    busy,             // try again after a while
    unavailable,      // cannot store or dispatch now
    internal          // a bug or a broken machine; logged, told without detail
};

struct FieldError {
    std::string pointer;  // RFC 6901, "" is the whole document
    std::string key;      // sentence key, e.g. "error.too_long"
    std::vector<std::pair<std::string, std::string>> args;
    friend bool operator==(const FieldError&, const FieldError&) = default;
};

struct Error {
    Errc code = Errc::internal;
    std::string key;  // sentence key, e.g. "error.code_revoked"
    std::vector<std::pair<std::string, std::string>> args;
    std::vector<FieldError> fields;
    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

// Needed by boost::system::result: value() on a failure is a bug of the caller.
[[noreturn]] inline void throw_exception_from_error(const Error& e, const boost::source_location&) {
    throw std::logic_error("unchecked error: " + e.key);
}

inline Error make_error(Errc code, std::string key,
                        std::vector<std::pair<std::string, std::string>> args = {}) {
    return Error{code, std::move(key), std::move(args), {}};
}

// Bad input at one place of the document.
inline Error invalid_field(std::string pointer, std::string key,
                           std::vector<std::pair<std::string, std::string>> args = {}) {
    return Error{
        Errc::invalid, "error.invalid_input", {}, {{std::move(pointer), std::move(key), std::move(args)}}};
}

}  // namespace mashang
