#include "server/web_pages.hpp"

#include <zlib.h>

#include <fstream>
#include <iterator>

#include "server/web_embedded.hpp"

namespace mashang::server {
namespace {

std::string_view type_of(std::string_view path) {
    const auto dot = path.rfind('.');
    const auto ending = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    if (ending == "html") return "text/html; charset=utf-8";
    if (ending == "js") return "text/javascript; charset=utf-8";
    if (ending == "css") return "text/css; charset=utf-8";
    if (ending == "svg") return "image/svg+xml";
    if (ending == "png") return "image/png";
    if (ending == "ico") return "image/x-icon";
    if (ending == "json" || ending == "webmanifest") return "application/json";
    if (ending == "woff2") return "font/woff2";
    return "application/octet-stream";
}

bool worth_compressing(std::string_view type) {
    return type.substr(0, 5) == "text/" || type == "image/svg+xml" || type == "application/json";
}

std::shared_ptr<const std::string> gzip(const std::string& content) {
    z_stream z{};
    constexpr int gzip_window = 15 + 16;
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return nullptr;
    std::string out(deflateBound(&z, static_cast<uLong>(content.size())), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    z.avail_in = static_cast<uInt>(content.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    if (done != Z_STREAM_END || out.size() >= content.size()) return nullptr;
    return std::make_shared<const std::string>(std::move(out));
}

}  // namespace

void WebPages::add(std::string path, std::string content) {
    WebFile file;
    file.type = type_of(path);
    if (worth_compressing(file.type)) file.gzipped = gzip(content);
    file.plain = std::make_shared<const std::string>(std::move(content));
    files_[std::move(path)] = std::move(file);
}

WebPages::WebPages(const std::filesystem::path& folder) {
    if (folder.empty()) {
        for (const auto& file : embedded_web_files())
            add(std::string(file.path), std::string(file.begin, file.end));
        return;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        add(std::filesystem::relative(entry.path(), folder).generic_string(),
            std::string(std::istreambuf_iterator<char>(in), {}));
    }
}

const WebFile* WebPages::find(std::string_view path) const {
    const auto it = files_.find(path);
    return it == files_.end() ? nullptr : &it->second;
}

}  // namespace mashang::server
