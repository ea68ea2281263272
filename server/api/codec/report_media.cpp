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

std::vector<std::string> own_media(const CaseFile& file, ReportId report) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < file.reports.size(); ++i)
        if (file.shown_as[i] == report) ids = media_of_report(file.reports[i].extra);
    for (const auto& e : file.events)
        if (e.type == EventType::supplemented && e.report == report)
            ids.insert(ids.end(), e.media.begin(), e.media.end());
    return ids;
}

}  // namespace mashang::server
