// Every limit bites, over a real socket, with values small enough to wait for.
#include <catch2/catch.hpp>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using namespace std::chrono_literals;
using test::get;
using test::LiveServer;
using test::PlainClient;
using test::post;

namespace {

using Clock = std::chrono::steady_clock;

http::Limits limits(const std::function<void(http::Limits&)>& change) {
    http::Limits made;
    change(made);
    return made;
}

}  // namespace

TEST_CASE("a header over the limit is 431, a target over it 414") {
    LiveServer server{limits([](auto& l) { l.header_bytes_max = 512; })};
    PlainClient fields{server.port()};
    const auto answer = fields.ask(get("/hello", "X-Long: " + std::string(600, 'a') + "\r\n"));
    CHECK(answer.status == 431);
    CHECK(fields.ended());
    CHECK(PlainClient{server.port()}.ask(get("/" + std::string(600, 'a'))).status == 414);
    const std::string rest = get("/hello", "X-Long: \r\n");
    PlainClient full{server.port()};
    CHECK(full.ask(get("/hello", "X-Long: " + std::string(511 - rest.size(), 'a') + "\r\n")).status == 200);
}

TEST_CASE("more header fields than the limit are 431") {
    LiveServer server{limits([](auto& l) { l.header_fields_max = 4; })};
    CHECK(PlainClient{server.port()}.ask(get("/hello", "A: 1\r\nB: 1\r\nC: 1\r\n")).status == 200);
    CHECK(PlainClient{server.port()}.ask(get("/hello", "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n")).status == 431);
}

TEST_CASE("a header that trickles in is cut off with 408 however lively it trickles") {
    LiveServer server{limits([](auto& l) { l.header_time = 100ms; })};
    PlainClient client{server.port()};
    const auto started = Clock::now();
    client.send("GET /hello HTTP/1.1\r\n");
    while (Clock::now() - started < 90ms) {
        client.send("X");
        std::this_thread::sleep_for(5ms);  // the pace of the trickle, far below the limit
    }
    const auto answer = client.read_answer();
    CHECK(answer.status == 408);
    CHECK(answer.field("content-type") == "application/problem+json");
    CHECK(Clock::now() - started >= 100ms);
    CHECK(Clock::now() - started < 1s);
}

TEST_CASE("a connection that says nothing is closed without a word") {
    LiveServer server{limits([](auto& l) { l.idle_time = 50ms; })};
    PlainClient silent{server.port()};
    CHECK(silent.ended());
    PlainClient idle{server.port()};
    CHECK(idle.ask(get("/hello")).status == 200);
    CHECK(idle.ended());
}

TEST_CASE("waiting for a handler is not idling") {
    LiveServer server{limits([](auto& l) { l.idle_time = l.header_time = l.body_time = 30ms; })};
    PlainClient client{server.port()};
    client.send(get("/waits"));
    server.world.door.await_knock();
    PlainClient clock{server.port()};
    CHECK(clock.ended());  // by now idle_time has passed for everybody
    server.world.door.open();
    CHECK(client.read_answer().body == "waited");
}

TEST_CASE("a length over the route's limit is 413 before a byte of the body is read") {
    LiveServer server;
    PlainClient client{server.port()};
    const auto answer = client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n");
    CHECK(answer.status == 413);
    CHECK(client.ended());
    CHECK(PlainClient{server.port()}.ask(post("/echo", std::string(64, 'x'))).body == std::string(64, 'x'));
    CHECK(PlainClient{server.port()}.ask(get("/hello", "Content-Length: 1\r\n") + "x").status == 413);
}

TEST_CASE("a refused upload still hears why, though it goes on sending") {
    LiveServer server;
    PlainClient client{server.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" +
                std::string(300'000, 'x'));
    CHECK(client.read_answer().status == 413);
    CHECK(client.ended());
}

TEST_CASE("a chunked body over the route's limit is 413") {
    LiveServer server;
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string forty = "28\r\n" + std::string(40, 'x') + "\r\n";
    CHECK(PlainClient{server.port()}.ask(head + forty + "0\r\n\r\n").status == 200);
    CHECK(PlainClient{server.port()}.ask(head + forty + forty + "0\r\n\r\n").status == 413);
    CHECK(PlainClient{server.port()}.ask(head + "ffffffffffffff\r\n").status == 413);
}

TEST_CASE("an endless chunk extension or trailer is 431") {
    LiveServer server{limits([](auto& l) { l.header_bytes_max = 512; })};
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(PlainClient{server.port()}.ask(head + "1;" + std::string(2000, 'a')).status == 431);
    CHECK(PlainClient{server.port()}.ask(head + "0\r\nX: " + std::string(2000, 'a')).status == 431);
}

TEST_CASE("a body that stops coming is 408") {
    LiveServer server{limits([](auto& l) { l.body_time = 50ms; })};
    PlainClient client{server.port()};
    const auto answer = client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    CHECK(answer.status == 408);
    CHECK(client.ended());
}

TEST_CASE("a body slower than the minimum rate is 408, a faster one earns time") {
    LiveServer server{limits([](auto& l) {
        l.body_time = 50ms;
        l.body_rate_min = 100'000;
    })};
    const std::string head = "PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: 20001\r\n\r\n";
    const auto started = Clock::now();
    PlainClient fast{server.port()};
    fast.send(head + std::string(20'000, 'x'));  // earns 200 ms on top of the 50
    PlainClient slow{server.port()};
    CHECK(slow.ask(head + "x").status == 408);
    CHECK(Clock::now() - started < 200ms);
    CHECK(fast.ask("y").status == 200);
}

TEST_CASE("a client that does not read its answer is cut off") {
    LiveServer server{limits([](auto& l) {
        l.write_time = 50ms;
        l.write_rate_min = 1 << 30;
    })};
    server.world.big_text = std::string(16 << 20, 'x');
    PlainClient client{server.port()};
    client.shrink_receive_buffer();
    client.send(get("/picture"));
    CHECK(server.becomes([](const auto& c) { return c.requests == 1 && c.connections_open == 0; }));
}

TEST_CASE("one connection too many is told so and closed, the others stay") {
    LiveServer server{limits([](auto& l) { l.connections_max = 2; })};
    PlainClient first{server.port()};
    PlainClient second{server.port()};
    CHECK(first.ask(get("/hello")).status == 200);
    CHECK(second.ask(get("/hello")).status == 200);
    {
        PlainClient third{server.port()};
        const auto answer = third.read_answer();
        CHECK(answer.status == 503);
        CHECK(answer.field("retry-after") == "1");
        CHECK(answer.field("content-type") == "application/problem+json");
        CHECK(third.ended());
    }
    CHECK(first.ask(get("/hello")).status == 200);
    CHECK(server.counters().connections_refused == 1);
    first.close();
    REQUIRE(server.becomes([](const auto& c) { return c.connections_open == 1; }));
}

TEST_CASE("the last request a connection may make says so") {
    LiveServer server{limits([](auto& l) { l.requests_per_connection_max = 2; })};
    PlainClient client{server.port()};
    client.send(get("/hello") + get("/hello") + get("/hello"));
    CHECK(client.read_answer().field("connection").empty());
    CHECK(client.read_answer().field("connection") == "close");
    CHECK(client.ended());
}

TEST_CASE("a client that will not close after the last answer is not waited for") {
    LiveServer server{limits([](auto& l) { l.linger_time = 50ms; })};
    PlainClient client{server.port()};
    CHECK(client.ask(get("/hello", "Connection: close\r\n")).status == 200);
    CHECK(server.becomes([](const auto& c) { return c.connections_open == 0; }));
}
