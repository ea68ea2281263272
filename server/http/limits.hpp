// Every limit of the transport. Each is enforced over the socket and has a test of its own.
//
// Plain values, fixed when the server starts. Zero is not "unlimited": every limit bites.
#pragma once

#include <chrono>
#include <cstddef>

namespace mashang::http {

struct Limits {
    using Time = std::chrono::milliseconds;

    std::size_t connections_max = 4096;                // one more is answered 503 and closed
    std::size_t header_bytes_max = 16 * 1024;          // request line and fields together: 414 or 431
    std::size_t header_fields_max = 100;               // 431
    std::size_t requests_per_connection_max = 10'000;  // the last answer says Connection: close
    std::size_t gzip_bytes_min = 1024;                 // smaller bodies are not worth compressing
    std::size_t gzip_bytes_max = 4 << 20;              // larger ones would hold an io thread for too long

    Time header_time{10'000};  // from the first byte of a request to the end of its header: 408
    Time idle_time{60'000};    // waiting for the first byte of the next request: closed without a word
    Time linger_time{1'000};   // after the last answer, for the client to close first and read it all

    // A body may take body_time plus one second for each body_rate_min bytes that have come, else 408. The
    // same allowance, with write_*, holds for the client's reading of an answer, else it is cut off.
    Time body_time{10'000};
    std::size_t body_rate_min = 8 * 1024;  // bytes a second
    Time write_time{20'000};
    std::size_t write_rate_min = 8 * 1024;
};

}  // namespace mashang::http
