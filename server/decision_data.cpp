#include "server/decision_data.hpp"

#include <charconv>
#include <sstream>

#include "schema/codec/documents.hpp"

namespace mashang::server {
namespace {

std::vector<std::string> split(const std::string& joined) {
    std::vector<std::string> parts;
    std::istringstream in(joined);
    for (std::string part; std::getline(in, part, ',');)
        if (!part.empty()) parts.push_back(part);
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& p : parts) text += (text.empty() ? "" : ",") + p;
    return text;
}

std::vector<Interval> leave_of(const std::string& text) {
    std::vector<Interval> leave;
    for (const auto& part : split(text)) {
        std::int64_t from = 0, to = 0;
        const auto end = part.data() + part.size();
        const auto first = std::from_chars(part.data(), end, from);
        if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') continue;
        if (std::from_chars(first.ptr + 1, end, to).ec != std::errc{}) continue;
        leave.push_back({Instant{Millis{from}}, Instant{Millis{to}}});
    }
    return leave;
}

// Every kept version of a document kind, decoded; the active one is current.
template <class T, class ReadDocument>
Result<Versioned<T>> load_versions(schema::Tx& tx, int district, const std::string& kind, ReadDocument read) {
    Versioned<T> versions;
    for (const auto& row : schema::all_documents(tx, district, kind)) {
        auto document = read(row.body, std::optional<int>(row.version));
        if (!document) return document.error();
        versions.all[row.version] = std::move(*document);
    }
    const auto active = schema::active_document(tx, district, kind);
    if (!active || !versions.all.contains(active->version))
        return make_error(Errc::unavailable, "error.no_document", {{"kind", kind}});
    versions.current = active->version;
    return versions;
}

Result<std::shared_ptr<const Roster>> load_roster(schema::Tx& tx, DecisionData& data) {
    const auto active = schema::active_document(tx, data.district, "shifts");
    if (!active) return make_error(Errc::unavailable, "error.no_document", {{"kind", "shifts"}});
    auto shifts = read_shifts(active->body, active->version);
    if (!shifts) return shifts.error();
    std::vector<Person> people;
    for (const auto& account : schema::all_accounts(tx, data.district)) {
        Person person = person_of(account);
        // A round-the-clock shift is no shift to the roster.
        const Shift* shift = shifts->find(person.shift);
        if (shift && !shift->calendar) person.shift.clear();
        data.logins.emplace(account.login, account.id);
        people.push_back(std::move(person));
    }
    return Roster::build(active->version, std::move(people), shifts->calendars());
}

}  // namespace

Person person_of(const schema::AccountRow& a) {
    Person p;
    p.party = {a.id, a.name, parse_word<Role>(a.role).value_or(Role::worker), a.unit, a.desk};
    p.scope = split(a.scope);
    p.backup = split(a.backup);
    p.skills = split(a.skills);
    p.unit_kind = a.unit_kind;
    p.capacity = a.capacity;
    p.active = a.active;
    p.shift = a.shift;
    p.leave = leave_of(a.leave);
    return p;
}

schema::AccountRow account_of(int district, const Person& p, std::string login, std::string hash) {
    schema::AccountRow a;
    a.district = district;
    a.id = p.party.id;
    a.login = std::move(login);
    a.password_hash = std::move(hash);
    a.name = p.party.name;
    a.role = std::string(to_string(p.party.role));
    a.unit = p.party.unit;
    a.unit_kind = p.unit_kind;
    a.shift = p.shift;
    a.desk = p.party.desk;
    a.active = p.active;
    a.capacity = p.capacity;
    a.scope = joined(p.scope);
    a.backup = joined(p.backup);
    a.skills = joined(p.skills);
    for (const auto& l : p.leave)
        a.leave += (a.leave.empty() ? "" : ",") + std::to_string(l.open.time_since_epoch().count()) + "-" +
                   std::to_string(l.close.time_since_epoch().count());
    return a;
}

Versions DecisionData::versions() const {
    return {rulebooks.current,  standards.current,    calendars.current,
            catalogues.current, territory->version(), roster->version()};
}

Policy DecisionData::policy(Workload workload) const {
    return policy(versions(), std::move(workload));
}

Policy DecisionData::policy(const Versions& frozen, Workload workload) const {
    return Policy{calendars.at(frozen.calendar), standards.at(frozen.standards),
                  rulebooks.at(frozen.rulebook), *roster,
                  std::move(workload),           frozen};
}

Result<std::shared_ptr<const DecisionData>> load_decision_data(schema::Tx& tx, int district) {
    auto data = std::make_shared<DecisionData>();
    data->district = district;
    data->name = schema::meta(tx, district, "name").value_or("");
    auto calendars = load_versions<Calendar>(tx, district, "calendar", read_calendar);
    if (!calendars) return calendars.error();
    auto standards = load_versions<TimeStandards>(tx, district, "standards", read_standards);
    if (!standards) return standards.error();
    auto rulebooks = load_versions<Rulebook>(tx, district, "rules", read_rules);
    if (!rulebooks) return rulebooks.error();
    auto catalogues = load_versions<Catalogue>(tx, district, "catalogue", read_catalogue);
    if (!catalogues) return catalogues.error();
    data->calendars = std::move(*calendars);
    data->standards = std::move(*standards);
    data->rulebooks = std::move(*rulebooks);
    data->catalogues = std::move(*catalogues);
    const auto map = schema::active_document(tx, district, "territory");
    if (!map) return make_error(Errc::unavailable, "error.no_document", {{"kind", "territory"}});
    auto territory = read_territory(map->body, map->version);
    if (!territory) return territory.error();
    data->territory = std::move(*territory);
    data->territory_geojson = map->body;
    auto roster = load_roster(tx, *data);
    if (!roster) return roster.error();
    data->roster = std::move(*roster);
    return std::shared_ptr<const DecisionData>(std::move(data));
}

}  // namespace mashang::server
