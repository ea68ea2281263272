// The built pages: embedded into the binary, or read once from a folder while developing. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "dispatch/result.hpp"

namespace mashang::server {

struct WebFile {
    std::string_view type;  // Content-Type
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzipped;  // null where compressing gains nothing
};

class WebPages {
  public:
    // `folder` "" takes the embedded files.
    explicit WebPages(const std::filesystem::path& folder);

    // By path within the build: "resident.html", "worker/index.html", "worker/assets/…"; null when unknown.
    const WebFile* find(std::string_view path) const;
    bool empty() const { return files_.empty(); }

  private:
    void add(std::string path, std::string content);
    std::map<std::string, WebFile, std::less<>> files_;
};

}  // namespace mashang::server
