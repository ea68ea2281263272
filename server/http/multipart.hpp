// multipart/form-data (RFC 7578) taken apart, for the upload of a photo from a form.
//
// Pure, any thread. The parts are views into the body, which must outlive them. Errors: unsupported
// "error.not_multipart" for another content type; invalid "error.multipart_malformed" or
// "error.multipart_too_many" (args: max).
#pragma once

#include <optional>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::http {

struct Part {
    std::string name;
    std::optional<std::string> filename;  // as the client said: never a path to open
    std::string content_type;             // "text/plain" where the part says nothing
    std::string_view body;
};

struct MultipartBounds {
    std::size_t parts_max = 16;
    std::size_t part_header_bytes_max = 4096;
};

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body,
                                          const MultipartBounds& bounds = {});

}  // namespace mashang::http
