#include "server/demo_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <vips/vips8>

#include "schema/texts.hpp"
#include "server/demo/district.hpp"
#include "server/demo_login_list.hpp"
#include "server/demo_past.hpp"
#include "server/keys.hpp"
#include "server/media.hpp"
#include "server/passwords.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr int district_code = 330106;

// A flat picture with a few words on it: enough to see where photos stand on the pages, and that it is a
// demo.
Result<schema::MediaRow> draw(MediaFiles& files, const std::string& words, double hue) {
    try {
        constexpr int width = 960, height = 720;
        const auto ramp = vips::VImage::xyz(width, height).extract_band(1).linear(60.0 / height, 0);
        const std::vector<double> base = {120 + hue, 150 - hue / 2, 140 + hue / 3};
        auto picture = ramp.bandjoin(ramp).bandjoin(ramp).linear({1, 1, 1}, base).cast(VIPS_FORMAT_UCHAR);
        const auto text = vips::VImage::text(
            words.c_str(), vips::VImage::option()->set("dpi", 260)->set("font", "Noto Sans CJK SC"));
        const auto mask = text.embed((width - text.width()) / 2, height / 2, width, height);
        picture = mask.ifthenelse(std::vector<double>{255, 255, 255}, picture,
                                  vips::VImage::option()->set("blend", true));
        void* bytes = nullptr;
        std::size_t length = 0;
        picture.copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB))
            .write_to_buffer(".jpg", &bytes, &length);
        const std::string jpeg(static_cast<const char*>(bytes), length);
        g_free(bytes);
        auto photo = reencode(jpeg);
        if (!photo) return photo.error();
        auto content = files.put(*photo);
        if (!content) return content.error();
        schema::MediaRow row;
        row.district = district_code;
        row.content = *content;
        row.width = photo->width_px;
        row.height = photo->height_px;
        row.bytes = static_cast<std::int64_t>(photo->bytes.size());
        return row;
    } catch (const vips::VError& e) {
        return make_error(Errc::unavailable, "error.media_store", {{"reason", e.what()}});
    }
}

Result<DemoPhotos> draw_photos(MediaFiles& files) {
    DemoPhotos photos;
    const auto label = [](const char* key) { return schema::sentence(schema::Language::zh, key); };
    for (int i = 0; i < 4; ++i) {
        auto before = draw(files, label("demo.photo_before"), 20.0 * i);
        if (!before) return before.error();
        photos.before.push_back(*before);
        auto after = draw(files, label("demo.photo_after"), -20.0 * i);
        if (!after) return after.error();
        photos.after.push_back(*after);
    }
    return photos;
}

schema::CodeRow code_row(const demo::SiteCode& code, int key_version, Instant issued) {
    schema::CodeRow row;
    row.district = district_code;
    row.id = code.place.code;
    row.key_version = key_version;
    row.state = "active";
    row.kind = code.place.kind;
    row.name = code.place.name;
    row.address = code.place.address;
    row.grid_code = code.place.grid_code;
    row.serial = code.serial;
    row.lat = code.place.lat;
    row.lon = code.place.lon;
    row.issued_at = issued;
    return row;
}

Result<bool> write_district(schema::Tx& tx, const demo::District& district, const std::string& hash,
                            int key_version, Instant first, Instant now) {
    if (schema::first_district(tx)) return make_error(Errc::conflict, "error.not_empty");
    schema::set_meta(tx, district_code, "name", district.name);
    schema::set_meta(tx, district_code, "demo", "made up but for the divisions' names and codes");
    for (const char* kind : {"catalogue", "standards", "rules", "calendar", "shifts"})
        schema::insert_document(
            tx,
            {district_code, kind, 1, std::string(schema::default_document(kind)), first, first, {}, "", ""});
    schema::insert_document(
        tx, {district_code, "territory", 1, demo::territory_geojson(district), first, first, {}, "", ""});
    for (const auto& s : district.staff)
        schema::insert_account(tx, account_of(district_code, s.person, s.login, hash));
    for (const auto& code : district.codes) schema::insert_code(tx, code_row(code, key_version, first));
    std::int64_t notice = 0;
    for (const auto& n : district.notices)
        schema::insert_notice(tx, {district_code, ++notice, n.scope, n.title_zh, n.title_en, n.body_zh,
                                   n.body_en, now - std::chrono::days(n.days_ago)});
    return true;
}

Result<void> write_file(const std::filesystem::path& file, const std::string& text) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return make_error(Errc::unavailable, "error.unavailable");
    const bool good = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(fd);
    if (!good) return make_error(Errc::unavailable, "error.unavailable");
    return {};
}

}  // namespace

Result<DemoFilled> fill_demo(const Config& config, Instant now, int days) {
    if (VIPS_INIT("mashang") != 0) return make_error(Errc::unavailable, "error.media_store");
    std::filesystem::create_directories(config.data);
    auto keys = make_keys(config.data / "keys.toml");
    if (!keys) return keys.error();
    schema::StoreOptions options;
    options.url = config.store;
    options.node = config.node;
    auto store = schema::open_store(options);
    if (!store) return store.error();
    const demo::District district = demo::make_district();
    const Instant first = now - std::chrono::days(std::max(days, 1));
    // One hash for all: a thousand of them would take minutes, and everybody's password is told anyway.
    auto hash = Passwords(PasswordCost{2, 19 * 1024 * 1024}).hash(demo_password);
    if (!hash) return hash.error();
    const int key_version = keys->tokens.current_version();
    auto written = write_now<bool>(**store, [&](schema::Tx& tx) {
        return write_district(tx, district, *hash, key_version, first, now);
    });
    if (!written) return written.error();
    using Data = std::shared_ptr<const DecisionData>;
    auto data = read_now<Data>(**store, [](schema::Tx& tx) { return load_decision_data(tx, district_code); });
    if (!data) return data.error();

    DemoFilled filled{0, 0, district.codes.size(), district.staff.size()};
    if (days > 0) {
        MediaFiles files(config.data / "media");
        auto photos = draw_photos(files);
        if (!photos) return photos.error();
        const auto& calendar = (*data)->calendars.now();
        CaseIds ids((*store)->node());
        const Casebook casebook(ids, keys->personal);
        DemoPast past(district, demo::make_history(district, calendar.day_of(first), calendar.day_of(now)),
                      std::move(*photos));
        auto played = past.play(**store, casebook, **data, now);
        if (!played) return played.error();
        filled.reports = played->reports;
        filled.events = played->events;
    }
    if (auto kept = write_file(config.data / "demo.json", demo_login_list(config, *keys, district)); !kept)
        return kept.error();
    (*store)->close();
    return filled;
}

}  // namespace mashang::server
