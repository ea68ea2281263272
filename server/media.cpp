#include "server/media.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "server/synced_files.hpp"

namespace mashang::server {
namespace {

namespace fs = std::filesystem;

constexpr int photo_quality = 82;
constexpr int thumb_quality = 76;

struct Release {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Release>;

Error not_a_picture() {
    vips_error_clear();  // libvips collects its messages until somebody does
    return make_error(Errc::unsupported, "error.not_a_picture");
}

Error picture_too_large(std::string name, std::int64_t given, std::int64_t max) {
    return make_error(
        Errc::too_large, "error.picture_too_large",
        {{"name", std::move(name)}, {"given", std::to_string(given)}, {"max", std::to_string(max)}});
}

bool start_vips() {
    static const bool started = [] {
        if (vips_init("mashang") != 0 || sodium_init() < 0) return false;
        vips_block_untrusted_set(1);  // loaders that were never hardened against strangers' files
        vips_cache_set_max(0);  // no two uploads are alike: a cache would only keep people's photos in memory
        vips_concurrency_set(1);  // the worker pool is the concurrency
        // A stranger's broken file must not write into our log.
        g_log_set_handler(
            "VIPS", GLogLevelFlags(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_MESSAGE),
            [](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
        return true;
    }();
    return started;
}

// Opens the header alone, by the loader of a format that we take; libvips decodes pixels only when they are
// asked for. A JPEG can be decoded at a half, a quarter or an eighth, which saves most of the work on a large
// one.
Image open_picture(std::string_view input, int jpeg_shrink) {
    void* data = const_cast<char*>(input.data());  // read only, the interface is older than const
    const char* loader = vips_foreign_find_load_buffer(data, input.size());
    if (!loader) return nullptr;
    VipsImage* out = nullptr;
    const std::string_view name = loader;
    if (name == "VipsForeignLoadJpegBuffer")
        vips_jpegload_buffer(data, input.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                             VIPS_FAIL_ON_ERROR, "shrink", jpeg_shrink, nullptr);
    else if (name == "VipsForeignLoadPngBuffer")
        vips_pngload_buffer(data, input.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                            VIPS_FAIL_ON_ERROR, nullptr);
    else if (name == "VipsForeignLoadWebpBuffer")
        vips_webpload_buffer(data, input.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                             VIPS_FAIL_ON_ERROR, nullptr);
    return Image(out);
}

// The profile goes with the other metadata, so the colours must be sRGB before it does (phones take Display
// P3).
Image to_srgb(Image image) {
    VipsImage* out = nullptr;
    // A broken profile is no reason to refuse the photo: its colours are then taken as they stand.
    if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 &&
        vips_icc_transform(image.get(), &out, "srgb", "embedded", TRUE, nullptr) == 0)
        image.reset(out);
    if (vips_colourspace(image.get(), &out, VIPS_INTERPRETATION_sRGB, nullptr) != 0) return nullptr;
    return Image(out);
}

Image on_white(Image image) {
    if (!vips_image_hasalpha(image.get())) return image;
    const std::array<double, 1> white{255.0};
    const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> background(
        vips_array_double_new(white.data(), 1), [](VipsArrayDouble* a) { vips_area_unref(VIPS_AREA(a)); });
    VipsImage* out = nullptr;
    if (vips_flatten(image.get(), &out, "background", background.get(), nullptr) != 0) return nullptr;
    return Image(out);
}

// Upright, in sRGB, of at most `edge_px`, in memory. Not vips_thumbnail_buffer: libvips 8.14 forgets there to
// stop at truncated files, and shifts the colours of pictures without a profile.
Image shrink(std::string_view input, std::int64_t longer_edge_px, int edge_px) {
    int jpeg_shrink = 1;
    while (jpeg_shrink < 8 && longer_edge_px / (jpeg_shrink * 2) >= edge_px) jpeg_shrink *= 2;
    auto image = open_picture(input, jpeg_shrink);
    VipsImage* out = nullptr;
    if (!image || vips_thumbnail_image(image.get(), &out, edge_px, "height", edge_px, "size", VIPS_SIZE_DOWN,
                                       nullptr) != 0)
        return nullptr;
    image = to_srgb(Image(out));
    if (image) image = on_white(std::move(image));
    // Here the pixels are decoded, once for both sizes, and here a truncated file is found out.
    return image ? Image(vips_image_copy_memory(image.get())) : nullptr;
}

std::string save_jpeg(VipsImage* image, int quality) {
    void* bytes = nullptr;
    std::size_t size = 0;
    if (vips_jpegsave_buffer(image, &bytes, &size, "Q", quality, "strip", TRUE, "optimize_coding", TRUE,
                             nullptr) != 0)
        return {};
    std::string out(static_cast<const char*>(bytes), size);
    g_free(bytes);
    return out;
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return hex.data();
}

bool is_content_id(std::string_view id) {
    return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error store_failed(int error_number) {
    return make_error(Errc::unavailable, "error.media_store",
                      {{"reason", std::generic_category().message(error_number)}});
}

Error unknown_media() {
    return make_error(Errc::not_found, "error.media_unknown");
}

// The functions below answer 0 or an errno.

int make_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0750) != 0) return errno == EEXIST ? 0 : errno;
    return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

// Under a name of its own first, so that nobody ever sees half a photo under its real name.
int place_file(const fs::path& path, std::string_view bytes) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return 0;  // renamed there only after its bytes were synced
    const auto part = path.string() + '.' + std::to_string(randombytes_random()) + ".part";
    int failed = write_synced(part, bytes);
    if (failed == 0 && ::rename(part.c_str(), path.c_str()) != 0) failed = errno;
    if (failed != 0) ::unlink(part.c_str());
    return failed;
}

struct Paths {
    fs::path outer, inner, full, thumb;
};

Paths paths_of(const fs::path& root, std::string_view id) {
    Paths paths;
    paths.outer = root / id.substr(0, 2);
    paths.inner = paths.outer / id.substr(2, 2);
    paths.full = paths.inner / (std::string(id) + ".jpg");
    paths.thumb = paths.inner / (std::string(id) + ".thumb.jpg");
    return paths;
}

}  // namespace

Result<Photo> reencode(std::string_view input, const MediaLimits& limits) {
    if (input.size() > limits.bytes_max)
        return picture_too_large("bytes", static_cast<std::int64_t>(input.size()),
                                 static_cast<std::int64_t>(limits.bytes_max));
    if (!start_vips()) return make_error(Errc::internal, "error.internal");
    if (input.empty()) return not_a_picture();

    const auto header = open_picture(input, 1);
    if (!header) return not_a_picture();
    const std::int64_t width = vips_image_get_width(header.get());
    const std::int64_t height = vips_image_get_height(header.get());
    if (width > limits.width_max_px) return picture_too_large("width", width, limits.width_max_px);
    if (height > limits.height_max_px) return picture_too_large("height", height, limits.height_max_px);
    if (width * height > limits.pixels_max)
        return picture_too_large("pixels", width * height, limits.pixels_max);

    const auto picture = shrink(input, std::max(width, height), limits.output_edge_max_px);
    if (!picture) return not_a_picture();
    VipsImage* out = nullptr;
    if (vips_thumbnail_image(picture.get(), &out, limits.thumb_edge_max_px, "height",
                             limits.thumb_edge_max_px, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
                             nullptr) != 0)
        return not_a_picture();
    const Image thumb(out);

    Photo photo;
    photo.bytes = save_jpeg(picture.get(), photo_quality);
    photo.thumb_bytes = save_jpeg(thumb.get(), thumb_quality);
    if (photo.bytes.empty() || photo.thumb_bytes.empty()) return not_a_picture();
    photo.width_px = vips_image_get_width(picture.get());
    photo.height_px = vips_image_get_height(picture.get());
    photo.sha256 = sha256_hex(photo.bytes);
    return photo;
}

Result<std::string> MediaFiles::put(const Photo& photo) const {
    if (sodium_init() < 0) return make_error(Errc::internal, "error.internal");
    auto id = sha256_hex(photo.bytes);
    const auto paths = paths_of(root_, id);
    // The thumb first: whoever finds the photo finds its thumb. The folders are synced from the inside
    // outwards even when they were there already, because another process may have made them and not yet
    // synced them.
    for (const auto& folder : {root_, paths.outer, paths.inner})
        if (const int failed = make_folder(folder)) return store_failed(failed);
    if (const int failed = place_file(paths.thumb, photo.thumb_bytes)) return store_failed(failed);
    if (const int failed = place_file(paths.full, photo.bytes)) return store_failed(failed);
    for (const auto& folder : {paths.inner, paths.outer, root_})
        if (const int failed = sync_folder(folder)) return store_failed(failed);
    return id;
}

Result<std::string> MediaFiles::get(std::string_view content_id, Size size) const {
    if (!is_content_id(content_id)) return unknown_media();
    const auto paths = paths_of(root_, content_id);
    const Fd file(::open((size == Size::thumb ? paths.thumb : paths.full).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0) return errno == ENOENT ? unknown_media() : store_failed(errno);
    struct stat facts {};
    if (::fstat(file.fd, &facts) != 0) return store_failed(errno);
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    for (std::size_t done = 0; done < bytes.size();) {
        const auto got = ::read(file.fd, bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return store_failed(got < 0 ? errno : EIO);
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

Result<bool> MediaFiles::take(const MediaFiles& from, std::string_view content_id) const {
    Photo photo;
    for (const auto size : {Size::full, Size::thumb}) {
        auto bytes = from.get(content_id, size);
        if (bytes.has_error() && bytes.error().code == Errc::not_found) return false;
        if (bytes.has_error()) return bytes.error();
        (size == Size::full ? photo.bytes : photo.thumb_bytes) = std::move(*bytes);
    }
    if (sha256_hex(photo.bytes) != content_id) return false;
    if (const auto kept = put(photo); kept.has_error()) return kept.error();
    return true;
}

Result<void> MediaFiles::remove(std::string_view content_id) const {
    if (!is_content_id(content_id)) return {};
    const auto paths = paths_of(root_, content_id);
    // The photo first, the other way round from put.
    for (const auto& path : {paths.full, paths.thumb})
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return store_failed(errno);
    const int failed = sync_folder(paths.inner);
    if (failed != 0 && failed != ENOENT) return store_failed(failed);
    return {};
}

}  // namespace mashang::server
