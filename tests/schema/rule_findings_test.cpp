// What the checker of rule sets found, as people and programs are told.
#include "schema/codec/rule_findings.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using schema::Language;

const std::string document = R"({"version": 1, "rules": [
  {"order": 30, "id": "default", "name": "d", "when": "always", "then": {"owner": {"role": "worker"}}},
  {"order": 20, "id": "gate", "name": "g", "when": {"all": [{"place_kind": "gate"}, {"class": "S33010609"}]},
   "then": {"owner": {"role": "street"}}},
  {"order": 10, "id": "shops", "name": "s", "name_en": "Shops", "when": {"class": ["S33010609"]},
   "then": {"owner": {"role": "worker"}}},
  {"order": 15, "id": "odd", "name": "o",
   "when": {"all": [{"words": ["a"]}, {"weekday": "mon"}, {"not": {"weekday": ["mon", "tue"]}}]},
   "then": {"owner": {"role": "worker"}}}
]})";

std::vector<RuleFinding> found_in(const Rulebook& rules) {
    return check_rules(rules, {});
}

}  // namespace

TEST_CASE("[T39] a finding points to the rule where the document has it, not where its order puts it") {
    const auto rules = read_rules(document).value();
    const auto found = found_in(*rules);
    const auto said = told(found, *rules, document, Language::en);
    REQUIRE(said.size() == found.size());
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].severity == Severity::error) lines.push_back(said[i].pointer + ' ' + said[i].key);
    }
    CHECK(lines == std::vector<std::string>{"/rules/3 finding.unreachable", "/rules/1 finding.shadowed"});
    // A rulebook without its text is told of in its own order.
    CHECK(told(found, *rules, "", Language::en).at(0).pointer == "/rules/1");
}

TEST_CASE("[T39] a finding is a whole sentence in either language") {
    const auto rules = read_rules(document).value();
    const auto found = found_in(*rules);
    const auto said = told(found, *rules, document, Language::en);
    CHECK(schema::sentence(Language::en, said.at(0).key, said.at(0).args) ==
          "No report can match rule “o” (odd); these cannot hold together: weekday is mon, weekday is not "
          "mon|tue.");
    CHECK(schema::sentence(Language::en, said.at(1).key, said.at(1).args) ==
          "Rule “g” (gate) never comes to its turn: earlier rules take all its reports: “Shops” (shops).");
    for (const Language language : {Language::zh, Language::en}) {
        for (const FieldError& f : told(found, *rules, document, language)) {
            CHECK(schema::sentence(language, f.key, f.args).find('{') == std::string::npos);
        }
    }
}

TEST_CASE("every kind of finding has its sentences, the unknown ones also with what was meant") {
    for (int k = 0; k <= static_cast<int>(FindingKind::undecided); ++k) {
        const auto kind = static_cast<FindingKind>(k);
        const std::string key = "finding." + std::string(to_string(kind));
        for (const Language language : {Language::zh, Language::en}) {
            CAPTURE(key);
            CHECK(schema::has_sentence(language, key));
            if (key.starts_with("finding.unknown_") && kind != FindingKind::unknown_person) {
                CHECK(schema::has_sentence(language, key + "_nearest"));
            }
        }
    }
}

TEST_CASE("[T39] a witness that was printed judges as the one that was found") {
    CHECK(rc::check([] {
        Facts f;
        f.matter = *rc::gen::element<std::string>("", "S33010609011");
        f.place_kind = *rc::gen::element<std::string>("", "gate");
        f.grid_code = *rc::gen::element<std::string>("", "330106009001003");
        f.reporter = *rc::gen::element(ReporterKind::resident, ReporterKind::agent);
        f.priority = *rc::gen::element(Priority::ordinary, Priority::emergency);
        f.local_minute = *rc::gen::inRange(0, 1440);
        f.weekday = *rc::gen::inRange(0, 7);
        f.working_time = *rc::gen::arbitrary<bool>();
        f.words =
            *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>("煤气", "\"q\""));
        f.joined_reports = *rc::gen::inRange(0, 10);
        if (*rc::gen::arbitrary<bool>()) f.distance_m = *rc::gen::inRange(0, 1000);
        RC_ASSERT(read_facts(write_facts(f)).value() == f);
    }));
}

TEST_CASE("facts that cannot be are refused at their places") {
    const auto fault = [](std::string_view json) {
        const auto read = read_facts(json);
        REQUIRE(read.has_error());
        const Error refusal = read.error();
        return refusal.fields.at(0).pointer + ' ' + refusal.fields.at(0).key;
    };
    CHECK(fault(R"({"weekday": 7})") == "/weekday error.out_of_range");
    CHECK(fault(R"({"local_minute": 1440})") == "/local_minute error.out_of_range");
    CHECK(fault(R"({"distance_m": -1})") == "/distance_m error.out_of_range");
    CHECK(fault(R"({"reporter_kind": "residant"})") == "/reporter_kind error.unknown_word_nearest");
    CHECK(fault(R"({"wether": "rain"})") == "/wether error.unknown_key");
    CHECK(read_facts("{}").value() == Facts{});
}

TEST_CASE("a word that is nearly right is refused with the one that was meant") {
    const auto read = read_rules(R"({"version": 1, "rules": [{"order": 1, "id": "a", "name": "a",
      "when": {"all": [{"reporter_kind": "residnet"}, {"weekday": "tues"}, {"priority": "urgnet"}, "alway"]},
      "then": {"owner": {"role": "districts", "of": "grids"}}},
      {"order": 2, "id": "b", "name": "b", "when": "always", "then": {"owner": {"role": "worker"}}}]})");
    REQUIRE(read.has_error());
    const Error refusal = read.error();
    std::vector<std::string> meant;
    for (const FieldError& f : refusal.fields) {
        CHECK(f.key == "error.unknown_word_nearest");
        meant.push_back(f.args.at(1).second);
    }
    CHECK(meant == std::vector<std::string>{"resident", "tue", "urgent", "always", "district", "grid"});
}

}  // namespace mashang
