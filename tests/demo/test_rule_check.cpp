// The checker of rule sets over the whole demo district: the rules it comes with, and five hundred others.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <random>

#include "dispatch/rule_check.hpp"
#include "schema/codec/documents.hpp"
#include "schema/texts.hpp"
#include "server/demo/district.hpp"

using namespace mashang;

namespace {

struct Demo {
    demo::District district = demo::make_district();
    std::shared_ptr<const Catalogue> catalogue =
        read_catalogue(schema::default_document("catalogue")).value();
    std::shared_ptr<const Territory> territory =
        Territory::build(1, district.divisions, district.grids).value();
    std::shared_ptr<const Calendar> calendar = read_calendar(schema::default_document("calendar")).value();
    std::shared_ptr<const Roster> roster;
    CheckedWorld world;

    Demo() {
        std::vector<Person> people;
        for (const auto& s : district.staff) people.push_back(s.person);
        const auto shifts = read_shifts(schema::default_document("shifts")).value().calendars();
        for (Person& p : people) {
            if (!shifts.contains(p.shift)) p.shift.clear();
        }
        roster = Roster::build(1, std::move(people), shifts).value();
        world = {catalogue.get(), nullptr, territory.get(), roster.get(), calendar.get()};
    }
};

const Demo& the_demo() {
    static const Demo demo;
    return demo;
}

// Rules such as districts write, drawn from one seed: a few matters or a class, often with a place kind, an
// hour, weekdays, words, a street or a number of reports.
class RuleMaker {
  public:
    // Every rule has at least so many circumstances beside its matters; the more, the less it covers others.
    explicit RuleMaker(std::size_t circumstances) : circumstances_(circumstances) {}

    std::shared_ptr<const Rulebook> make(int n) {
        std::vector<Rule> rules;
        for (int i = 0; i < n; ++i) rules.push_back(rule(i));
        rules.push_back(rule(n));
        rules.back().when = {All{}};
        return Rulebook::build(1, std::move(rules)).value();
    }

  private:
    std::size_t below(std::size_t n) { return engine_() % n; }

    Condition matters() {
        const auto& all = the_demo().catalogue->matters();
        if (below(8) == 0) return {MatterIs{{all[below(all.size())].code.substr(0, 9)}}};
        MatterIs some;
        for (std::size_t k = below(4) + 1; k > 0; --k) some.prefixes.push_back(all[below(all.size())].code);
        return {some};
    }
    Condition place() {
        static const auto kinds = place_kinds_of(*the_demo().catalogue);
        return {PlaceKindIs{{kinds[below(kinds.size())], kinds[below(kinds.size())]}}};
    }
    Condition words() {
        HasWord some;
        for (std::size_t k = 2 + below(4); k > 0; --k)
            some.any.push_back("word" + std::to_string(below(600)));
        return {some};
    }
    Condition circumstance() {
        switch (below(8)) {
            case 0:
                return place();
            case 1:
                return {LocalTimeIn{static_cast<int>(below(24)) * 60, static_cast<int>(below(24)) * 60 + 30}};
            case 2:
                return {WeekdayIn{{static_cast<int>(below(7)), 6}}};
            case 3:
                return {WorkingTimeIs{below(2) == 0}};
            case 4:
                return {DivisionIs{{the_demo().district.divisions[1 + below(12)].code.substr(0, 9)}}};
            case 5:
                return {JoinedAtLeast{2 + static_cast<int>(below(6))}};
            case 6:
                return {Not{{place()}}};
            default:
                return words();
        }
    }
    Rule rule(int i) {
        Rule r;
        r.order = i;
        r.id = "rule-" + std::to_string(i);
        r.name = r.id;
        All all;
        all.of.push_back(below(10) == 0 ? Condition{Any{{matters(), words()}}} : matters());
        for (std::size_t k = circumstances_ + below(4); k > 0; --k) {
            if (below(5) == 0) {
                all.of.push_back({Any{{circumstance(), circumstance()}}});
            } else {
                all.of.push_back(circumstance());
            }
        }
        r.when = {all};
        constexpr std::array roles{Role::worker, Role::worker, Role::community, Role::street};
        r.then.owner = roles.at(below(4));
        if (below(3) == 0) r.then.priority = Priority::urgent;
        return r;
    }

