// The checker against every report of a small world, tried one by one by an oracle of its own.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "rule_world.hpp"

namespace mashang {
namespace {

using namespace rule_world;

bool begins(const std::string& text, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& p) { return text.compare(0, p.size(), p) == 0; });
}

template <class T>
bool has(const std::vector<T>& list, const T& value) {
    return std::count(list.begin(), list.end(), value) > 0;
}

// Kleene's logic as numbers, apart from the engine: -1 no, 0 unknown, 1 yes.
int says(const Condition& c, const Facts& f);

struct Oracle {
    const Facts& f;
    static int sign(bool holds) { return holds ? 1 : -1; }
    int operator()(const MatterIs& c) const {
        return f.matter.empty() ? 0 : sign(begins(f.matter, c.prefixes));
    }
    int operator()(const PlaceKindIs& c) const {
        return f.place_kind.empty() ? 0 : sign(has(c.kinds, f.place_kind));
    }
    int operator()(const DivisionIs& c) const { return sign(begins(f.grid_code, c.prefixes)); }
    int operator()(const ReporterIs& c) const { return sign(has(c.kinds, f.reporter)); }
    int operator()(const PriorityIs& c) const { return sign(has(c.priorities, f.priority)); }
    int operator()(const LocalTimeIn& c) const {
        const int since = (f.local_minute - c.from_minute + 1440) % 1440;
        return sign(since < (c.to_minute - c.from_minute + 1440) % 1440);
    }
    int operator()(const WeekdayIn& c) const { return sign(has(c.days, f.weekday)); }
    int operator()(const WorkingTimeIs& c) const { return sign(c.working == f.working_time); }
    int operator()(const HasWord& c) const {
        int best = -1;
        for (const std::string& word : f.words) best = std::max(best, sign(has(c.any, word)));
        return best;
    }
    int operator()(const JoinedAtLeast& c) const { return sign(f.joined_reports >= c.n); }
    int operator()(const DistanceAtLeast& c) const {
        return f.distance_m ? sign(f.distance_m.value() >= c.metres) : 0;
    }
    int operator()(const All& c) const {
        int least = 1;
        for (const Condition& part : c.of) least = std::min(least, says(part, f));
        return least;
    }
    int operator()(const Any& c) const {
        int most = -1;
        for (const Condition& part : c.of) most = std::max(most, says(part, f));
        return most;
    }
    int operator()(const Not& c) const { return -says(c.of.front(), f); }
};

int says(const Condition& c, const Facts& f) {
    return std::visit(Oracle{f}, c.is);
}

// What a drawn rulebook speaks of: the matter and up to three more facts, so that every report can be tried.
constexpr int dimensions = 10;

template <class T>
std::vector<T> some(const std::vector<T>& of) {
    const int picked = *rc::gen::inRange(1, 1 << of.size());
    std::vector<T> list;
    for (std::size_t i = 0; i < of.size(); ++i) {
        if ((picked >> i & 1) != 0) list.push_back(of[i]);
    }
    return list;
}

Condition draw_leaf(int dimension) {
    switch (dimension) {
        case 1:
            return is(PlaceKindIs{some<std::string>({"gate", "park"})});
        case 2:
            return is(DivisionIs{some<std::string>({"330106", "330106009", north_grid, south_grid})});
        case 3:
            return is(ReporterIs{some<ReporterKind>({ReporterKind::resident, ReporterKind::agent})});
        case 4:
            return is(PriorityIs{some<Priority>({Priority::urgent, Priority::emergency})});
        case 5: {
            const auto hours = *rc::gen::element(std::pair{22, 6}, std::pair{6, 22}, std::pair{8, 24},
                                                 std::pair{0, 8}, std::pair{24, 6});
            return is(LocalTimeIn{hours.first * 60, hours.second * 60});
        }
        case 6:
            return is(WeekdayIn{some<int>({0, 1, 2, 3, 4, 5, 6})});
        case 7:
            return is(WorkingTimeIs{*rc::gen::arbitrary<bool>()});
        case 8:
            return is(HasWord{some<std::string>({"gas", "smell", "leak"})});
        case 9:
            return is(JoinedAtLeast{*rc::gen::inRange(1, 4)});
        case 10:
            return is(DistanceAtLeast{*rc::gen::element(0, 100, 300)});
        default:
            return is(MatterIs{some<std::string>({"S", "S330106", bicycles, rubbish, "B"})});
    }
}

