// The folder of photos, on a real disk.
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "server/media.hpp"
#include "tests/media/pictures.hpp"

namespace mashang::server {
namespace {

namespace fs = std::filesystem;

const Error unknown = make_error(Errc::not_found, "error.media_unknown");

struct TempFolder {
    fs::path path;
    TempFolder() {
        auto name = (fs::temp_directory_path() / "mashang_media_XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~TempFolder() { fs::remove_all(path); }

    std::vector<std::string> files() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.is_regular_file()) out.push_back(fs::relative(entry.path(), path).string());
        std::sort(out.begin(), out.end());
        return out;
    }
};

Photo photo_of(Colour colour = lake_blue) {
    return reencode(plain_picture(Format::jpeg, 600, 500, colour)).value();
}

TEST_CASE("a photo that was put is got back under the hash of its bytes") {
    const TempFolder folder;
    const MediaFiles files(folder.path / "media");
    const auto photo = photo_of();
    const auto id = files.put(photo).value();
    CHECK(id == photo.sha256);
    CHECK(files.get(id).value() == photo.bytes);
    CHECK(files.get(id, MediaFiles::Size::thumb).value() == photo.thumb_bytes);
    const auto place = "media/" + id.substr(0, 2) + "/" + id.substr(2, 2) + "/" + id;
    CHECK(folder.files() == std::vector<std::string>{place + ".jpg", place + ".thumb.jpg"});
    CHECK(MediaFiles(folder.path / "media").get(id).value() == photo.bytes);  // nothing lives in memory
}

TEST_CASE("the same photo twice is one file, another photo another") {
    const TempFolder folder;
    const MediaFiles files(folder.path);
    const auto first = files.put(photo_of()).value();
    CHECK(files.put(photo_of()).value() == first);
    CHECK(folder.files().size() == 2u);
    CHECK(files.put(photo_of({1, 2, 3})).value() != first);
    CHECK(folder.files().size() == 4u);
}

TEST_CASE("eight threads putting the same photo leave one whole file") {
    const TempFolder folder;
    const MediaFiles files(folder.path / "media");
    const auto photo = photo_of();
    std::vector<std::string> ids(8);
    {
        std::vector<std::jthread> threads;
        for (auto& id : ids) threads.emplace_back([&files, &photo, &id] { id = files.put(photo).value(); });
    }
    for (const auto& id : ids) CHECK(id == photo.sha256);
    CHECK(folder.files().size() == 2u);
    CHECK(files.get(photo.sha256).value() == photo.bytes);
}

TEST_CASE("a removed photo is unknown, and removing it again succeeds") {
    const TempFolder folder;
    const MediaFiles files(folder.path);
    const auto id = files.put(photo_of()).value();
    CHECK(files.remove(id).has_value());
    CHECK(files.get(id).error() == unknown);
    CHECK(files.get(id, MediaFiles::Size::thumb).error() == unknown);
    CHECK(files.remove(id).has_value());
    CHECK(files.remove(std::string(64, 'a')).has_value());
    CHECK(folder.files().empty());
    CHECK(files.put(photo_of()).value() == id);
    CHECK(files.get(id).has_value());
}

TEST_CASE("an id that is no hash is unknown and leads nowhere") {
    const TempFolder folder;
    fs::create_directories(folder.path / "media" / "ab" / "cd");
    const auto secret = folder.path / "secret.jpg";
    std::ofstream(secret) << "secret";
    const MediaFiles files(folder.path / "media");
    const std::string hash(64, 'a');
    for (const auto& id :
         {std::string(), std::string("../secret"), "../../" + std::string(58, 'a'), hash.substr(1),
          hash + "a", std::string(64, 'A'), std::string(64, '.'), "a/" + hash.substr(2),
          hash.substr(1) + std::string(1, '\0'), std::string(64, 'g'), hash}) {
        CHECK(files.get(id).error() == unknown);
        CHECK(files.remove(id).has_value());
    }
    CHECK(fs::exists(secret));
}

TEST_CASE("a folder that cannot be written says so") {
    const TempFolder folder;
    const auto photo = photo_of();
    const auto refused = [&](const fs::path& root) {
        const auto put = MediaFiles(root).put(photo);
        return put.has_error() && put.error().code == Errc::unavailable &&
               put.error().key == "error.media_store";
    };
    std::ofstream(folder.path / "file") << "a file where the folder should be";
    CHECK(refused(folder.path / "file"));
    CHECK(refused(folder.path / "file" / "media"));
    CHECK(refused(folder.path / "not" / "there"));
    std::ofstream(folder.path / photo.sha256.substr(0, 2)) << "a file where the fan-out should be";
    CHECK(refused(folder.path));
    if (geteuid() != 0) {  // root may write anywhere
        fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
        CHECK(refused(folder.path));
        fs::permissions(folder.path, fs::perms::owner_all);
    }
}

TEST_CASE("a disk that is full in the middle of a photo leaves nothing, and the next attempt succeeds") {
    const TempFolder folder;
    const MediaFiles files(folder.path);
    const auto photo = photo_of();
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{100, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    const auto put = files.put(photo);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, old_handler);

    REQUIRE(put.has_error());
    CHECK(put.error().code == Errc::unavailable);
    CHECK(folder.files().empty());
    CHECK(files.get(photo.sha256).error() == unknown);
    CHECK(files.put(photo).value() == photo.sha256);
    CHECK(files.get(photo.sha256).value() == photo.bytes);
}

TEST_CASE("what a crash left half-written is never read") {
    const TempFolder folder;
    const MediaFiles files(folder.path);
    const auto photo = photo_of();
    const auto inner = folder.path / photo.sha256.substr(0, 2) / photo.sha256.substr(2, 2);
    fs::create_directories(inner);
    std::ofstream(inner / (photo.sha256 + ".jpg.12345.part")) << photo.bytes.substr(0, 50);
    CHECK(files.get(photo.sha256).error() == unknown);
    CHECK(files.put(photo).value() == photo.sha256);
    CHECK(files.get(photo.sha256).value() == photo.bytes);
}

}  // namespace
}  // namespace mashang::server
