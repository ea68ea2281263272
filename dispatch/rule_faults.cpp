// What Rulebook::build refuses, each with its place in the document.
#include <algorithm>
#include <set>

#include "dispatch/catalogue.hpp"
#include "dispatch/rulebook.hpp"

namespace mashang {
namespace {

constexpr std::size_t rules_max = 2000;
constexpr int depth_max = 16;

class RuleFaults {
  public:
    void fault(std::string pointer, std::string key,
               std::vector<std::pair<std::string, std::string>> args = {}) {
        faults_.push_back({std::move(pointer), std::move(key), std::move(args)});
    }

    void condition(const Condition& c, const std::string& at, int depth) {
        if (depth > depth_max) return fault(at, "error.too_deep", {{"max", std::to_string(depth_max)}});
        std::visit([&](const auto& leaf) { check(leaf, at, depth); }, c.is);
    }

    std::vector<FieldError> take() { return std::move(faults_); }

  private:
    template <class List>
    void not_empty(const List& list, const std::string& at) {
        if (list.empty()) fault(at, "error.empty_list");
    }

    void operands(const std::vector<Condition>& of, const std::string& at, int depth) {
        for (std::size_t i = 0; i < of.size(); ++i) condition(of[i], at + '/' + std::to_string(i), depth + 1);
    }

    void words(const std::vector<std::string>& list, const std::string& at) {
        not_empty(list, at);
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (list[i].empty()) fault(at + '/' + std::to_string(i), "error.missing");
        }
    }

    void check(const All& c, const std::string& at, int depth) { operands(c.of, at + "/all", depth); }
    void check(const Any& c, const std::string& at, int depth) {
        not_empty(c.of, at + "/any");
        operands(c.of, at + "/any", depth);
    }
    void check(const Not& c, const std::string& at, int depth) {
        if (c.of.size() != 1) return fault(at + "/not", "error.not_takes_one");
        condition(c.of.front(), at + "/not", depth + 1);
    }
    void check(const MatterIs& c, const std::string& at, int) {
        not_empty(c.prefixes, at + "/matter");
        for (std::size_t i = 0; i < c.prefixes.size(); ++i) {
            if (is_matter_prefix(c.prefixes[i])) continue;
            fault(at + "/matter/" + std::to_string(i), "error.matter_prefix", {{"value", c.prefixes[i]}});
        }
    }
    void check(const PlaceKindIs& c, const std::string& at, int) { words(c.kinds, at + "/place_kind"); }
    void check(const DivisionIs& c, const std::string& at, int) {
        not_empty(c.prefixes, at + "/division");
        for (std::size_t i = 0; i < c.prefixes.size(); ++i) {
            const std::string& p = c.prefixes[i];
            const bool digits =
                std::all_of(p.begin(), p.end(), [](char ch) { return ch >= '0' && ch <= '9'; });
            if (!p.empty() && p.size() <= 15 && digits) continue;
            fault(at + "/division/" + std::to_string(i), "error.division_prefix", {{"value", p}});
        }
    }
    void check(const ReporterIs& c, const std::string& at, int) { not_empty(c.kinds, at + "/reporter_kind"); }
    void check(const PriorityIs& c, const std::string& at, int) { not_empty(c.priorities, at + "/priority"); }
    void check(const LocalTimeIn& c, const std::string& at, int) {
        const auto in_day = [](int minute) { return minute >= 0 && minute <= minutes_a_day; };
        if (!in_day(c.from_minute) || !in_day(c.to_minute) || c.from_minute == c.to_minute) {
            fault(at + "/local_time", "error.local_time");
        }
    }
    void check(const WeekdayIn& c, const std::string& at, int) {
        not_empty(c.days, at + "/weekday");
        for (std::size_t i = 0; i < c.days.size(); ++i) {
            if (c.days[i] >= 0 && c.days[i] <= 6) continue;
            fault(at + "/weekday/" + std::to_string(i), "error.weekday");
        }
    }
    void check(const WorkingTimeIs&, const std::string&, int) {}
    void check(const HasWord& c, const std::string& at, int) { words(c.any, at + "/words"); }
    void check(const JoinedAtLeast& c, const std::string& at, int) {
        if (c.n < 1) fault(at + "/joined_reports/min", "error.at_least", {{"min", "1"}});
    }
    void check(const DistanceAtLeast& c, const std::string& at, int) {
        if (c.metres < 0) fault(at + "/distance_m/min", "error.not_negative");
    }

    std::vector<FieldError> faults_;
};

bool always(const Rule& rule) {
    const auto* all = std::get_if<All>(&rule.when.is);
    return all != nullptr && all->of.empty();
}

// The roles that stand on the chain.
bool may_own(Role role) {
    switch (role) {
        case Role::worker:
        case Role::leader:
        case Role::community:
        case Role::street:
        case Role::district:
            return true;
        case Role::reviewer:
        case Role::unit:
        case Role::agent:
        case Role::administrator:
        case Role::integrator:
        case Role::resident:
        case Role::system:
            return false;
    }
    return false;
}

}  // namespace

std::vector<FieldError> rule_faults(const std::vector<Rule>& rules) {
    RuleFaults check;
    if (rules.size() > rules_max) {
        check.fault("/rules", "error.too_many", {{"max", std::to_string(rules_max)}});
        return check.take();
    }
    std::set<int> orders;
    std::set<std::string_view> ids;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        const std::string at = "/rules/" + std::to_string(i);
        if (!orders.insert(rule.order).second) {
            check.fault(at + "/order", "error.duplicate", {{"value", std::to_string(rule.order)}});
        }
        if (rule.id.empty()) {
            check.fault(at + "/id", "error.missing");
        } else if (!ids.insert(rule.id).second) {
            check.fault(at + "/id", "error.duplicate", {{"value", rule.id}});
        }
        check.condition(rule.when, at + "/when", 1);
        if (!may_own(rule.then.owner)) {
            check.fault(at + "/then/owner/role", "error.owner_role",
                        {{"value", std::string(to_string(rule.then.owner))}});
        }
        for (std::size_t u = 0; u < rule.then.co_handlers.size(); ++u) {
            if (!rule.then.co_handlers[u].empty()) continue;
            check.fault(at + "/then/co_handlers/" + std::to_string(u), "error.missing");
        }
    }
    const auto last = std::max_element(rules.begin(), rules.end(),
                                       [](const Rule& a, const Rule& b) { return a.order < b.order; });
    if (last == rules.end() || !always(*last)) check.fault("/rules", "error.rule_default_missing");
    return check.take();
}

}  // namespace mashang