Condition draw(const std::vector<int>& spoken_of, int depth) {
    const int pick = *rc::gen::inRange(0, depth > 0 ? 7 : 3);
    if (pick < 3) return draw_leaf(*rc::gen::elementOf(spoken_of));
    if (pick == 3) return is(Not{{draw(spoken_of, depth - 1)}});
    std::vector<Condition> of;
    const int n = *rc::gen::inRange(1, 4);
    for (int i = 0; i < n; ++i) of.push_back(draw(spoken_of, depth - 1));
    if (pick < 6) return is(All{of});
    return is(Any{of});
}

// Each report once for every value of the fact.
template <class List, class Put>
void spread(std::vector<Facts>& reports, const List& values, Put put) {
    std::vector<Facts> all;
    for (const Facts& f : reports) {
        for (const auto& value : values) put(all.emplace_back(f), value);
    }
    reports = std::move(all);
}

void spread(std::vector<Facts>& reports, int dimension) {
    using Texts = std::vector<std::string>;
    using Numbers = std::vector<int>;
    switch (dimension) {
        case 1:
            return spread(reports, Texts{"gate", "park", ""}, [](Facts& f, auto v) { f.place_kind = v; });
        case 2:
            return spread(reports, Texts{north_grid, other_north_grid, south_grid},
                          [](Facts& f, auto v) { f.grid_code = v; });
        case 3:
            return spread(reports, Numbers{0, 1, 2, 3},
                          [](Facts& f, int v) { f.reporter = static_cast<ReporterKind>(v); });
        case 4:
            return spread(reports, Numbers{0, 1, 2},
                          [](Facts& f, int v) { f.priority = static_cast<Priority>(v); });
        case 5:
            return spread(reports, Numbers{0, 359, 360, 479, 480, 1319, 1320, 1439},
                          [](Facts& f, int v) { f.local_minute = v; });
        case 6:
            return spread(reports, Numbers{0, 1, 2, 3, 4, 5, 6}, [](Facts& f, int v) { f.weekday = v; });
        case 7:
            return spread(reports, Numbers{0, 1}, [](Facts& f, int v) { f.working_time = v == 1; });
        case 8:
            return spread(reports, Numbers{0, 1, 2, 3, 4, 5, 6, 7}, [](Facts& f, int v) {
                if (v & 1) f.words.emplace_back("gas");
                if (v & 2) f.words.emplace_back("smell");
                if (v & 4) f.words.emplace_back("leak");
            });
        case 9:
            return spread(reports, Numbers{0, 1, 2, 3}, [](Facts& f, int v) { f.joined_reports = v; });
        case 10:
            return spread(reports, Numbers{-1, 0, 99, 100, 299, 300}, [](Facts& f, int v) {
                if (v >= 0) f.distance_m = v;
            });
        default:
            return spread(reports, Texts{bicycles, rubbish, cover, ""},
                          [](Facts& f, auto v) { f.matter = v; });
    }
}

struct Drawn {
    std::shared_ptr<const Rulebook> rules;
    std::vector<Facts> reports;            // every one that the rules can tell apart
    std::vector<std::vector<bool>> match;  // rule, report
    const Calendar* calendar = nullptr;    // half of them know that nobody works at night
};

