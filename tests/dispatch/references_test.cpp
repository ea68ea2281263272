// What time standards name in the catalogue and is not there (T32).
#include "dispatch/references.hpp"

#include <catch2/catch.hpp>

using namespace mashang;

namespace {

std::shared_ptr<const Catalogue> catalogue() {
    Matter bicycles, water, bench;
    bicycles.code = "S33010609011";
    water.code = "B33010601001";
    bench.code = "B33010605002";
    water.conditions = {{"burst", "爆管", "burst"}};
    for (Matter* m : {&bicycles, &water, &bench}) {
        m->kind = m->code[0];
        m->name = m->code;
    }
    return Catalogue::build(1, {bicycles, water, bench}).value();
}

Standard entry(std::string matter, std::string condition = "*") {
    Standard s;
    s.matter = std::move(matter);
    s.condition = std::move(condition);
    return s;
}

std::vector<FieldError> unknown(const std::vector<Standard>& standards) {
    return unknown_in_standards(standards, *catalogue());
}

using Args = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("codes, classes, kinds and \"*\" that begin a matter of the catalogue are known [T32]") {
    CHECK(unknown({entry("*"), entry("S"), entry("B330106"), entry("S33010609"), entry("S33010609011")})
              .empty());
}

TEST_CASE("a matter that nobody can report is named at its place, with the nearest there is [T32]") {
    const auto found = unknown({entry("*"), entry("S33010609012"), entry("M"), entry("B33010601001")});
    REQUIRE(found.size() == 2);
    CHECK(found[0].pointer == "/standards/1/matter");
    CHECK(found[0].key == "error.unknown_nearest");
    CHECK(found[0].args == Args{{"value", "S33010609012"}, {"nearest", "S33010609011"}});
    CHECK(found[1].pointer == "/standards/2/matter");
    CHECK(found[1].key == "error.unknown");
    CHECK(found[1].args == Args{{"value", "M"}});
}

TEST_CASE(
    "a filing condition is known where a matter under the prefix has it, and the default always [T32]") {
    const auto found = unknown({entry("B33010601001", "burst"), entry("B", "burst"), entry("*", "burst"),
                                entry("S", "default"), entry("B33010605002", "burst"), entry("S", "burst"),
                                entry("*", "flood")});
    REQUIRE(found.size() == 3);
    CHECK(found[0].pointer == "/standards/4/condition");
    CHECK(found[0].args == Args{{"value", "burst"}});
    CHECK(found[1].pointer == "/standards/5/condition");
    CHECK(found[2].pointer == "/standards/6/condition");
    CHECK(found[2].args == Args{{"value", "flood"}});
}

TEST_CASE("of an entry whose matter is not there the condition is not judged too [T32]") {
    const auto found = unknown({entry("S99", "flood")});
    REQUIRE(found.size() == 1);
    CHECK(found[0].pointer == "/standards/0/matter");
}
