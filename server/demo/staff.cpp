#include "server/demo/staff.hpp"

#include <string_view>

#include "server/demo/tables.hpp"

namespace mashang::demo {
namespace {

constexpr std::uint64_t staff_seed = 20230630;

std::string word(std::string_view key, std::string_view community, std::string_view street,
                 std::string_view district) {
    return fill(value(Table::staff, key), {{"c", community}, {"s", street}, {"d", district}});
}

class Personnel {
  public:
    explicit Personnel(const District& district) : district_(district), dice_(staff_seed) {}

    std::vector<Staff> hire() {
        hire_district();
        for (const auto& division : district_.divisions) {
            if (division.code.size() == 9) {
                street_ = division.name;
                hire_street(division.code);
            } else if (division.code.size() == 12) {
                hire_community(division);
            }
        }
        hire_units();
        return std::move(staff_);
    }

  private:
    Staff& add(Role role, std::string login, std::string name, std::string unit, std::string scope) {
        Staff s;
        const auto id = static_cast<std::int64_t>(staff_.size()) + 1;
        s.person.party = {PersonId{id}, std::move(name), role, std::move(unit), false};
        if (!scope.empty()) s.person.scope = {std::move(scope)};
        s.person.shift = "day";
        s.login = std::move(login);
        // 139 0106 and the account's number: demo telephones, nobody is called.
        s.phone = "1390106" + std::to_string(10000 + id).substr(1);
        staff_.push_back(std::move(s));
        return staff_.back();
    }

    Staff& add_person(Role role, std::string login, std::string unit, std::string scope) {
        auto& s = add(role, std::move(login), namer_.full_name(dice_), std::move(unit), std::move(scope));
        s.person.capacity = 40;
        return s;
    }

    Staff& add_desk(Role role, std::string login, std::string name, std::string unit, std::string scope) {
        auto& s = add(role, std::move(login), std::move(name), std::move(unit), std::move(scope));
        s.person.party.desk = true;
        s.person.shift = "round_clock";
        return s;
    }

    void hire_district() {
        const auto& code = district_.code;
        const auto unit = word("district_unit", "", "", district_.name);
        add_desk(Role::district, "d" + code, word("district_desk", "", "", district_.name), unit, code);
        add_person(Role::district, "d" + code + "-1", unit, code);
        add_person(Role::district, "d" + code + "-2", unit, code).person.shift = "round_clock";
        add(Role::administrator, "a" + code, word("administrator", "", "", ""), unit, code);
        add(Role::integrator, "i" + code, word("integrator", "", "", ""), unit, code);
    }

    void hire_street(const std::string& code) {
        const auto unit = word("street_unit", "", street_, "");
        add_desk(Role::street, "s" + code, word("street_desk", "", street_, ""), unit, code);
        for (const char* number : {"-1", "-2"}) add_person(Role::street, "o" + code + number, unit, code);
        for (const char* number : {"-1", "-2"})
            add_person(Role::reviewer, "r" + code + number, word("reviewer_unit", "", street_, ""), code);
        add_person(Role::agent, "g" + code, unit, code);
    }

    void hire_community(const Division& community) {
        const auto& code = community.code;
        const auto name = word("community_desk", community.name, street_, "");
        add_desk(Role::community, "c" + code, name, word("community_desk_unit", community.name, "", ""),
                 code);
        add_person(Role::leader, "l" + code, word("leader_unit", community.name, "", ""), code);
        hire_workers(community);
    }

    void hire_workers(const Division& community) {
        std::vector<std::string> grids;
        for (const auto& grid : district_.grids)
            if (grid.code.starts_with(community.code)) grids.push_back(grid.code);
        const auto first = staff_.size();
        const auto unit = word("worker_unit", community.name, "", "");
        const bool shared = grids.size() > 2 && dice_.chance(25);  // one worker for the last two grids
        for (std::size_t g = 0; g < grids.size() - (shared ? 1 : 0); ++g) {
            auto& worker = add_person(Role::worker, "w" + grids[g], unit, grids[g]);
            worker.person.shift = shift_of(workers_);
            // A few take city matters only: what is neighbours' or welfare business goes past them.
            if (++workers_ % 40 == 7) worker.person.skills = {"S", "B"};
        }
        if (shared) staff_.back().person.scope.push_back(grids.back());
        const auto count = staff_.size() - first;
        if (count < 2) return;
        for (std::size_t g = 0; g < grids.size(); ++g) {
            if (!dice_.chance(22)) continue;
            const auto holder = std::min(g, count - 1);
            staff_[first + (holder + 1) % count].person.backup.push_back(grids[g]);
        }
    }

    // Every fourth worker keeps other hours: early and late in turn, here and there round the clock.
    static std::string shift_of(std::size_t n) {
        if (n % 4 != 3) return "day";
        if (n % 40 == 39) return "round_clock";
        return n % 8 == 3 ? "early" : "late";
    }

    void hire_units() {
        int number = 0;
        for (const auto& row : rows(Table::units)) {
            const std::string kind(row[0]);
            if (row[1] != "street") {
                hire_unit(kind, district_.code, fill(row[2], {}), ++number);
                continue;
            }
            for (const auto& street : rows(Table::streets))
                hire_unit(kind, std::string(street[0]), fill(row[2], {{"s", street[1]}}), ++number);
        }
    }

    void hire_unit(const std::string& kind, const std::string& scope, const std::string& name, int number) {
        auto& unit = add(Role::unit, "u" + district_.code + "-" + std::to_string(number), name, name, scope);
        unit.person.unit_kind = kind;
        unit.person.shift = "round_clock";
    }

    const District& district_;
    Dice dice_;
    Namer namer_;
    std::vector<Staff> staff_;
    std::string street_;
    std::size_t workers_ = 0;
};

}  // namespace

Namer::Namer()
    : surnames_(split(value(Table::names, "surname"), ' ')),
      first_(split(value(Table::names, "first"), ' ')),
      second_(split(value(Table::names, "second"), ' ')) {}

std::string Namer::full_name(Dice& dice) const {
    std::string name(dice.pick(surnames_));
    if (dice.chance(70)) name += dice.pick(first_);
    name += dice.pick(second_);
    return name;
}

std::vector<Staff> make_staff(const District& district) {
    return Personnel(district).hire();
}

}  // namespace mashang::demo