Drawn draw_world() {
    std::set<int> spoken_of{0};
    for (int i = 0; i < 3; ++i) spoken_of.insert(*rc::gen::inRange(1, dimensions + 1));
    const bool works_by_day = *rc::gen::arbitrary<bool>();
    if (works_by_day) spoken_of.insert({5, 7});
    std::vector<Rule> rules;
    const int n = *rc::gen::inRange(1, 7);
    for (int i = 0; i < n; ++i) {
        rules.push_back(rule("r" + std::to_string(i), draw({spoken_of.begin(), spoken_of.end()}, 2),
                             *rc::gen::element(Role::worker, Role::street),
                             *rc::gen::element<std::optional<Priority>>(std::nullopt, Priority::urgent)));
    }
    Drawn d{book(std::move(rules)), {Facts{}}, {}, works_by_day ? calendar().get() : nullptr};
    d.reports.front().grid_code = north_grid;
    for (const int dimension : spoken_of) spread(d.reports, dimension);
    if (works_by_day) {
        std::erase_if(d.reports, [](const Facts& f) {
            return f.working_time && (f.local_minute < 6 * 60 || f.local_minute >= 22 * 60);
        });
    }
    for (const Rule& r : d.rules->rules()) {
        auto& row = d.match.emplace_back();
        for (const Facts& f : d.reports) row.push_back(says(r.when, f) == 1);
    }
    return d;
}

std::size_t first_match(const Drawn& d, std::size_t report) {
    std::size_t i = 0;
    while (!d.match[i][report]) ++i;
    return i;
}

bool differ(const Action& a, const Action& b) {
    return a.owner != b.owner || a.priority != b.priority;
}

// Pairs with a report that the first takes and the second matches too, each also matching one that the other
// does not.
std::set<std::pair<std::size_t, std::size_t>> conflicts(const Drawn& d) {
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    const std::size_t last = d.match.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        for (std::size_t j = i + 1; j < last; ++j) {
            bool both = false, only_i = false, only_j = false;
            for (std::size_t r = 0; r < d.reports.size(); ++r) {
                only_i = only_i || (d.match[i][r] && !d.match[j][r]);
                only_j = only_j || (!d.match[i][r] && d.match[j][r]);
                both = both || (d.match[j][r] && first_match(d, r) == i);
            }
            if (both && only_i && only_j && differ(d.rules->rules()[i].then, d.rules->rules()[j].then)) {
                pairs.emplace(i, j);
            }
        }
    }
    return pairs;
}

std::size_t taken_by(const Drawn& d, const RuleFinding& f) {
    RC_ASSERT(f.witness.has_value());
    return static_cast<std::size_t>(d.rules->judge(*f.witness).rule - d.rules->rules().data());
}

bool matches(const Drawn& d, std::size_t rule, const RuleFinding& f) {
    return says(d.rules->rules()[rule].when, *f.witness) == 1;
}

std::set<std::size_t> rules_of(const std::vector<RuleFinding>& found, FindingKind kind) {
    std::set<std::size_t> rules;
    for (const RuleFinding& f : of_kind(found, kind)) rules.insert(f.rules.front());
    return rules;
}

}  // namespace

TEST_CASE("[T39] what is called unreachable or shadowed is so for every report, and nothing else is") {
    CHECK(rc::check([] {
        const Drawn d = draw_world();
        std::set<std::size_t> never, unreachable;
        for (std::size_t i = 0; i + 1 < d.match.size(); ++i) {
            bool any = false, first = false;
            for (std::size_t r = 0; r < d.reports.size(); ++r) {
                any = any || d.match[i][r];
                first = first || first_match(d, r) == i;
            }
            if (!any) {
                unreachable.insert(i);
            } else if (!first) {
                never.insert(i);
            }
        }
        RC_CLASSIFY(!unreachable.empty(), "an unreachable rule");
        RC_CLASSIFY(!never.empty(), "a shadowed rule");
        const auto found = check(*d.rules, d.calendar);
        RC_ASSERT(rules_of(found, FindingKind::unreachable) == unreachable);
        RC_ASSERT(rules_of(found, FindingKind::shadowed) == never);
        RC_ASSERT(may_activate(found) == (unreachable.empty() && never.empty()));
        for (const RuleFinding& f : of_kind(found, FindingKind::shadowed)) {
            RC_ASSERT(taken_by(d, f) == f.others.front());
            RC_ASSERT(matches(d, f.rules.front(), f));
            // Together the named ones take all its reports.
            for (std::size_t r = 0; r < d.reports.size(); ++r) {
                RC_ASSERT(!d.match[f.rules.front()][r] ||
                          std::any_of(f.others.begin(), f.others.end(),
                                      [&](std::size_t k) { return d.match[k][r]; }));
            }
        }
    }));
}

