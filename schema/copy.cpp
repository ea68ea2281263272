#include "schema/copy.hpp"

#include <spdlog/spdlog.h>

#include "schema/session.hpp"

namespace mashang::schema {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

Error fault_told(const StoreFault& fault) {
    spdlog::error("store: {}", fault.what());
    return make_error(Errc::unavailable, "error.store_failed", {{"why", fault.what()}});
}

Error no_store(const std::filesystem::path& file) {
    return make_error(Errc::not_found, "error.no_store", {{"path", file.string()}});
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char ch : text) out.append(ch == '\'' ? 2 : 1, ch);
    return out + "'";
}

}  // namespace

Result<std::filesystem::path> database_file(const std::string& url) {
    if (!url.starts_with(sqlite_scheme) || url.size() == sqlite_scheme.size() ||
        url.find('"') != std::string::npos)
        return make_error(Errc::invalid, "error.store_url", {{"url", url}});
    return std::filesystem::path(url.substr(sqlite_scheme.size()));
}

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (!std::filesystem::exists(from)) return no_store(from);
    try {
        Session session(from.string(), Session::Use::copy);
        session.execute("vacuum into " + quoted(to.string()));
        return {};
    } catch (const StoreFault& fault) {
        return fault_told(fault);
    }
}

Result<void> lay_down(const std::filesystem::path& file) {
    try {
        // With a write-ahead log even a reader makes files beside the database.
        Session(file.string(), Session::Use::copy).execute("pragma journal_mode = delete");
        return {};
    } catch (const StoreFault& fault) {
        return fault_told(fault);
    }
}

Result<std::vector<std::string>> damage_in(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return no_store(file);
    try {
        Session session(file.string(), Session::Use::copy);
        Tx tx(session);
        std::vector<std::string> findings;
        for (auto& [line] : Query(tx, "pragma integrity_check(10)").all<std::tuple<std::string>>())
            if (line != "ok") findings.push_back(std::move(line));
        return findings;
    } catch (const StoreFault& fault) {
        // Too broken to be read at all.
        return std::vector<std::string>{fault.what()};
    }
}

}  // namespace mashang::schema
