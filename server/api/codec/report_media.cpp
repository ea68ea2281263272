#include "server/api/codec/report_media.hpp"

#include <nlohmann/json.hpp>

namespace mashang::server {

std::vector<std::string> media_of_report(const std::string& extra) {
    std::vector<std::string> ids;
    if (extra.empty()) return ids;
    const auto json = nlohmann::json::parse(extra, nullptr, false);
    if (!json.is_object() || !json.contains("media") || !json["media"].is_array()) return ids;
    for (const auto& id : json["media"])
        if (id.is_string()) ids.push_back(id.get<std::string>());
    return ids;
}

}  // namespace mashang::server
