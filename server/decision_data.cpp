#include "server/decision_data.hpp"

#include <charconv>
#include <sstream>

#include "dispatch/horizon.hpp"
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

// The documents of a district, a candidate standing in for the one in force.
class Documents {
  public:
    Documents(schema::Tx& tx, int district, const Candidate* candidate)
        : tx_(tx), district_(district), candidate_(candidate) {}

    bool is_candidate(std::string_view kind) const { return candidate_ && candidate_->kind == kind; }

    Result<schema::DocumentRow> in_force(const std::string& kind) const {
        if (is_candidate(kind)) {
            schema::DocumentRow row;
            row.kind = kind;
            row.version = candidate_->version;
            row.body = candidate_->body;
            return row;
        }
        auto row = schema::active_document(tx_, district_, kind);
        if (!row) return make_error(Errc::unavailable, "error.no_document", {{"kind", kind}});
        return *row;
    }

    // Every version that was ever in force, and the one that is.
    template <class T, class ReadDocument>
    Result<void> load(const std::string& kind, ReadDocument read, Versioned<T>& versions) const {
        auto current = in_force(kind);
        if (!current) return current.error();
        auto rows = schema::all_documents(tx_, district_, kind);
        std::erase_if(rows, [&](const schema::DocumentRow& row) {
            return !row.activated_at || row.version == current->version;
        });
        versions.current = current->version;
        rows.push_back(std::move(*current));
        for (const auto& row : rows) {
            auto document = read(row.body, std::optional<int>(row.version));
            if (!document) return document.error();
            versions.all[row.version] = std::move(*document);
        }
        return {};
    }

    Result<std::shared_ptr<const Roster>> roster(DecisionData& data) const {
        auto document = in_force("shifts");
        if (!document) return document.error();
        auto shifts = read_shifts(document->body, document->version);
        if (!shifts) return shifts.error();
        std::vector<Person> people;
        Error missing = make_error(Errc::invalid, "error.invalid_input");
        for (const auto& account : schema::all_accounts(tx_, district_)) {
            Person person = person_of(account);
            const Shift* shift = shifts->find(person.shift);
            if (!shift && !person.shift.empty() && is_candidate("shifts"))
                missing.fields.push_back(
                    {"/shifts", "error.shift_in_use", {{"name", account.name}, {"shift", account.shift}}});
            // A round-the-clock shift is no shift to the roster.
            if (shift && !shift->calendar) person.shift.clear();
            data.logins.emplace(account.login, account.id);
            people.push_back(std::move(person));
        }
        if (!missing.fields.empty()) return missing;
        return Roster::build(document->version, std::move(people), shifts->calendars());
    }

  private:
    schema::Tx& tx_;
    int district_;
    const Candidate* candidate_;
};

void count_by_newer_years(DecisionData& data) {
    for (const auto& [version, calendar] : data.calendars.all) {
        auto newer = with_newer_years(*calendar, data.calendars.now());
        data.counting[version] = newer ? std::move(newer) : calendar;
    }
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
    p.quiet = {a.quiet_from, a.quiet_to};
    if (a.messages_an_hour > 0) p.messages_an_hour = a.messages_an_hour;
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
    a.quiet_from = p.quiet.from;
    a.quiet_to = p.quiet.to;
    a.messages_an_hour = p.messages_an_hour;
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
    return Policy{calendar_for(frozen),          standards.at(frozen.standards),
                  rulebooks.at(frozen.rulebook), *roster,
                  std::move(workload),           frozen};
}

Result<std::shared_ptr<const DecisionData>> load_decision_data(schema::Tx& tx, int district,
                                                               const Candidate* candidate) {
    auto data = std::make_shared<DecisionData>();
    data->district = district;
    data->name = schema::meta(tx, district, "name").value_or("");
    const Documents documents(tx, district, candidate);
    auto read = documents.load("calendar", read_calendar, data->calendars);
    if (read) read = documents.load("standards", read_standards, data->standards);
    if (read) read = documents.load("rules", read_rules, data->rulebooks);
    if (read) read = documents.load("catalogue", read_catalogue, data->catalogues);
    if (!read) return read.error();
    count_by_newer_years(*data);
    auto map = documents.in_force("territory");
    if (!map) return map.error();
    auto territory = read_territory(map->body, map->version);
    if (!territory) return territory.error();
    data->territory = std::move(*territory);
    data->territory_geojson = std::move(map->body);
    auto roster = documents.roster(*data);
    if (!roster) return roster.error();
    data->roster = std::move(*roster);
    return std::shared_ptr<const DecisionData>(std::move(data));
}

}  // namespace mashang::server
