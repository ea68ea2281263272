#include "dispatch/time_standard.hpp"

#include <catch2/catch.hpp>

namespace mashang {
namespace {

Standard standard(std::string id, std::string matter, std::string condition = "*",
                  std::optional<Priority> priority = {}) {
    Standard s;
    s.id = std::move(id);
    s.matter = std::move(matter);
    s.condition = std::move(condition);
    s.priority = priority;
    s.sign_off = {Unit::working_minutes, 30};
    s.response = {Unit::working_hours, 2};
    s.review = {Unit::working_days, 1};
    s.closure = {{"", {Unit::working_hours, 8}}};
    return s;
}

std::string fault_of(std::vector<Standard> entries) {
    auto built = TimeStandards::build(1, std::move(entries));
    REQUIRE(built.has_error());
    return built.error().fields.at(0).pointer;
}

}  // namespace

TEST_CASE("the most specific standard wins: matter, then condition, then priority") {
    const auto standards =
        TimeStandards::build(3, {standard("any", "*"), standard("any urgent", "*", "*", Priority::urgent),
                                 standard("kind", "S"), standard("class", "S33010609"),
                                 standard("class mend", "S33010609", "mend"),
                                 standard("class urgent", "S33010609", "*", Priority::urgent),
                                 standard("exact", "S33010609011"), standard("any mend", "*", "mend")})
            .value();
    const auto id = [&](std::string_view matter, std::string_view condition, Priority priority) {
        return standards->find(matter, condition, priority).id;
    };
    using enum Priority;
    CHECK(id("S33010609011", "default", ordinary) == "exact");
    CHECK(id("S33010609011", "mend", urgent) == "exact");  // the matter before everything else
    CHECK(id("S33010609010", "default", ordinary) == "class");
    CHECK(id("S33010609010", "mend", ordinary) == "class mend");
    CHECK(id("S33010609010", "mend", urgent) == "class mend");  // the condition before the priority
    CHECK(id("S33010609010", "default", urgent) == "class urgent");
    CHECK(id("S33010606010", "default", urgent) == "kind");
    CHECK(id("B33010601001", "default", urgent) == "any urgent");
    CHECK(id("B33010601001", "mend", emergency) == "any mend");
    CHECK(id("", "", emergency) == "any");  // total, even where nothing is known
    CHECK(standards->version() == 3);
}

TEST_CASE("standards are refused at the very place that is wrong") {
    CHECK(fault_of({}) == "/standards");
    CHECK(fault_of({standard("a", "S")}) == "/standards");
    CHECK(fault_of({standard("a", "*", "*", Priority::urgent)}) == "/standards");
    CHECK(fault_of({standard("a", "*"), standard("b", "*")}) == "/standards/1");
    CHECK(fault_of({standard("a", "*"), standard("b", "09")}) == "/standards/1/matter");
    auto s = standard("a", "*");
    s.closure.clear();
    CHECK(fault_of({s}) == "/standards/0/closure");
    s = standard("a", "*");
    s.review.amount = 0;
    CHECK(fault_of({s}) == "/standards/0/review");
    s = standard("a", "*");
    s.warn_percent[0] = 80;
    CHECK(fault_of({s}) == "/standards/0/warn_percent");
    s = standard("a", "*");
    s.closure = {{"fence", {Unit::emergency_hours, 3}}, {"fence", {Unit::emergency_hours, 8}}};
    CHECK(fault_of({s}) == "/standards/0/steps/1/id");
}

}  // namespace mashang
