// Photos: whatever a phone sends becomes a plain JPEG of bounded size, and is kept in a folder under its own
// hash.
//
// Hides libvips and the layout of the folder. Called by the API's upload and download, by the demo, by
// clean-up. Any thread, several at once; every call here blocks (decoding takes up to some hundred
// milliseconds, storing waits for the disk), so callers run it on the worker pool, never on an io thread.
// Errors: Errc::unsupported "error.not_a_picture" (no JPEG, PNG or WebP, or a broken one), Errc::too_large
// "error.picture_too_large" with args name (bytes, width, height, pixels), given, max; Errc::not_found
// "error.media_unknown"; Errc::unavailable "error.media_store" when the disk refuses, with arg reason for the
// log. Units: bytes, pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::server {

// Decoding holds at most about 4 bytes a pixel (pictures that cannot be read from top to bottom: interlaced
// PNG, progressive JPEG, WebP), so pixels_max times the workers bounds the memory.
struct MediaLimits {
    std::size_t bytes_max = 12 * 1024 * 1024;
    int width_max_px = 12'000;
    int height_max_px = 12'000;
    std::int64_t pixels_max = 50'000'000;
    int output_edge_max_px = 2048;
    int thumb_edge_max_px = 480;
};

struct Photo {
    std::string
        bytes;  // JPEG in sRGB, upright, without any metadata: no EXIF, no position, no thumbnail within
    std::string thumb_bytes;  // the same, smaller
    int width_px = 0;
    int height_px = 0;
    std::string sha256;  // of `bytes`, 64 lower-case hex digits
};

// What the picture is and how large is read from its header, and refused there before a pixel is decoded.
// Larger pictures are shrunk, never enlarged; of an animation the first frame is taken; transparency becomes
// white.
Result<Photo> reencode(std::string_view input, const MediaLimits& limits = {});

// A folder of photos by content: root/ab/cd/abcd….jpg and .thumb.jpg. The same photo twice is one file, so
// whoever removes one must first know that nobody else names it. Several processes may share the folder.
class MediaFiles {
  public:
    enum class Size { full, thumb };

    explicit MediaFiles(std::filesystem::path root) : root_(std::move(root)) {}

    // Returns the content id once file and folders are on the disk: what it acknowledges survives a power
    // cut. Putting the same photo again is the same id and costs only the sync. A crash in between leaves at
    // most a file ending in .part, which nothing reads.
    Result<std::string> put(const Photo& photo) const;

    // An id that is not 64 lower-case hex digits is unknown like any other; it never touches the disk.
    Result<std::string> get(std::string_view content_id, Size size = Size::full) const;

    // The same photo out of another folder; false when it is not there, or is no longer the one it was.
    Result<bool> take(const MediaFiles& from, std::string_view content_id) const;

    // Removing what is not there succeeds.
    Result<void> remove(std::string_view content_id) const;

  private:
    std::filesystem::path root_;
};

}  // namespace mashang::server
