// Which route a path finds.
#include "server/http/router.hpp"

#include <catch2/catch.hpp>

using namespace mashang::http;

namespace {

RouteMatcher matcher() {
    RouteMatcher made;
    made.add(Method::get, "/");                               // 0
    made.add(Method::get, "/api/cases/{number}");             // 1
    made.add(Method::post, "/api/cases/{number}/{command}");  // 2
    made.add(Method::get, "/api/cases/{number}/decision");    // 3
    made.add(Method::get, "/api/cases/latest");               // 4
    made.add(Method::get, "/api/codes/{id}");                 // 5
    made.add(Method::get, "/api/codes/{id}.svg");             // 6
    made.add(Method::post, "/api/codes/{id}/revoke");         // 7
    made.add(Method::del, "/api/cases/{number}");             // 8
    return made;
}

}  // namespace

TEST_CASE("a path finds its route and the parameters their values") {
    const auto table = matcher();
    CHECK(table.match(Method::get, {""}).index == 0);
    const auto found = table.match(Method::post, {"api", "cases", "330106261123000017", "sign-off"});
    CHECK(found.kind == Matched::route);
    CHECK(found.index == 2);
    CHECK(found.params == Pairs{{"number", "330106261123000017"}, {"command", "sign-off"}});
}

TEST_CASE("an exact segment wins over a parameter, a suffix over none") {
    const auto table = matcher();
    CHECK(table.match(Method::get, {"api", "cases", "latest"}).index == 4);
    CHECK(table.match(Method::get, {"api", "cases", "7", "decision"}).index == 3);
    const auto image = table.match(Method::get, {"api", "codes", "a.b.svg"});
    CHECK(image.index == 6);
    CHECK(image.params == Pairs{{"id", "a.b"}});
    CHECK(table.match(Method::get, {"api", "codes", "a.png"}).params == Pairs{{"id", "a.png"}});
}

TEST_CASE("a parameter is never empty, and a trailing slash is another path") {
    const auto table = matcher();
    CHECK(table.match(Method::get, {"api", "cases", ""}).kind == Matched::not_found);
    CHECK(table.match(Method::get, {"api", "cases", "7", ""}).kind == Matched::not_found);
    CHECK(table.match(Method::get, {"api", "codes", ".svg"}).index == 5);
    CHECK(table.match(Method::get, {"api"}).kind == Matched::not_found);
}

TEST_CASE("HEAD finds GET's route; other methods hear what is allowed") {
    const auto table = matcher();
    CHECK(table.match(Method::head, {"api", "cases", "7"}).index == 1);
    const auto wrong = table.match(Method::put, {"api", "cases", "7"});
    CHECK(wrong.kind == Matched::method_not_allowed);
    CHECK(wrong.allow == "DELETE, GET, HEAD, OPTIONS");
    const auto asked = table.match(Method::options, {"api", "cases", "7"});
    CHECK(asked.kind == Matched::options);
    CHECK(asked.allow == "DELETE, GET, HEAD, OPTIONS");
}

TEST_CASE("a malformed or doubled pattern is refused at start") {
    RouteMatcher table;
    table.add(Method::get, "/a/{x}");
    CHECK_THROWS_AS(table.add(Method::get, "/a/{y}"), std::logic_error);
    CHECK_NOTHROW(table.add(Method::post, "/a/{y}"));
    CHECK_THROWS_AS(table.add(Method::get, "a"), std::logic_error);
    CHECK_THROWS_AS(table.add(Method::get, "/a/x{y}"), std::logic_error);
    CHECK_THROWS_AS(table.add(Method::get, "/a/{y"), std::logic_error);
    CHECK_THROWS_AS(table.add(Method::get, "/a/{}"), std::logic_error);
}
