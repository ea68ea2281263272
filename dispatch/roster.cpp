#include "dispatch/roster.hpp"

#include <algorithm>
#include <array>

namespace mashang {
namespace {

constexpr std::size_t people_max = 200000;
constexpr std::array<std::size_t, 4> prefix_lengths{6, 9, 12, 15};

bool is_prefix(std::string_view code) {
    return std::find(prefix_lengths.begin(), prefix_lengths.end(), code.size()) != prefix_lengths.end() &&
           std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string key_of(Role role, std::string_view prefix) {
    return std::string(to_string(role)) + ':' + std::string(prefix);
}

class RosterFaults {
  public:
    void fault(std::size_t person, std::string_view member, std::string key, std::string value) {
        faults_.push_back({"/people/" + std::to_string(person) + '/' + std::string(member),
                           std::move(key),
                           {{"value", std::move(value)}}});
    }

    // Zero-padded division codes ("330106009000") mean the level that their digits say.
    void prefixes(std::vector<std::string>& list, std::size_t person, std::string_view member) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!is_prefix(list[i])) {
                fault(person, std::string(member) + '/' + std::to_string(i), "error.division_prefix",
                      list[i]);
                continue;
            }
            while (list[i].size() > 6 && list[i].size() < 15 && list[i].ends_with("000")) {
                list[i].resize(list[i].size() - 3);
            }
        }
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
    }

    std::vector<FieldError> take() { return std::move(faults_); }

  private:
    std::vector<FieldError> faults_;
};

void sort_by_id(std::vector<const Person*>& list) {
    std::sort(list.begin(), list.end(),
              [](const Person* a, const Person* b) { return a->party.id < b->party.id; });
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Result<std::shared_ptr<const Roster>> Roster::build(
    int version, std::vector<Person> people,
    std::unordered_map<std::string, std::shared_ptr<const Calendar>> shifts) {
    if (people.size() > people_max) {
        return invalid_field("/people", "error.too_many", {{"max", std::to_string(people_max)}});
    }
    auto made = std::make_shared<Roster>();
    RosterFaults check;
    for (std::size_t i = 0; i < people.size(); ++i) {
        Person& p = people[i];
        check.prefixes(p.scope, i, "scope");
        check.prefixes(p.backup, i, "backup");
        if (!made->by_id_.emplace(raw(p.party.id), i).second) {
            check.fault(i, "id", "error.duplicate", std::to_string(raw(p.party.id)));
        }
        if (!p.shift.empty() && !shifts.contains(p.shift)) check.fault(i, "shift", "error.unknown", p.shift);
        if (p.capacity < 0) check.fault(i, "capacity", "error.not_negative", std::to_string(p.capacity));
        if (!valid(p.quiet)) check.fault(i, "quiet", "error.quiet_hours", "");
        if (p.messages_an_hour < messages_an_hour_min || p.messages_an_hour > messages_an_hour_max)
            check.fault(i, "messages_an_hour", "error.out_of_range", std::to_string(p.messages_an_hour));
        for (std::size_t l = 0; l < p.leave.size(); ++l) {
            if (p.leave[l].close > p.leave[l].open) continue;
            check.fault(i, "leave/" + std::to_string(l), "error.interval_empty", "");
        }
        for (const std::string& prefix : p.scope) made->by_scope_[key_of(p.party.role, prefix)].push_back(i);
        for (const std::string& prefix : p.backup) made->by_backup_[prefix].push_back(i);
    }
    if (auto faults = check.take(); !faults.empty()) {
        return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    }
    made->version_ = version;
    made->people_ = std::move(people);
    made->shifts_ = std::move(shifts);
    return std::shared_ptr<const Roster>(std::move(made));
}

std::shared_ptr<const Roster> Roster::with(Person changed) const {
    auto copy = std::make_shared<Roster>(*this);
    const auto found = by_id_.find(raw(changed.party.id));
    if (found == by_id_.end()) return copy;
    Person& person = copy->people_[found->second];
    changed.scope = person.scope;
    changed.backup = person.backup;
    person = std::move(changed);
    return copy;
}

const Person* Roster::find(PersonId id) const {
    const auto found = by_id_.find(raw(id));
    return found == by_id_.end() ? nullptr : &people_[found->second];
}

std::vector<const Person*> Roster::posted(std::string_view grid_code, Role role) const {
    std::vector<const Person*> list;
    for (const std::size_t length : prefix_lengths) {
        if (length > grid_code.size()) break;
        const auto found = by_scope_.find(key_of(role, grid_code.substr(0, length)));
        if (found == by_scope_.end()) continue;
        for (const std::size_t i : found->second) list.push_back(&people_[i]);
    }
    sort_by_id(list);
    return list;
}

std::vector<const Person*> Roster::covering(std::string_view grid_code, Role role) const {
    auto list = posted(grid_code, role);
    std::erase_if(list, [](const Person* p) { return !p->active; });
    return list;
}

std::vector<const Person*> Roster::backups(std::string_view grid_code) const {
    std::vector<const Person*> list;
    for (const std::size_t length : prefix_lengths) {
        if (length > grid_code.size()) break;
        const auto found = by_backup_.find(std::string(grid_code.substr(0, length)));
        if (found == by_backup_.end()) continue;
        for (const std::size_t i : found->second) {
            if (people_[i].active) list.push_back(&people_[i]);
        }
    }
    sort_by_id(list);
    return list;
}

bool Roster::on_leave(const Person& p, Instant t) const {
    return std::any_of(p.leave.begin(), p.leave.end(),
                       [t](const Interval& leave) { return leave.open <= t && t < leave.close; });
}

Instant Roster::next_shift(const Person& p, Instant t) const {
    if (p.party.desk || p.shift.empty()) return t;
    const auto shift = shifts_.find(p.shift);
    if (shift == shifts_.end()) return far_future;
    const auto next = shift->second->counted(t, far_future, 1);
    return next.empty() ? far_future : next.front().open;
}

bool Roster::on_duty(const Person& p, Instant t) const {
    return p.party.desk || (!on_leave(p, t) && next_shift(p, t) == t);
}

Instant Roster::next_duty(const Person& p, Instant t) const {
    if (p.party.desk) return t;
    // Each leave can send the search on once, so this ends.
    for (std::size_t tries = 0; tries <= p.leave.size(); ++tries) {
        t = next_shift(p, t);
        if (t == far_future || !on_leave(p, t)) return t;
        for (const Interval& leave : p.leave) {
            if (leave.open <= t && t < leave.close) t = leave.close;
        }
    }
    return next_shift(p, t);
}

bool valid(const QuietHours& quiet) {
    const auto minute = [](int m) { return m >= 0 && m < minutes_a_day; };
    const int length = (quiet.to - quiet.from + minutes_a_day) % minutes_a_day;
    return minute(quiet.from) && minute(quiet.to) && length <= quiet_minutes_max;
}

bool covers(const std::vector<std::string>& prefixes, std::string_view grid_code) {
    return std::any_of(prefixes.begin(), prefixes.end(), [grid_code](const std::string& prefix) {
        return !prefix.empty() && grid_code.starts_with(prefix);
    });
}

int rung_of(Role role) {
    switch (role) {
        case Role::worker:
        case Role::unit:
        case Role::agent:
        case Role::resident:
            return 15;
        case Role::leader:
            return 14;
        case Role::reviewer:
        case Role::community:
            return 12;
        case Role::street:
            return 9;
        case Role::district:
        case Role::administrator:
        case Role::integrator:
        case Role::system:
            return 6;
    }
    return 15;
}

}  // namespace mashang
