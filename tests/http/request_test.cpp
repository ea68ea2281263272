// What a handler can ask a request.
#include "server/http/request.hpp"

#include <catch2/catch.hpp>

#include "server/http/response.hpp"

using namespace mashang::http;

TEST_CASE("headers are found whatever their case") {
    Request request;
    request.headers = {{"idempotency-key", "k1"}};
    CHECK(request.header("Idempotency-Key") == "k1");
    CHECK(request.header("IDEMPOTENCY-KEY") == "k1");
    CHECK_FALSE(request.header("idempotency"));
}

TEST_CASE("a cookie is found by its whole name") {
    Request request;
    request.headers = {{"cookie", "xmashang_session=no; mashang_session=a=b ;c;d="}};
    CHECK(request.cookie("mashang_session") == "a=b");
    CHECK(request.cookie("d") == "");
    CHECK_FALSE(request.cookie("c"));
    CHECK_FALSE(request.cookie("session"));
}

TEST_CASE("the first of a query's values counts, and an absent one is no empty one") {
    Request request;
    request.query = {{"a", "1"}, {"a", "2"}, {"b", ""}};
    request.params = {{"number", "17"}};
    CHECK(request.query_value("a") == "1");
    CHECK(request.query_value("b") == "");
    CHECK_FALSE(request.query_value("c"));
    CHECK(request.param("number") == "17");
    CHECK(request.param("other").empty());
}

TEST_CASE("every method's name is read back as itself") {
    for (const auto* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        const auto method = parse_method(name);
        REQUIRE(method);
        CHECK(to_string(*method) == name);
    }
    CHECK_FALSE(parse_method("get"));
    CHECK_FALSE(parse_method("TRACE"));
}

TEST_CASE("setting a header replaces it, adding keeps both") {
    Response response;
    response.set("Cache-Control", "no-store").set("cache-control", "private");
    response.add("Set-Cookie", "a=1").add("Set-Cookie", "b=2");
    CHECK(response.headers.size() == 3);
    CHECK(response.header("CACHE-CONTROL") == "private");
}