    std::size_t circumstances_;
    std::mt19937 engine_{20261123};
};

}  // namespace

TEST_CASE("[T39] the rules that the demo comes with may be activated there") {
    const auto rules = read_rules(schema::default_document("rules")).value();
    const auto found = check_rules(*rules, the_demo().world);
    for (const RuleFinding& f : found) {
        CAPTURE(to_string(f.kind), rules->rules()[f.rules.at(0)].id, f.value, f.path);
        CHECK(f.severity == Severity::warning);
    }
    CHECK(may_activate(found));
}

TEST_CASE("[T39] five hundred rules over the whole district are checked in less than two seconds") {
    const auto circumstances = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{2});
    const auto rules = RuleMaker(circumstances).make(500);
    const auto begin = std::chrono::steady_clock::now();
    const auto found = check_rules(*rules, the_demo().world);
    const auto took = std::chrono::steady_clock::now() - begin;
    const auto took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    std::size_t pairs = 0, of_kind[static_cast<int>(FindingKind::undecided) + 1] = {};
    for (const RuleFinding& f : found) {
        ++of_kind[static_cast<int>(f.kind)];
        if (f.kind == FindingKind::conflicting) pairs += f.others.size();
        if (f.kind == FindingKind::undecided || !f.witness) continue;
        // Every report shows what it is said to show.
        const auto taker = static_cast<std::size_t>(rules->judge(*f.witness).rule - rules->rules().data());
        if (f.kind == FindingKind::shadowed) CHECK(taker == f.others.front());
        if (f.kind == FindingKind::conflicting || f.kind == FindingKind::default_only) {
            CHECK(taker == f.rules.front());
        }
    }
    std::printf("%zu rules, %zu grids, %zu matters: %lld ms;", rules->rules().size(),
                the_demo().territory->grids().size(), the_demo().catalogue->matters().size(),
                static_cast<long long>(took_ms));
    for (int kind = 0; kind <= static_cast<int>(FindingKind::undecided); ++kind) {
        const auto word = to_string(static_cast<FindingKind>(kind));
        if (of_kind[kind] > 0)
            std::printf(" %zu %.*s", of_kind[kind], static_cast<int>(word.size()), word.data());
    }
    std::printf(", %zu pairs in conflict\n", pairs);
    CHECK(of_kind[static_cast<int>(FindingKind::undecided)] == 0);
    // Two seconds is the promise of an optimised build; one for looking inside, or a busy machine, gets more.
#ifdef NDEBUG
    CHECK(took_ms < 2000);
#else
    CHECK(took_ms < 30000);
#endif
}

TEST_CASE("[T39] a rule that four hundred and eighty others cover only together is found in time") {
    const auto& matters = the_demo().catalogue->matters();
    const auto kinds = place_kinds_of(*the_demo().catalogue);
    constexpr std::size_t many = 40;
    std::vector<Rule> rules;
    MatterIs all;
    const auto add = [&rules](Condition when, Role owner) {
        Rule r;
        r.order = static_cast<int>(rules.size());
        r.id = "rule-" + std::to_string(r.order);
        r.name = r.id;
        r.when = std::move(when);
        r.then.owner = owner;
        rules.push_back(std::move(r));
    };
    for (std::size_t m = 0; m < many; ++m) {
        all.prefixes.push_back(matters[m].code);
        for (const std::string& kind : kinds) {
            add({All{{{MatterIs{{matters[m].code}}}, {PlaceKindIs{{kind}}}}}}, Role::worker);
        }
    }
    add({All{{{all}, {PlaceKindIs{kinds}}}}}, Role::street);
    add({All{}}, Role::worker);
    const auto rulebook = Rulebook::build(1, std::move(rules)).value();
    const auto begin = std::chrono::steady_clock::now();
    const auto found = check_rules(*rulebook, the_demo().world);
    const auto took = std::chrono::steady_clock::now() - begin;
    std::printf("%zu tiles: %lld ms\n", rulebook->rules().size() - 2,
                static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].kind == FindingKind::shadowed);
    CHECK(found[0].rules == std::vector<std::size_t>{many * kinds.size()});
    CHECK(found[0].others.size() == many * kinds.size());  // none to spare
    CHECK(found[1].severity == Severity::warning);
}
