#include "server/stamp.hpp"

#include <algorithm>
#include <map>

#include "dispatch/lifecycle.hpp"
#include "schema/chain.hpp"
#include "schema/codec/case_columns.hpp"
#include "schema/codec/case_json.hpp"
#include "schema/filling.hpp"
#include "schema/pack.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/folder_lock.hpp"
#include "server/keys.hpp"
#include "server/passwords.hpp"
#include "server/stamp_plan.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr int stamp_node = 1;  // of the ids: the demo's own are of node 0
constexpr std::int32_t stamp_serials = 500;
constexpr std::int64_t stamp_numbers = 10'000;  // of messages, leased at once
constexpr std::size_t stamp_transaction_cases = 4000;
constexpr std::size_t copies_a_place = 8;  // told one after another at the same place
constexpr std::int64_t samples_about = 200;
constexpr std::size_t codes_page = 1000;
constexpr Millis stamp_day = std::chrono::hours{24};
constexpr Millis seen_after = std::chrono::minutes{10};

std::string replaced(std::string text, const std::string& old, const std::string& fresh) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
        text.replace(at, old.size(), fresh);
    return text;
}

// Ascending, so that the photos' rows are appended; the second half is random as always.
std::string ordered_media_id(std::int64_t count) {
    constexpr std::string_view digits = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    std::string id(8, digits[0]);
    for (std::size_t i = id.size(); i-- > 0; count /= 64)
        id[i] = digits[static_cast<std::size_t>(count % 64)];
    return id + random_token(10);
}

// Roots over the heads of each day's chains. A real store has one a minute; what is sealed is the same.
class Seals {
  public:
    void add(CaseId id, const std::vector<schema::JournalRow>& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (i + 1 == rows.size() || day_of(rows[i].at) != day_of(rows[i + 1].at))
                heads_[day_of(rows[i].at)].emplace_back(id, rows[i].hash);
    }
    // Nothing is added any more to days that end before `now`.
    void seal_until(schema::Tx& tx, int district, Instant now) {
        while (!heads_.empty() && end_of(heads_.begin()->first) < now) {
            auto& [day, heads] = *heads_.begin();
            std::sort(heads.begin(), heads.end());
            seal(tx, district, end_of(day), heads);
            heads_.erase(heads_.begin());
        }
    }
    // Everything that is not sealed yet, as the sealer of a server does it.
    void seal_rest(schema::Tx& tx, int district, Instant now) {
        heads_.clear();
        seal(tx, district, now, schema::heads_between(tx, district, last_, now));
    }

  private:
    using Heads = std::vector<std::pair<CaseId, std::string>>;
    // A span of a seal ends with its last instant.
    static std::int64_t day_of(Instant t) { return (t.time_since_epoch() - Millis{1}) / stamp_day; }
    static Instant end_of(std::int64_t day) { return Instant{(day + 1) * stamp_day}; }

    void seal(schema::Tx& tx, int district, Instant at, const Heads& heads) {
        last_ = at;
        if (heads.empty()) return;
        const std::string root = schema::seal_root(root_, heads);
        schema::insert_seal(tx, district, at, root, root_, static_cast<int>(heads.size()));
        root_ = root;
    }

    std::map<std::int64_t, Heads> heads_;
    std::string root_;
    Instant last_{};
};

class Stamping {
  public:
    Stamping(const DecisionData& data, const Keys& keys, std::vector<schema::CodeRow> codes,
             std::int64_t cases, Instant at_rest_before)
        : data_(data),
          keys_(keys),
          codes_(std::move(codes)),
          posts_(*data.roster),
          sample_every_(std::max<std::int64_t>(1, cases / samples_about)),
          at_rest_before_(at_rest_before) {
        for (const auto& code : codes_) by_key_[posts_.key(code.grid_code) + code.kind].push_back(&code);
    }

    void tell(schema::Tx& tx, const Stamp& stamp) {
        if (retold_.story != stamp.story || ++told_here_ == copies_a_place) {
            retold_ = retell(*stamp.story, next_place(*stamp.story), posts_);
            told_here_ = 0;
        }
        retold_.move_to(stamp.at);
        auto& opening = *retold_.events.front().opening;
        opening.day = day_number(data_.calendars.now(), stamp.at);
        opening.serial = next_serial(tx, opening.day);
        const CaseId id = ids_.next(stamp.at);
        if (!stamp.story->open) seals_.seal_until(tx, data_.district, stamp.at);
        for (std::size_t i = 0; i < retold_.media.size(); ++i) write_photo(tx, id, i);
        texts_ = stamp.story->texts;
        for (auto& text : texts_) text.case_id = id;
        const Case c = write_journal(tx, id);
        write_reports(tx, id, stamp.at - stamp.story->at);
        if (!at_rest_) write_messages(tx, id);
        write_texts(tx);
        if ((done.closed + done.open) % sample_every_ == 0) sample(c);
        if (stamp.story->open) {
            count_load_of(c);
            ++done.open;
        } else {
            ++done.closed;
        }
    }

