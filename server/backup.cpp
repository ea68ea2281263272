#include "server/backup.hpp"

#include <sys/stat.h>

#include "schema/copy.hpp"
#include "schema/queries.hpp"
#include "server/audit.hpp"
#include "server/media.hpp"
#include "server/synced_files.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* database_name = "mashang.db";
constexpr const char* media_name = "media";
constexpr std::size_t page_photos = 1000;

Error copy_failed(const fs::path& path, int error_number) {
    return make_error(Errc::unavailable, "error.copy_failed",
                      {{"path", path.string()}, {"reason", std::generic_category().message(error_number)}});
}

// A folder that was empty or not there, and is so again unless the work in it was finished.
class FreshFolder {
  public:
    static Result<FreshFolder> make(const fs::path& path) {
        std::error_code failed;
        const bool was_there = fs::exists(path, failed);
        if (was_there && (!fs::is_directory(path, failed) || !fs::is_empty(path, failed)))
            return make_error(Errc::conflict, "error.folder_not_empty", {{"path", path.string()}});
        if (!was_there) {
            fs::create_directories(path, failed);
            if (failed) return copy_failed(path, failed.value());
            // Reports are people's words.
            if (::chmod(path.c_str(), S_IRWXU) != 0) return copy_failed(path, errno);
        }
        return FreshFolder(path, was_there);
    }
    FreshFolder(FreshFolder&& other) noexcept
        : path_(std::exchange(other.path_, {})), was_there_(other.was_there_) {}
    FreshFolder& operator=(FreshFolder&&) = delete;
    ~FreshFolder() {
        if (path_.empty()) return;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(path_, ignored)) fs::remove_all(entry, ignored);
        if (!was_there_) fs::remove(path_, ignored);
    }

    fs::path unfinished() const { return path_ / (std::string(database_name) + ".part"); }
    // The database gets its name: from now on the folder is complete.
    Result<void> finish() {
        const auto file = path_ / database_name;
        int failed = sync_file(unfinished());
        if (failed == 0 && ::rename(unfinished().c_str(), file.c_str()) != 0) failed = errno;
        if (failed == 0) failed = sync_folder(path_);
        const auto above = fs::absolute(path_).parent_path();
        if (failed == 0 && !was_there_) failed = sync_folder(above);
        if (failed != 0) return copy_failed(file, failed);
        path_.clear();
        return {};
    }

  private:
    FreshFolder(fs::path path, bool was_there) : path_(std::move(path)), was_there_(was_there) {}
    fs::path path_;
    bool was_there_;
};

Result<void> undamaged(const fs::path& database) {
    const auto findings = schema::damage_in(database);
    if (!findings) return findings.error();
    if (findings->empty()) return {};
    return make_error(Errc::unavailable, "error.copy_damaged", {{"finding", findings->front()}});
}

// Every photo that the rows of `store` name. One that nobody claimed may have been thrown away since.
Result<std::size_t> copy_photos(schema::Store& store, int district, const fs::path& from,
                                const fs::path& to) {
    const MediaFiles source(from / media_name), target(to / media_name);
    std::size_t photos = 0;
    std::string after;
    while (true) {
        using Rows = std::vector<schema::MediaRow>;
        const auto rows = read_now<Rows>(store, [&](schema::Tx& tx) -> Result<Rows> {
            return schema::media_after(tx, district, after, page_photos);
        });
        if (!rows) return rows.error();
        for (const auto& row : *rows) {
            const auto taken = target.take(source, row.content);
            if (!taken) return taken.error();
            if (!*taken && row.claimed_by)
                return make_error(Errc::unavailable, "error.photo_lost", {{"id", row.id}});
            photos += *taken ? 1 : 0;
        }
        if (rows->size() < page_photos) return photos;
        after = rows->back().id;
    }
}

Result<Copied> counted(schema::Store& store, int district) {
    return read_now<Copied>(store, [&](schema::Tx& tx) -> Result<Copied> {
        Copied copied;
        copied.cases = static_cast<std::size_t>(schema::count_cases(tx, district, {}));
        copied.reports = static_cast<std::size_t>(schema::count_reports(tx, district));
        return copied;
    });
}

Result<void> holds_together(schema::Store& store) {
    for (const auto audit : {replay_cases, verify_chains}) {
        const auto audited = audit(store);
        if (!audited) return audited.error();
        if (audited->differ > 0)
            return make_error(Errc::unavailable, "error.copy_differs",
                              {{"n", std::to_string(audited->differ)}});
    }
    return {};
}

enum class Proof { pages, everything };

// What is left to do when the database lies in `folder`: check it, bring its photos, give it its name.
Result<Copied> complete(FreshFolder& folder, const fs::path& from, const fs::path& to, Proof proof) {
    if (const auto ok = undamaged(folder.unfinished()); !ok) return ok.error();
    schema::StoreOptions options;
    options.url = "sqlite:" + folder.unfinished().string();
    auto store = schema::open_store(options);
    if (!store) return store.error();
    const auto district = read_now<int>(**store, [](schema::Tx& tx) -> Result<int> {
        const auto first = schema::first_district(tx);
        if (!first) return make_error(Errc::unavailable, "error.no_district");
        return *first;
    });
    if (!district) return district.error();
    if (proof == Proof::everything) {
        if (const auto ok = holds_together(**store); !ok) return ok.error();
    }
    auto copied = counted(**store, *district);
    if (!copied) return copied;
    const auto photos = copy_photos(**store, *district, from, to);
    if (!photos) return photos.error();
    copied->photos = *photos;
    store->reset();  // closes: the whole database is in its one file
    if (const auto done = schema::lay_down(folder.unfinished()); !done) return done.error();
    if (const auto done = folder.finish(); !done) return done.error();
    return copied;
}

}  // namespace

Result<Copied> back_up(const Config& config, const fs::path& to) {
    const auto database = schema::database_file(config.store);
    if (!database) return database.error();
    if (!fs::exists(*database))
        return make_error(Errc::not_found, "error.no_store", {{"path", database->string()}});
    auto folder = FreshFolder::make(to);
    if (!folder) return folder.error();
    // The database first: a photo is on the disk before a row names it, so each that the snapshot names is
    // there.
    if (const auto done = schema::copy_database(*database, folder->unfinished()); !done) return done.error();
    return complete(*folder, config.data, to, Proof::pages);
}

Result<Copied> restore(const Config& config, const fs::path& from) {
    const auto database = from / database_name;
    // With a log beside it, it is not a finished copy but somebody's database in use.
    std::error_code missing;
    const auto log_bytes = fs::file_size(database.string() + "-wal", missing);
    if (!fs::exists(database) || (!missing && log_bytes > 0))
        return make_error(Errc::not_found, "error.not_a_backup", {{"path", from.string()}});
    auto folder = FreshFolder::make(config.data);
    if (!folder) return folder.error();
    if (const int failed = copy_synced(database, folder->unfinished()))
        return copy_failed(folder->unfinished(), failed);
    return complete(*folder, from, config.data, Proof::everything);
}

}  // namespace mashang::server
