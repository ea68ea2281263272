// What-if over a stored past: the demo's weeks, which the casebook wrote, judged again from the journal.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "schema/codec/documents.hpp"
#include "server/api/codec/encode_simulation.hpp"
#include "server/demo_store.hpp"
#include "server/simulate_history.hpp"
#include "server/waiting.hpp"
#include "tests/schema/store_rows.hpp"

using namespace mashang;
using namespace mashang::server;

namespace {

const Instant present{Millis{1795399200000}};  // 2026-11-23 10:00 at UTC+8
constexpr int days = 6;

// One store for all cases of this file: filling it is what takes time.
struct Filled {
    test::Folder folder;
    std::unique_ptr<schema::Store> store;
    std::shared_ptr<const DecisionData> data;
    std::size_t reports = 0;

    Filled() {
        Config config;
        config.data = std::filesystem::path(folder.database()).parent_path();
        config.store = "sqlite:" + folder.database();
        reports = fill_demo(config, present, days).value().reports;
        store = test::opened(folder);
        data = read_now<std::shared_ptr<const DecisionData>>(*store, [](schema::Tx& tx) {
                   return load_decision_data(tx, *schema::first_district(tx));
               }).value();
    }
};

Filled& filled() {
    static Filled all;
    return all;
}

WhatIf whole_past() {
    return {present - std::chrono::days(days + 2), present + Millis{1}, present, 20, {}};
}

SimulatedHistory told(const Draft& draft, const WhatIf& what = whole_past()) {
    return read_now<SimulatedHistory>(
               *filled().store,
               [&](schema::Tx& tx) { return simulate_history(tx, *filled().data, draft, what); })
        .value();
}

// Reports with this word go to the street before any other rule is looked at.
std::shared_ptr<const Rulebook> with_word(const std::string& word) {
    auto rules = filled().data->rulebooks.now().rules();
    Rule first;
    first.order = 0;
    first.id = "word";
    first.name = first.name_en = "word";
    first.when.is = HasWord{{word}};
    first.then.owner = Role::street;
    rules.push_back(first);
    return Rulebook::build(2, std::move(rules)).value();
}

}  // namespace

TEST_CASE("a stored past judged by the documents in force tells what is stored [T40][T38]") {
    const auto history = told({});
    CHECK(history.cases_read == filled().reports);
    CHECK(history.result.reports == filled().reports);
    CHECK(history.result.owner_moved == 0);
    CHECK(history.result.due_moved == 0);
    CHECK(history.result.refused == 0);
    CHECK(history.words_unknown == 0);
    for (const Breaches& b : history.result.breaches) {
        INFO(to_string(b.stage));
        CHECK(b.was == b.would);
        CHECK(b.newly == 0);
    }
    CHECK(history.result.breaches[2].was > 0);
}

TEST_CASE("words that nobody looked for then are looked for in what was said [T40][T30]") {
    const std::string word = "单车";
    const auto& rules = filled().data->rulebooks.now();
    REQUIRE(std::find(rules.words().begin(), rules.words().end(), word) == rules.words().end());
    // Counted by reading the reports, not by asking a rulebook.
    std::set<std::int64_t> said;
    read_now<bool>(*filled().store, [&](schema::Tx& tx) -> Result<bool> {
        for (const auto& [id, text] :
             schema::first_texts(tx, filled().data->district, CaseId{}, CaseId{INT64_MAX}))
            if (text.find(word) != std::string::npos) said.insert(raw(id));
        return true;
    }).value();
    REQUIRE(!said.empty());
    auto what = whole_past();
    what.samples_max = 100000;
    const auto history = told({with_word(word), nullptr, nullptr, nullptr}, what);
    std::set<std::int64_t> by_word;
    for (const Moved& m : history.result.samples)
        if (m.would.rule == "word") by_word.insert(raw(m.id));
    for (const RuleUse& use : history.result.rules)
        if (use.rule == "word") CHECK(use.would == said.size());
    for (const std::int64_t id : by_word) CHECK(said.contains(id));
    CHECK(history.words_unknown == 0);
    CHECK(!history.people.empty());
}

TEST_CASE("an erased report is judged by the words that were found then, and that is told [T40]") {
    const auto id = read_now<CaseId>(*filled().store, [](schema::Tx& tx) -> Result<CaseId> {
                        return schema::case_ids_after(tx, filled().data->district, CaseId{}, 1).front();
                    }).value();
    write_now<bool>(*filled().store, [&](schema::Tx& tx) -> Result<bool> {
        schema::erase_report(tx, filled().data->district, id, ReportId{1});
        return true;
    }).value();
    CHECK(told({with_word("自行车"), nullptr, nullptr, nullptr}).words_unknown == 1);
}

TEST_CASE("the what-if as JSON says that it is one, in both languages [T40]") {
    const auto history = told({with_word("单车"), nullptr, nullptr, nullptr});
    for (const auto language : {schema::Language::zh, schema::Language::en}) {
        const View view{*filled().data, language, present, nullptr};
        const auto json = nlohmann::json::parse(encode_simulation(history, view));
        CHECK(json.at("counterfactual") == true);
        CHECK(json.at("text") == schema::sentence(language, "simulate.counterfactual"));
        CHECK(json.at("reports") == history.result.reports);
        CHECK(json.at("moved").at("owner") == history.result.owner_moved);
        CHECK(json.at("breaches").size() == 3);
        CHECK(json.at("samples").size() == history.result.samples.size());
        CHECK(json.at("samples").front().at("would").at("owner").contains("name"));
    }
}

TEST_CASE("an empty span and one over a year are refused with their place [T40]") {
    const auto refused = [](Instant from, Instant to) {
        const auto answer = read_now<SimulatedHistory>(*filled().store, [&](schema::Tx& tx) {
            return simulate_history(tx, *filled().data, {}, {from, to, present, 20, {}});
        });
        REQUIRE(!answer);
        return answer.error().fields.at(0).pointer;
    };
    CHECK(refused(present, present) == "/to");
    CHECK(refused(present - std::chrono::days(401), present) == "/to");
}

TEST_CASE("a span with more cases than may be judged at once is refused [T40]") {
    const std::size_t all = filled().reports;
    const WhatIf what = whole_past();
    const auto asked_with = [&](std::size_t cases_max) {
        return read_now<StoredPast>(*filled().store, [&](schema::Tx& tx) {
            return read_past(tx, *filled().data, {}, what, cases_max);
        });
    };
    CHECK(asked_with(all).value().cases.size() == all);
    const auto refused = asked_with(all - 1);
    REQUIRE(!refused);
    CHECK(refused.error().fields.at(0).pointer == "/to");
    CHECK(refused.error().fields.at(0).key == "error.span_too_full");
}