    void finish(schema::Tx& tx, Instant now) {
        for (const auto& [person, load] : loads_)
            schema::add_workload(tx, data_.district, PersonId{person}, load.open, load.weighted,
                                 load.last_assigned);
        seals_.seal_rest(tx, data_.district, now);
    }

    Stamped done;

  private:
    void sample(const Case& c) {
        done.samples.push_back(
            {format_number(c.district, c.day, c.serial),
             qr::make_tracking_token(keys_.tokens, c.district, raw(c.id), raw(c.reports.front().id))});
    }

    Place next_place(const Story& story) {
        const auto& here = story.place();
        const auto found = by_key_.find(posts_.key(here.grid_code) + here.kind);
        if (found == by_key_.end()) return here;
        const auto& code = *found->second[places_++ % found->second.size()];
        return {code.id, code.grid_code, code.kind, code.name, code.address, code.lat, code.lon};
    }

    std::int32_t next_serial(schema::Tx& tx, std::int32_t day) {
        if (day != serial_day_ || serial_ == serial_end_) {
            serial_day_ = day;
            serial_ = schema::lease_serials(tx, data_.district, day, stamp_serials);
            serial_end_ = serial_ + stamp_serials;
        }
        return serial_++;
    }

    void write_photo(schema::Tx& tx, CaseId id, std::size_t which) {
        retold_.rename_media(which, ordered_media_id(photos_++));
        auto& row = retold_.media[which];
        row.claimed_by = id;
        schema::insert_media(tx, row);
    }

    Case write_journal(schema::Tx& tx, CaseId id) {
        Case c;
        c.district = data_.district;
        c.id = id;
        rows_.resize(retold_.events.size());
        std::string_view prev;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Event& e = retold_.events[i];
            evolve(c, e);
            rows_[i] = schema::journal_row(c, e, prev);
            prev = rows_[i].hash;
        }
        auto next_timer = retold_.story->next_timer;
        if (next_timer) *next_timer += retold_.at - retold_.story->at;
        auto columns = schema::case_columns(c, next_timer);
        // As the server would have packed them by now.
        at_rest_ = !retold_.story->open && rows_.back().at < at_rest_before_;
        if (at_rest_) columns.state = schema::state_in_journal;
        schema::insert_case(tx, columns);
        if (at_rest_) {
            schema::append_journal(tx, {schema::pack_journal(rows_, texts_)});
        } else {
            schema::append_journal(tx, rows_);
        }
        std::vector<PersonId> units;
        for (const auto& part : c.parts) units.push_back(part.unit.id);
        if (!units.empty()) schema::set_co_handlers(tx, c.district, id, units);
        if (!retold_.story->open) seals_.add(id, rows_);
        done.events += static_cast<std::int64_t>(rows_.size());
        return c;
    }

    void write_reports(schema::Tx& tx, CaseId id, Millis later) {
        const Story& story = *retold_.story;
        for (std::size_t i = 0; i < story.reports.size(); ++i) {
            auto row = story.reports[i];
            row.case_id = id;
            row.accepted_at += later;
            row.idem_scope.clear();  // forgotten after three days
            row.idem_key.clear();
            const std::string bound = std::to_string(raw(id)) + "/" + std::to_string(raw(row.id));
            if (!story.people[i].empty())
                row.person = schema::seal_secret(keys_.personal, story.people[i], bound);
            for (std::size_t k = 0; k < story.media.size(); ++k)
                row.extra = replaced(std::move(row.extra), story.media[k].id, retold_.media[k].id);
            schema::insert_report(tx, row);
        }
    }

    void write_texts(schema::Tx& tx) {
        const auto packed = at_rest_ ? schema::pack_texts(texts_) : std::nullopt;
        if (packed) {
            schema::insert_text(tx, *packed);
        } else {
            for (const auto& text : texts_) schema::insert_text(tx, text);
        }
    }

    void write_messages(schema::Tx& tx, CaseId id) {
        for (auto& row : retold_.messages) {
            if (message_ == message_end_) {
                message_ = schema::lease_outbox_ids(tx, data_.district, stamp_numbers);
                message_end_ = message_ + stamp_numbers;
            }
            row.id = message_++;
            row.case_id = id;
            if (!retold_.story->open) row.seen_at = row.at + seen_after;
            schema::insert_outbox(tx, row);
        }
    }

    void count_load_of(const Case& c) {
        const LoadShare share = load_share(c.status, c.owner.id, c.priority);
        if (!share.who) return;
        auto& load = loads_[raw(*share.who)];
        ++load.open;
        load.weighted += share.weighted;
        load.last_assigned = std::max(load.last_assigned, c.last_at);
    }

    const DecisionData& data_;
    const Keys& keys_;
    const std::vector<schema::CodeRow> codes_;
    Posts posts_;
    std::unordered_map<std::string, std::vector<const schema::CodeRow*>> by_key_;
    const std::int64_t sample_every_;
    const Instant at_rest_before_;
    CaseIds ids_{stamp_node};
    Retold retold_;
    std::size_t told_here_ = 0, places_ = 0;
    std::int32_t serial_day_ = 0, serial_ = 0, serial_end_ = 0;
    std::int64_t photos_ = 0, message_ = 0, message_end_ = 0;
    std::vector<schema::JournalRow> rows_;
    std::vector<schema::TextRow> texts_;
    bool at_rest_ = false;
    Seals seals_;
    std::map<std::int64_t, schema::WorkloadRow> loads_;
};

