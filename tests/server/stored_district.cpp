#include "stored_district.hpp"

#include <stdexcept>

#include "schema/codec/case_json.hpp"
#include "schema/session.hpp"
#include "tests/build/district.hpp"

namespace mashang::build {

using namespace server;

namespace {

template <class T>
Versioned<T> only(int version, std::shared_ptr<const T> document) {
    Versioned<T> v;
    v.all[version] = std::move(document);
    v.current = version;
    return v;
}

std::shared_ptr<const Catalogue> catalogue() {
    std::vector<Matter> all;
    for (const auto& code : {matter::ordinary, matter::slow, matter::quick, matter::stepped, matter::petition,
                             matter::pictured, matter::in_days, matter::whole_way}) {
        Matter m;
        m.code = code;
        m.kind = code.front();
        m.name = m.name_en = code;
        all.push_back(std::move(m));
    }
    return Catalogue::build(1, std::move(all)).value();
}

std::shared_ptr<const Territory> territory() {
    const Ring square{{120, 30}, {120.01, 30}, {120.01, 30.01}, {120, 30.01}, {120, 30}};
    return Territory::build(
               1,
               {{"330106", "district", {}}, {"330106009", "street", {}}, {"330106009001", "community", {}}},
               {{grid, "grid", square}})
        .value();
}

void insert_codes(schema::Tx& tx) {
    for (int n = 1; n <= StoredDistrict::places; ++n) {
        schema::CodeRow row;
        row.district = StoredDistrict::code;
        row.id = CodeId{n};
        row.state = "active";
        row.kind = "bicycle_stand";
        row.name = row.address = "place " + std::to_string(n);
        row.grid_code = grid;
        row.serial = std::to_string(n);
        row.lat = 30.005;
        row.lon = 120.005;
        schema::insert_code(tx, row);
    }
}

[[noreturn]] void refused(const Error& error) {
    throw std::logic_error(
        "refused: " + error.key +
        (error.fields.empty() ? "" : " " + error.fields.front().pointer + " " + error.fields.front().key));
}

}  // namespace

StoredDistrict::StoredDistrict() : data(std::make_shared<DecisionData>()), store(test::opened(folder)) {
    data->district = code;
    data->name = "a small district";
    data->calendars = only<Calendar>(4, world.calendar);
    data->standards = only<TimeStandards>(7, world.standards);
    data->rulebooks = only<Rulebook>(3, world.rulebook);
    data->catalogues = only<Catalogue>(1, catalogue());
    data->territory = territory();
    data->roster = world.roster;
    const auto done = write<bool>([](schema::Tx& tx) -> Result<bool> {
        insert_codes(tx);
        return true;
    });
    if (!done) refused(done.error());
}

void StoredDistrict::people(std::vector<Person> all) {
    world.roster = roster_of(std::move(all));
    data->roster = world.roster;
}

SubmitReport StoredDistrict::report(int place) {
    SubmitReport r;
    r.district = code;
    r.code = CodeId{place};
    r.matter = matter::ordinary;
    r.text = "what is wrong here";
    r.idem_scope = "place " + std::to_string(place);
    r.idem_key = "key-" + std::to_string(++keys_);
    r.body_hash = "hash of " + r.idem_key;
    return r;
}

Result<Changed> StoredDistrict::tried(const SubmitReport& report) {
    return write<Changed>([&](schema::Tx& tx) { return casebook.submit(tx, *data, report, world.now); });
}

Case StoredDistrict::submitted(int place) {
    auto changed = tried(report(place));
    if (!changed) refused(changed.error());
    return std::move(changed->c);
}

GiveCommand StoredDistrict::command(const Case& c, CommandKind kind, const Actor& actor,
                                    const World::Change& change) const {
    GiveCommand give;
    give.district = code;
    give.command = world.command(c, kind, actor, change);
    if (give.command.text) give.text = "what was said";
    if (give.command.advice) give.advice = "where to go";
    return give;
}

Result<Case> StoredDistrict::tried(CaseId id, const GiveCommand& give) {
    auto changes = write<std::vector<Changed>>(
        [&](schema::Tx& tx) { return casebook.commands(tx, *data, id, give, world.now); });
    if (!changes) return changes.error();
    return std::move(changes->front().c);
}

Case StoredDistrict::give(const Case& c, CommandKind kind, const Actor& actor, const World::Change& change) {
    auto after = tried(c.id, command(c, kind, actor, change));
    if (!after) refused(after.error());
    return std::move(*after);
}

Case StoredDistrict::by_owner(const Case& c, CommandKind kind, const World::Change& change) {
    return give(c, kind, world.owner(c), change);
}

std::vector<Changed> StoredDistrict::fired(std::size_t most, std::vector<CaseId>* poisoned) {
    auto changes = write<std::vector<Changed>>([&](schema::Tx& tx) -> Result<std::vector<Changed>> {
        return casebook.fire_due(tx, *data, world.now, most, poisoned);
    });
    if (!changes) refused(changes.error());
    return std::move(*changes);
}

std::vector<Changed> StoredDistrict::drained(std::size_t most) {
    auto changes = write<std::vector<Changed>>([&](schema::Tx& tx) -> Result<std::vector<Changed>> {
        return casebook.drain(tx, *data, world.now, most);
    });
    if (!changes) refused(changes.error());
    return std::move(*changes);
}

schema::CaseRow StoredDistrict::row(CaseId id) {
    return read<schema::CaseRow>([&](schema::Tx& tx) -> Result<schema::CaseRow> {
        auto found = schema::case_by_id(tx, code, id);
        if (!found) return make_error(Errc::not_found, "error.not_found");
        return std::move(*found);
    });
}

Case StoredDistrict::stored(CaseId id) {
    return schema::decode_case(row(id).state).value();
}

Case StoredDistrict::replayed(CaseId id) {
    return read<Case>([&](schema::Tx& tx) { return server::replayed(tx, code, id); });
}

schema::WorkloadRow StoredDistrict::load(PersonId id) {
    return read<schema::WorkloadRow>(
        [&](schema::Tx& tx) -> Result<schema::WorkloadRow> { return schema::workload_of(tx, code, id); });
}

std::vector<Event> StoredDistrict::journal(CaseId id) {
    return read<std::vector<Event>>([&](schema::Tx& tx) { return events_of(tx, code, id); });
}

std::vector<schema::OutboxRow> StoredDistrict::messages(PersonId id) {
    using Rows = std::vector<schema::OutboxRow>;
    return read<Rows>(
        [&](schema::Tx& tx) -> Result<Rows> { return schema::outbox_for(tx, code, id, world.now, 500); });
}

std::int64_t StoredDistrict::count(const std::string& sql) {
    schema::Session session(folder.database(), schema::Session::Use::read);
    schema::Tx tx(session);
    return schema::Query(tx, sql).value<std::int64_t>();
}

void StoredDistrict::execute(const std::string& sql) {
    schema::Session session(folder.database(), schema::Session::Use::write);
    session.execute(sql);
}

}  // namespace mashang::build
