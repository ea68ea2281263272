#include "server/move_cases_command.hpp"

#include <cstdio>

#include "server/api/codec/bodies.hpp"
#include "server/api/codec/instants.hpp"
#include "server/documents.hpp"
#include "server/held_store.hpp"
#include "server/keys.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t cases_a_transaction = 200;
constexpr std::chrono::hours after_every_case{24 * 366};  // a test clock may have run days ahead

// The moves as lines; all words come from schema/texts.
class MovesTold {
  public:
    MovesTold(const DecisionData& data, const MoveCasesOptions& options) : data_(data), options_(options) {}

    void tell(const CaseMoves& each) {
        ++cases_;
        for (const DueMoved& due : each.dues) {
            ++dues_;
            const char* key = due.breached ? "move_cases.breached"
                              : due.misses ? "move_cases.misses"
                                           : "move_cases.due";
            say(key, {{"number", format_number(data_.district, each.day, each.serial)},
                      {"stage", word("stage." + std::string(to_string(due.stage)))},
                      {"from", time(due.from)},
                      {"to", time(due.to)}});
        }
    }
    std::size_t cases() const { return cases_; }
    void sum_up(int version) const {
        say(options_.perform ? "move_cases.done" : "move_cases.shown",
            {{"cases", std::to_string(cases_)},
             {"dues", std::to_string(dues_)},
             {"version", std::to_string(version)}});
    }

  private:
    std::string word(const std::string& key) const { return schema::sentence(options_.language, key); }
    std::string time(Instant at) const {
        return format_instant(at, data_.calendars.now().offset_at(at)).substr(0, 16);
    }
    void say(const char* key, const schema::TextArgs& args) const {
        std::printf("%s\n", schema::sentence(options_.language, key, args).c_str());
    }

    const DecisionData& data_;
    const MoveCasesOptions& options_;
    std::size_t cases_ = 0, dues_ = 0;
};

Result<Extended> a_few(schema::Store& store, const Casebook& casebook, const VersionMove& move,
                       std::span<const CaseId> ids, const MoveCasesOptions& options) {
    if (options.perform)
        return write_now<Extended>(store, [&](schema::Tx& tx) -> Result<Extended> {
            return casebook.move_to_version(tx, move, ids, options.now);
        });
    return read_now<Extended>(store, [&](schema::Tx& tx) -> Result<Extended> {
        return Extended{{}, casebook.version_moves(tx, move, ids, options.now)};
    });
}

Result<bool> move_all(schema::Store& store, const Casebook& casebook, const MoveCasesOptions& options) {
    using InForce = std::shared_ptr<const DecisionData>;
    std::vector<CaseId> ids;
    auto data = read_now<InForce>(store, [&](schema::Tx& tx) -> Result<InForce> {
        const auto district = schema::first_district(tx);
        if (!district) return make_error(Errc::unavailable, "error.no_district");
        ids = schema::open_cases_accepted_before(tx, *district, options.now + after_every_case);
        return load_decision_data(tx, *district);
    });
    if (!data) return data.error();
    Party shell;
    shell.role = Role::administrator;
    const VersionMove move{options.what, **data, **data, shell};
    MovesTold told(**data, options);
    for (std::size_t from = 0; from < ids.size(); from += cases_a_transaction) {
        const auto page = std::span(ids).subspan(from, std::min(cases_a_transaction, ids.size() - from));
        auto done = a_few(store, casebook, move, page, options);
        if (!done) return done.error();
        for (const auto& each : done->moves) told.tell(each);
    }
    const bool calendar = options.what == VersionMove::What::calendar;
    const Versions now = (*data)->versions();
    const int version = calendar ? now.calendar : now.standards;
    told.sum_up(version);
    if (!options.perform || told.cases() == 0) return true;
    const auto audit = document_audit((*data)->district, "cases_moved",
                                      calendar ? DocumentKind::calendar : DocumentKind::standards, version,
                                      Author{}, std::to_string(told.cases()), options.now);
    return write_now<bool>(store, [&](schema::Tx& tx) -> Result<bool> {
        schema::insert_audit(tx, audit);
        return true;
    });
}

}  // namespace

Result<bool> move_cases_command(const MoveCasesOptions& options) {
    const Config& config = options.config;
    auto keys = load_keys(config.data / "keys.toml");
    if (!keys) return keys.error();
    const auto held = held_store(config, options.perform ? Holding::to_write : Holding::to_read);
    if (!held) return held.error();
    CaseIds ids(config.node);
    const Casebook casebook(ids, keys->personal);
    return move_all(*held->store, casebook, options);
}

}  // namespace mashang::server