// What stamping starts from, read before the store is filled.
struct Original {
    std::shared_ptr<const DecisionData> data;
    std::vector<Story> stories;
    std::vector<schema::CodeRow> codes;
};

Result<Original> read_original(schema::Tx& tx, const Keys& keys) {
    const auto district = schema::first_district(tx);
    if (!district) return make_error(Errc::unavailable, "error.no_district");
    if (!schema::meta(tx, *district, "demo") || schema::last_seal(tx, *district))
        return make_error(Errc::conflict, "error.stamp_fresh_demo");
    Original original;
    auto data = load_decision_data(tx, *district);
    if (!data) return data.error();
    original.data = *data;
    CaseIds none(0);
    auto stories = read_stories(tx, **data, Casebook(none, keys.personal));
    if (!stories) return stories.error();
    original.stories = std::move(*stories);
    const std::vector<std::string> everywhere = {std::to_string(*district)};
    while (true) {
        const CodeId after = original.codes.empty() ? CodeId{} : original.codes.back().id;
        auto page = schema::codes_after(tx, *district, after, everywhere, codes_page);
        if (page.empty()) break;
        for (auto& code : page) original.codes.push_back(std::move(code));
    }
    std::erase_if(original.codes, [](const auto& code) { return code.state != "active"; });
    return original;
}

Result<Original> original_in(const Config& config, const Keys& keys) {
    schema::StoreOptions options;
    options.url = config.store;
    auto store = schema::open_store(options);
    if (!store) return store.error();
    auto original = read_now<Original>(**store, [&](schema::Tx& tx) { return read_original(tx, keys); });
    (*store)->close();
    if (original && original->stories.empty()) return make_error(Errc::conflict, "error.stamp_fresh_demo");
    return original;
}

template <class Plan>
Result<void> fill_by(Plan plan, schema::Filling& filling, Stamping& stamping, const StampOptions& options) {
    bool more = true;
    while (more) {
        auto written = filling.write([&](schema::Tx& tx) -> Result<void> {
            for (std::size_t n = 0; n < stamp_transaction_cases; ++n) {
                const auto stamp = plan.next();
                more = stamp.has_value();
                if (!more) break;
                stamping.tell(tx, *stamp);
            }
            return {};
        });
        if (!written) return written;
        if (options.progress) options.progress(stamping.done.closed + stamping.done.open);
    }
    return {};
}

}  // namespace

Result<Stamped> stamp_cases(const Config& config, const StampOptions& options, Instant now) {
    constexpr int open_one_in = 50, days_a_week = 7;
    constexpr std::int64_t open_by_default_max = 20'000;
    auto lock = FolderLock::take(config.data);
    if (!lock) return lock.error();
    const auto keys = load_keys(config.data / "keys.toml");
    if (!keys) return keys.error();
    auto original = original_in(config, *keys);
    if (!original) return original.error();
    std::vector<const Story*> past, open;
    for (const auto& story : original->stories) (story.open ? open : past).push_back(&story);
    auto filling = schema::Filling::open(config.store);
    if (!filling) return filling.error();
    Stamping stamping(
        *original->data, *keys, std::move(original->codes), options.cases,
        config.pack_after_days == 0 ? Instant{} : now - std::chrono::days{config.pack_after_days});
    const std::int64_t some = std::min(options.cases / open_one_in, open_by_default_max);
    const std::int64_t open_cases = options.open < 0 ? some : std::min(options.open, options.cases);
    const int weeks = std::max(1, options.days / days_a_week);
    const Instant end = original->stories.front().at;
    auto done = fill_by(PastPlan(past, end, weeks, options.cases - open_cases), **filling, stamping, options);
    if (done) done = fill_by(OpenPlan(open, open_cases), **filling, stamping, options);
    if (done)
        done = (*filling)->write([&](schema::Tx& tx) -> Result<void> {
            stamping.finish(tx, now);
            return {};
        });
    if (done) done = (*filling)->finish();
    if (!done) return done.error();
    stamping.done.stories = original->stories.size();
    return stamping.done;
}

}  // namespace mashang::server
