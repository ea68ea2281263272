#include "dispatch/catalogue.hpp"

#include <catch2/catch.hpp>

namespace mashang {
namespace {

Matter matter(std::string code, std::vector<std::string> keywords = {},
              std::vector<std::string> places = {}) {
    Matter m;
    m.kind = code.empty() ? '?' : code[0];
    m.name = "name of " + code;
    m.code = std::move(code);
    m.keywords = std::move(keywords);
    m.place_kinds = std::move(places);
    return m;
}

std::shared_ptr<const Catalogue> small() {
    return Catalogue::build(2, {matter("S33010609011", {"共享单车", "单车"}, {"gate", "bicycle_stand"}),
                                matter("S33010609010", {"非机动车", "电动车", "乱停"}, {"bicycle_stand"}),
                                matter("S33010609009", {"机动车", "乱停"}, {"road_section"}),
                                matter("S33010606042", {"垃圾满溢", "垃圾"}, {"*"}),
                                matter("B33010601001", {"street lamp"}, {"lamp_post"})})
        .value();
}

std::string fault_of(std::vector<Matter> matters) {
    auto built = Catalogue::build(1, std::move(matters));
    REQUIRE(built.has_error());
    return built.error().fields.at(0).pointer;
}

}  // namespace

TEST_CASE("a matter is found by its kind and number, and by nothing else") {
    const auto c = small();
    CHECK(c->find("S33010609011")->name == "name of S33010609011");
    CHECK(c->find("B33010609011") == nullptr);
    CHECK(c->find("33010609011") == nullptr);
    CHECK(c->find("") == nullptr);
}

TEST_CASE("likely matters are those that name the place first, then those for anywhere") {
    const auto c = small();
    const auto codes = [&](std::string_view kind, std::size_t n) {
        std::vector<std::string> list;
        for (const Matter* m : c->likely(kind, n)) list.push_back(m->code.substr(7));
        return list;
    };
    CHECK(codes("bicycle_stand", 6) == std::vector<std::string>{"09010", "09011", "06042"});
    CHECK(codes("bicycle_stand", 1) == std::vector<std::string>{"09010"});
    CHECK(codes("river", 6) == std::vector<std::string>{"06042"});
}

TEST_CASE("a matter is guessed from the longest and most words, and not guessed from a tie") {
    const auto c = small();
    // 共享单车 is four characters, 乱停 two for each of two others: 400 / (4 + 2 + 1).
    CHECK(c->guess("求是路口共享单车乱停") == Guess{"S33010609011", 57});
    CHECK(c->guess("单车倒了") == Guess{"S33010609011", 66});  // 200 / 3
    // The 机动车 inside 非机动车 does not count for motor cars: 400 / 5.
    CHECK(c->guess("非机动车太多") == Guess{"S33010609010", 80});
    CHECK(c->guess("垃圾垃圾垃圾") == Guess{"S33010606042", 66});  // once, however often
    CHECK_FALSE(c->guess("乱停").has_value());                     // two matters share the word
    CHECK_FALSE(c->guess("你好").has_value());
    CHECK_FALSE(c->guess("").has_value());
    CHECK(c->guess("A broken STREET LAMP.")->code == "B33010601001");
    CHECK_FALSE(c->guess("street lamppost").has_value());
}

TEST_CASE("a catalogue is refused at the very place that is wrong") {
    CHECK(fault_of({}) == "/matters");
    CHECK(fault_of({matter("33010609011")}) == "/matters/0/code");
    CHECK(fault_of({matter("S3301060901")}) == "/matters/0/code");
    CHECK(fault_of({matter("S33010609011"), matter("S33010609011")}) == "/matters/1/code");
    auto m = matter("S33010609011");
    m.kind = 'B';
    CHECK(fault_of({m}) == "/matters/0/kind");
    m = matter("S33010609011");
    m.conditions = {{"mend", "", ""}, {"mend", "", ""}};
    CHECK(fault_of({m}) == "/matters/0/conditions/1/id");
    m.conditions.clear();
    m.questions = {{"q", "", "", {{"a", "", ""}, {"a", "", ""}}}};
    CHECK(fault_of({m}) == "/matters/0/questions/0/options/1/id");
}

TEST_CASE("codes and prefixes of matters") {
    CHECK(is_matter_code("M33010600001"));
    CHECK_FALSE(is_matter_code("X33010600001"));
    CHECK_FALSE(is_matter_code("S330106000012"));
    CHECK(is_matter_prefix("S"));
    CHECK(is_matter_prefix("S33010609"));
    CHECK_FALSE(is_matter_prefix(""));
    CHECK_FALSE(is_matter_prefix("S33x"));
}

}  // namespace mashang
