// Leaving in good order.
#include <catch2/catch.hpp>
#include <future>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using namespace std::chrono_literals;
using test::get;
using test::LiveServer;
using test::PlainClient;

namespace {

bool refused_by(std::uint16_t port) {
    return !PlainClient{port}.connected();
}

}  // namespace

TEST_CASE("drain lets what is in flight finish, closes what is idle and refuses what is new") {
    LiveServer server;
    PlainClient idle{server.port()};
    REQUIRE(idle.ask(get("/hello")).status == 200);
    PlainClient silent{server.port()};
    PlainClient busy{server.port()};
    busy.send(get("/waits"));
    server.world.door.await_knock();
    REQUIRE(server.becomes([](const auto& c) { return c.connections_open == 3; }));

    auto drained = server.drain(2s);
    CHECK(idle.ended());
    CHECK(silent.ended());
    CHECK(refused_by(server.port()));
    CHECK(drained.wait_for(0s) == std::future_status::timeout);

    server.world.door.open();
    const auto answer = busy.read_answer();
    CHECK(answer.body == "waited");
    CHECK(answer.field("connection") == "close");
    busy.close();
    CHECK(drained.get());
    CHECK(server.counters().connections_open == 0);
}

TEST_CASE("drain ends event streams after what was pushed before") {
    LiveServer server;
    PlainClient client{server.port()};
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    CHECK(server.world.stream->push("data: last\n\n"));
    auto drained = server.drain(2s);
    CHECK(client.read_until("data: last\n\n"));
    CHECK(client.ended());
    client.close();
    CHECK(drained.get());
    CHECK_FALSE(server.world.stream->push("data: too late\n\n"));
}

TEST_CASE("a request half sent when drain begins is still answered") {
    LiveServer server;
    PlainClient client{server.port()};
    const auto request = get("/hello");
    REQUIRE(client.ask(request).status == 200);
    // The door proves that the server has read this far: the second request waits in its buffer.
    client.send(get("/waits") + request.substr(0, 10));
    server.world.door.await_knock();
    server.world.door.open();
    REQUIRE(client.read_answer().body == "waited");
    auto drained = server.drain(2s);
    const auto answer = client.ask(request.substr(10));
    CHECK(answer.body == "hello world");
    CHECK(answer.field("connection") == "close");
    client.close();
    CHECK(drained.get());
}

TEST_CASE("what does not end by the deadline is cut off, and drain says so") {
    LiveServer server;
    PlainClient client{server.port()};
    client.send(get("/stuck"));
    server.world.door.await_knock();
    server.world.door.open();
    auto drained = server.drain(50ms);
    CHECK_FALSE(drained.get());
    CHECK(server.counters().connections_open == 0);
    CHECK(client.read_answer().status == 0);
}

TEST_CASE("draining with nobody connected ends at once") {
    LiveServer server;
    CHECK(server.drain(2s).get());
    CHECK(refused_by(server.port()));
}
