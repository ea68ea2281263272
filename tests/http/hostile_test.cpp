// Whatever comes over the wire, the server answers in whole responses or hangs up, and goes on serving
// others.
#include <catch2/catch.hpp>
#include <random>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using namespace std::chrono_literals;
using test::get;
using test::LiveServer;
using test::PlainClient;
using test::post;

namespace {

// Small errors do more harm than noise: a byte changed, left out or doubled, a piece of one request in
// another.
std::string spoilt(std::mt19937& random, const std::vector<std::string>& good) {
    const auto below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
    };
    constexpr std::string_view sharp{
        "\r\n \t:;,/%?\0\x7f\xff"
        "0a",
        15};
    auto bytes = good[below(good.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) {
        const auto at = below(bytes.size());
        switch (below(4)) {
            case 0:
                bytes[at] = sharp[below(sharp.size())];
                break;
            case 1:
                bytes.erase(at, 1 + below(3));
                break;
            case 2:
                bytes.insert(at, 1 + below(3), sharp[below(sharp.size())]);
                break;
            case 3: {
                const auto& other = good[below(good.size())];
                const auto from = below(other.size());
                bytes.insert(at, other.substr(from, 1 + below(20)));
                break;
            }
        }
        if (bytes.empty()) bytes = "\r";
    }
    return bytes;
}

}  // namespace

TEST_CASE("spoilt requests are answered or hung up on, and never harm the next client") {
    http::Limits limits;
    limits.header_time = limits.body_time = limits.idle_time = limits.linger_time = 100ms;
    LiveServer server{limits};
    const std::vector<std::string> good{
        get("/hello?name=%E6%B9%96&x=1", "Accept-Encoding: gzip;q=0.5, *\r\nCookie: a=b\r\n"),
        post("/echo", "0123456789", "Expect: 100-continue\r\n"),
        "POST /echo HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n\r\n4;x=\"y\"\r\nabcd\r\n"
        "0\r\nTrailer: x\r\n\r\n",
        "OPTIONS http://a.test/show/%41 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"};
    std::mt19937 random{330106};
    std::size_t answered = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<std::unique_ptr<PlainClient>> clients;
        for (int i = 0; i < 25; ++i) {
            clients.push_back(std::make_unique<PlainClient>(server.port()));
            clients.back()->send(spoilt(random, good));
            if (i % 3 == 0) clients.back()->close();
        }
        PlainClient polite{server.port()};
        REQUIRE(polite.ask(get("/hello")).body == "hello world");
    }
    for (int i = 0; i < 200; ++i) {
        PlainClient client{server.port()};
        client.send(spoilt(random, good) + get("/hello", "Connection: close\r\n"));
        const auto answer = client.read_answer();
        CHECK((answer.status == 0 || (answer.status >= 100 && answer.status < 600)));
        if (answer.status != 0) ++answered;
    }
    CHECK(answered > 150);
    CHECK(server.becomes([](const auto& c) { return c.connections_open == 0; }));
}

TEST_CASE("clients that leave in the middle of anything leave nothing behind") {
    LiveServer server;
    server.world.big_text = std::string(4 << 20, 'x');
    for (const auto& bytes :
         {std::string{}, std::string{"GET /he"}, get("/hello"), get("/picture"), get("/events"),
          post("/echo", "abc").substr(0, 60), get("/hello") + get("/picture") + "GE"}) {
        PlainClient client{server.port()};
        client.send(bytes);
    }
    CHECK(
        server.becomes([](const auto& c) { return c.connections_accepted == 7 && c.connections_open == 0; }));
}
