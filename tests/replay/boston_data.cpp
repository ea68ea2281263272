#include "tests/replay/boston_data.hpp"

#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace mashang::boston {
namespace {

std::string unzipped(const std::filesystem::path& file) {
    const gzFile in = gzopen(file.c_str(), "rb");
    if (in == nullptr) throw std::runtime_error("cannot read " + file.string());
    std::string text, chunk(1U << 16U, '\0');
    int n = 0;
    while ((n = gzread(in, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0)
        text.append(chunk, 0, static_cast<std::size_t>(n));
    gzclose(in);
    if (n < 0) throw std::runtime_error("not gzip: " + file.string());
    return text;
}

// The fields of the row that begins at `at`, which moves behind it; quoted ones may hold commas and breaks.
std::vector<std::string> next_row(const std::string& text, std::size_t& at) {
    std::vector<std::string> row(1);
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
            row.back() += text[++at];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            row.emplace_back();
        } else if (c == '\n' && !quoted) {
            ++at;
            break;
        } else if (c != '\r' || quoted) {
            row.back() += c;
        }
    }
    return row;
}

int number(const std::string& text, std::size_t at, std::size_t digits) {
    return std::stoi(text.substr(at, digits));
}

// "2015-01-16T08:30:00"; a blank is none.
std::optional<Wall> wall_time(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (text.size() != 19) throw std::runtime_error("no time: " + text);
    const std::chrono::year_month_day day{std::chrono::year{number(text, 0, 4)},
                                          std::chrono::month{static_cast<unsigned>(number(text, 5, 2))},
                                          std::chrono::day{static_cast<unsigned>(number(text, 8, 2))}};
    return std::chrono::local_days{day} + std::chrono::hours{number(text, 11, 2)} +
           std::chrono::minutes{number(text, 14, 2)} + std::chrono::seconds{number(text, 17, 2)};
}

Ring ring_of(const nlohmann::json& points) {
    Ring ring;
    for (const auto& p : points) ring.push_back({p.at(0).get<double>(), p.at(1).get<double>()});
    return ring;
}

std::vector<Ring> part_of(const nlohmann::json& rings) {
    std::vector<Ring> part;
    for (const auto& ring : rings) part.push_back(ring_of(ring));
    return part;
}

}  // namespace

std::filesystem::path data_folder() {
    const char* named = std::getenv("MASHANG_SHARED_DATA");
    const std::filesystem::path folder =
        std::filesystem::path(named != nullptr ? named : MASHANG_SHARED_DATA) / "boston";
    return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

std::vector<Request> read_requests(const std::filesystem::path& gzipped_csv) {
    const std::string text = unzipped(gzipped_csv);
    std::size_t at = 0;
    std::map<std::string, std::size_t> column;
    const auto header = next_row(text, at);
    for (std::size_t i = 0; i < header.size(); ++i) column[header[i]] = i;
    std::vector<Request> all;
    while (at < text.size()) {
        const auto row = next_row(text, at);
        if (row.size() != header.size()) throw std::runtime_error("a row of another length");
        const auto field = [&](const char* name) { return row.at(column.at(name)); };
        Request r;
        r.id = std::stoll(field("case_id"));
        r.open = wall_time(field("open_dt")).value();
        r.target = wall_time(field("target_dt"));
        r.closed = wall_time(field("closed_dt"));
        r.on_time = field("ontime") == "ONTIME";
        r.ward = field("ward");
        r.police_district = field("police_district");
        r.at = {std::stod(field("longitude")), std::stod(field("latitude"))};
        all.push_back(std::move(r));
    }
    return all;
}

std::vector<Area> read_areas(const std::filesystem::path& geojson, const std::string& label_property) {
    std::ifstream in(geojson);
    const auto document = nlohmann::json::parse(in);
    std::vector<Area> areas;
    for (const auto& feature : document.at("features")) {
        const auto& label = feature.at("properties").at(label_property);
        Area area{label.is_string() ? label.get<std::string>() : label.dump(), {}};
        const auto& geometry = feature.at("geometry");
        if (geometry.at("type") == "Polygon") {
            area.parts.push_back(part_of(geometry.at("coordinates")));
        } else {
            for (const auto& rings : geometry.at("coordinates")) area.parts.push_back(part_of(rings));
        }
        areas.push_back(std::move(area));
    }
    return areas;
}

bool ray_cast(const Area& area, Point p) {
    bool inside = false;
    for (const auto& part : area.parts)
        for (const Ring& ring : part)
            for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
                const Point &a = ring[i], &b = ring[i + 1];
                if ((a.lat > p.lat) == (b.lat > p.lat)) continue;
                const double crossing = a.lon + (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat);
                if (p.lon < crossing) inside = !inside;
            }
    return inside;
}

}  // namespace mashang::boston