TEST_CASE("[T39] the matters said to reach only the default are those with such a report") {
    CHECK(rc::check([] {
        const Drawn d = draw_world();
        std::multiset<std::string> expected, told;
        for (std::size_t r = 0; r < d.reports.size(); ++r) {
            const std::string& matter = d.reports[r].matter;
            if (first_match(d, r) + 1 == d.match.size() && !expected.contains(matter))
                expected.insert(matter);
        }
        for (const RuleFinding& f : of_kind(check(*d.rules, d.calendar), FindingKind::default_only)) {
            RC_ASSERT(taken_by(d, f) + 1 == d.match.size());
            RC_ASSERT(f.witness->matter == f.matters.front());
            told.insert(f.matters.begin(), f.matters.end());
        }
        RC_ASSERT(told == expected);
    }));
}

TEST_CASE("[T39] the conflicts told of are just those that some report shows") {
    CHECK(rc::check([] {
        const Drawn d = draw_world();
        std::set<std::pair<std::size_t, std::size_t>> told;
        for (const RuleFinding& f : of_kind(check(*d.rules, d.calendar), FindingKind::conflicting)) {
            RC_ASSERT(taken_by(d, f) == f.rules.front());
            RC_ASSERT(matches(d, f.others.front(), f));
            for (const std::size_t j : f.others) told.emplace(f.rules.front(), j);
        }
        RC_CLASSIFY(!told.empty(), "a conflict");
        RC_ASSERT(told == conflicts(d));
    }));
}

TEST_CASE(
    "[T39] the leaves shown of a contradiction contradict each other, and without any one they do not") {
    CHECK(rc::check([] {
        const Drawn d = draw_world();
        for (const RuleFinding& f : of_kind(check(*d.rules, d.calendar), FindingKind::unreachable)) {
            RC_ASSERT(!f.leaves.empty());
            RC_ASSERT(!f.witness.has_value());
            // A flat conjunction can be tried by hand; deeper ones are shown the same way.
            const auto* all = std::get_if<All>(&d.rules->rules()[f.rules.front()].when.is);
            if (all == nullptr) continue;
            const bool flat = std::all_of(all->of.begin(), all->of.end(), [](const Condition& c) {
                return !std::holds_alternative<All>(c.is) && !std::holds_alternative<Any>(c.is) &&
                       !std::holds_alternative<Not>(c.is);
            });
            if (!flat) continue;
            const auto some_report = [&](std::size_t left_out) {
                return std::any_of(d.reports.begin(), d.reports.end(), [&](const Facts& report) {
                    for (std::size_t l = 0; l < f.leaves.size(); ++l) {
                        const int at = f.leaves[l].path.at(std::string("/when/all/").size()) - '0';
                        if (l != left_out && says(all->of[static_cast<std::size_t>(at)], report) != 1) {
                            return false;
                        }
                    }
                    return true;
                });
            };
            RC_ASSERT(!some_report(f.leaves.size()));
            for (std::size_t l = 0; l < f.leaves.size(); ++l) RC_ASSERT(some_report(l));
        }
    }));
}

}  // namespace mashang
