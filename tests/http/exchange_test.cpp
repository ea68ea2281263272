// Several requests on one connection, failing handlers, compression.
#include <zlib.h>

#include <catch2/catch.hpp>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using test::get;
using test::LiveServer;
using test::PlainClient;
using test::post;

namespace {

std::string unpacked(const std::string& packed) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int state = inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    REQUIRE(state == Z_STREAM_END);
    return out;
}

}  // namespace

TEST_CASE("pipelined requests are answered in their order") {
    LiveServer server;
    PlainClient client{server.port()};
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all +=
            i % 2 == 0 ? get("/hello?name=" + std::to_string(i)) : post("/echo", "body " + std::to_string(i));
    }
    REQUIRE(client.send(all));
    for (int i = 0; i < 50; ++i) {
        CHECK(client.read_answer().body == (i % 2 == 0 ? "hello " : "body ") + std::to_string(i));
    }
}

TEST_CASE("a request that comes byte by byte is one request") {
    LiveServer server;
    PlainClient client{server.port()};
    for (const char byte : post("/echo", "abc")) client.send({&byte, 1});
    CHECK(client.read_answer().body == "abc");
}

TEST_CASE("a handler that throws is a 500, and the process and the connection live on") {
    LiveServer server;
    PlainClient client{server.port()};
    const auto answer = client.ask(get("/throws"));
    CHECK(answer.status == 500);
    CHECK(answer.field("content-type") == "application/problem+json");
    CHECK(answer.body.find("on purpose") == std::string::npos);
    CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("a header value with a line break never splits the response") {
    LiveServer server;
    PlainClient client{server.port()};
    const auto answer = client.ask(get("/splits"));
    CHECK(answer.status == 500);
    CHECK(answer.count("set-cookie") == 0);
    CHECK(client.ended());
}

TEST_CASE("every answer has its own request id") {
    LiveServer server;
    PlainClient client{server.port()};
    const auto first = client.ask(get("/hello")).field("x-request-id");
    CHECK_FALSE(first.empty());
    CHECK(client.ask(get("/hello")).field("x-request-id") != first);
}

TEST_CASE("long text is compressed for whoever accepts gzip") {
    LiveServer server;
    for (int i = 0; i < 2000; ++i) server.world.big_text += "line " + std::to_string(i) + '\n';
    PlainClient client{server.port()};

    const auto packed = client.ask(get("/big", "Accept-Encoding: br, gzip;q=0.8\r\n"));
    CHECK(packed.field("content-encoding") == "gzip");
    CHECK(packed.field("vary") == "Accept-Encoding");
    CHECK(packed.field("etag") == "W/\"one\"");
    CHECK(packed.body.size() < server.world.big_text.size() / 2);
    CHECK(unpacked(packed.body) == server.world.big_text);

    for (const auto* lines : {"", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: identity\r\n"}) {
        const auto plain = client.ask(get("/big", lines));
        CHECK(plain.field("content-encoding").empty());
        CHECK(plain.field("vary") == "Accept-Encoding");
        CHECK(plain.field("etag") == "\"one\"");
        CHECK(plain.body == server.world.big_text);
    }
    CHECK(client.ask(get("/picture", "Accept-Encoding: gzip\r\n")).field("content-encoding").empty());
    CHECK(client.ask(get("/hello", "Accept-Encoding: gzip\r\n")).field("content-encoding").empty());
}

TEST_CASE("an address in use is a regular failure") {
    LiveServer server;
    boost::asio::io_context context;
    const auto second =
        http::Server::listen(context.get_executor(), {{"127.0.0.1", server.port()}}, {}, http::Hooks{});
    REQUIRE(second.has_error());
    CHECK(second.error().code == Errc::unavailable);
    CHECK(second.error().key == "error.cannot_listen");
    CHECK(http::Server::listen(context.get_executor(), {{"no address", 0}}, {}, http::Hooks{}).has_error());
}
