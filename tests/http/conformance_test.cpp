// HTTP/1.1 as RFC 9110 and 9112 want it, each rule by hand over a real socket.
#include <catch2/catch.hpp>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using test::get;
using test::LiveServer;
using test::PlainClient;
using test::post;

namespace {

LiveServer& server() {
    static LiveServer live;
    return live;
}

// One connection, one request, its status; an error of the transport must be a problem document and a
// good-bye.
int status_of(std::string_view bytes) {
    PlainClient client{server().port()};
    const auto answer = client.ask(bytes);
    if (answer.status >= 400 && answer.status != 404 && answer.status != 405) {
        CHECK(answer.field("content-type") == "application/problem+json");
        CHECK(answer.field("connection") == "close");
        CHECK(answer.body.find("\"status\":" + std::to_string(answer.status)) != std::string::npos);
        CHECK(client.ended());
    }
    return answer.status;
}

}  // namespace

TEST_CASE("a plain request is answered with its length and the date") {
    PlainClient client{server().port()};
    const auto answer = client.ask(get("/hello?name=%E6%B9%96+x"));
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello 湖 x");
    CHECK(answer.field("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(answer.field("x-content-type-options") == "nosniff");
    CHECK(answer.head.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("HTTP/1.1 needs exactly one well-formed Host") {
    CHECK(status_of("GET /hello HTTP/1.1\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: user@a\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a:port\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost:\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n") == 200);
    CHECK(status_of("GET /hello HTTP/1.1\r\nhOST: a:8080\r\n\r\n") == 200);
    CHECK(status_of("GET /hello HTTP/1.0\r\n\r\n") == 200);
}

TEST_CASE("obsolete line folding is refused") {
    CHECK(status_of(get("/hello", "X-Long: a\r\n b\r\n")) == 400);
    CHECK(status_of(get("/hello", "X-Long: a\r\n\tb\r\n")) == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\n Host: a\r\n\r\n") == 400);
}

TEST_CASE("bare line feeds, control characters and invalid names are refused") {
    CHECK(status_of("GET /hello HTTP/1.1\nHost: a\n\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a\n\r\n") == 400);
    CHECK(status_of("GET /hello HTTP/1.1\r\nHost: a\rX: b\r\n\r\n") == 400);
    CHECK(status_of(get("/hello", "X Name: a\r\n")) == 400);
    CHECK(status_of(get("/hello", "X-Name : a\r\n")) == 400);
    CHECK(status_of(get("/hello", "X-(Name): a\r\n")) == 400);
    CHECK(status_of(get("/hello", ": a\r\n")) == 400);
    CHECK(status_of(get("/hello", "no colon\r\n")) == 400);
    CHECK(status_of(get("/hello", std::string_view{"X: a\0b\r\n", 8})) == 400);
    CHECK(status_of(get("/hello",
                        "X: a\x01"
                        "b\r\n")) == 400);
}

TEST_CASE("a malformed request line is refused") {
    CHECK(status_of("GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /hello\r\n\r\n") == 400);
    CHECK(status_of("/hello HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /hello http/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("G(T /hello HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of(std::string_view{"\x16\x03\x01\x02\x00\x01\x00\x01", 8}) == 400);
}

TEST_CASE("another version of HTTP, its preface included, is answered 505") {
    CHECK(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
    CHECK(status_of("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
    CHECK(status_of("GET /hello HTTP/0.9\r\nHost: a\r\n\r\n") == 505);
    CHECK(status_of("GET /hello HTTP/1.2\r\nHost: a\r\n\r\n") == 505);
}

TEST_CASE("a method that nobody knows is answered 501") {
    CHECK(status_of("BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
    CHECK(status_of("TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
    CHECK(status_of("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
    CHECK(status_of("get /hello HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
}

TEST_CASE("one framing only: length or chunked, never both, twice or unclear") {
    const std::string chunks = "3\r\nabc\r\n0\r\n\r\n";
    const auto framed = [](std::string_view version, std::string_view lines, std::string_view body) {
        return "POST /echo HTTP/" + std::string{version} + "\r\nHost: a\r\n" + std::string{lines} + "\r\n" +
               std::string{body};
    };
    CHECK(status_of(framed("1.1", "Transfer-Encoding: chunked\r\n", chunks)) == 200);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: Chunked\r\n", chunks)) == 200);
    CHECK(status_of(framed("1.0", "Transfer-Encoding: chunked\r\n", chunks)) == 400);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunks)) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", chunks)) == 400);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: chunked, gzip\r\n", chunks)) == 400);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: chunked, chunked\r\n", chunks)) == 400);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: gzip\r\n", "")) == 501);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: gzip, chunked\r\n", chunks)) == 501);
    CHECK(status_of(framed("1.1", "Transfer-Encoding: xchunked\r\n", chunks)) == 501);
    CHECK(status_of(framed("1.1", "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: 3, 3\r\n", "abc")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: -1\r\n", "abc")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: +3\r\n", "abc")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: 0x3\r\n", "abc")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length: 99999999999999999999\r\n", "abc")) == 400);
    CHECK(status_of(framed("1.1", "Content-Length:\r\n", "abc")) == 400);
}

TEST_CASE("a broken chunk is refused") {
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(status_of(head + "zz\r\nabc\r\n0\r\n\r\n") == 400);
    CHECK(status_of(head + "3\r\nabcX\r\n0\r\n\r\n") == 400);
    CHECK(status_of(head + "3\nabc\r\n0\r\n\r\n") == 400);
    CHECK(status_of(head + "-3\r\nabc\r\n0\r\n\r\n") == 400);
    CHECK(status_of(head + "fffffffffffffffff\r\nabc\r\n0\r\n\r\n") == 400);
}

TEST_CASE("a chunked body arrives whole, its extensions and trailer left out") {
    PlainClient client{server().port()};
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nab");
    client.send("c\r\n2\r\n\r\n\r\n0\r\nHost: forged\r\n\r\n");
    const auto answer = client.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == "abc\r\n");
    CHECK(answer.field("x-host") == "a");
}

TEST_CASE("100-continue is answered before the body, and not when the body would be refused") {
    PlainClient client{server().port()};
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(client.ask("abc").body == "abc");
    CHECK(status_of("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\nExpect: 100-continue\r\n\r\n") ==
          413);
    CHECK(status_of(get("/hello", "Expect: 100-continue\r\n")) == 200);
}

TEST_CASE("an expectation that nobody knows is answered 417") {
    CHECK(status_of(post("/echo", "abc", "Expect: a-miracle\r\n")) == 417);
    CHECK(status_of(get("/hello", "Expect: 200-ok\r\n")) == 417);
}

TEST_CASE("HEAD is answered as GET, without the body") {
    PlainClient client{server().port()};
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_answer(true);
    CHECK(answer.status == 200);
    CHECK(answer.field("content-length") == "11");
    CHECK(client.ask(get("/hello")).body == "hello world");  // nothing of a body came between
}

TEST_CASE("204 has neither body nor length") {
    PlainClient client{server().port()};
    const auto answer = client.ask(get("/nothing"));
    CHECK(answer.status == 204);
    CHECK(answer.field("content-length").empty());
    CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("HTTP/1.1 stays open unless told to close, HTTP/1.0 closes unless told to stay") {
    PlainClient stays{server().port()};
    CHECK(stays.ask(get("/hello")).field("connection").empty());
    CHECK(stays.ask(get("/hello", "Connection: foo, close\r\n")).field("connection") == "close");
    CHECK(stays.ended());

    PlainClient old{server().port()};
    CHECK(old.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("connection") ==
          "keep-alive");
    CHECK(old.ask("GET /hello HTTP/1.0\r\n\r\n").field("connection") == "close");
    CHECK(old.ended());
}

TEST_CASE("the absolute form is taken, and its host overrules the field") {
    PlainClient client{server().port()};
    const auto answer = client.ask("GET http://other.test:81/show/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.field("x-path") == "/show/x");
    CHECK(answer.field("x-host") == "other.test:81");
    CHECK(status_of("GET http://u@other/hello HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET ftp://other/hello HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("a target with bad escapes, dot segments, fragments or broken UTF-8 is refused") {
    for (const auto* target :
         {"/show/%zz", "/show/%4", "/show/%00", "/show/%0d%0a", "/show/..", "/show/%2e%2e/x", "/./hello",
          "/hello#x", "/show/%ff", "/hello?name=%c0%af", "hello", "*"}) {
        CAPTURE(target);
        CHECK(status_of(get(target)) == 400);
    }
    PlainClient client{server().port()};
    CHECK(client.ask(get("/show/a%2Fb%25")).field("x-path") == "/show/a/b%");
    CHECK(client.ask(get("/hello?name=a|b{c}^")).body == "hello a|b{c}^");  // as browsers send them
}

TEST_CASE("empty lines before a request are ignored") {
    PlainClient client{server().port()};
    CHECK(client.ask("\r\n\r\n" + get("/hello")).status == 200);
}

TEST_CASE("an unknown path is 404, a known one with another method 405 naming what is allowed") {
    PlainClient client{server().port()};
    CHECK(client.ask(get("/nowhere")).status == 404);
    const auto answer = client.ask("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(answer.status == 405);
    CHECK(answer.field("allow") == "OPTIONS, POST");
    const auto options = client.ask("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(options.status == 204);
    CHECK(options.field("allow") == "GET, HEAD, OPTIONS");
    CHECK(client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status == 204);
}

TEST_CASE("the body sent to an unknown path is not read") {
    PlainClient client{server().port()};
    const auto answer = client.ask(post("/nowhere", "abc"));
    CHECK(answer.status == 404);
    CHECK(answer.field("connection") == "close");
    CHECK(client.ended());
}
