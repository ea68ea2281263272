// Server-sent events: delivery, silence, slow and vanished clients.
#include <catch2/catch.hpp>

#include "tests/http/live_server.hpp"
#include "tests/http/plain_client.hpp"

using namespace mashang;
using namespace std::chrono_literals;
using test::get;
using test::LiveServer;
using test::PlainClient;

TEST_CASE("events arrive in the order they were pushed, before and after the client came") {
    LiveServer server;
    auto& stream = *server.world.stream;
    CHECK(stream.push("data: 0\n\n"));
    PlainClient client{server.port()};
    client.send(get("/events"));
    const auto head = client.read_until("\r\n\r\n").value_or("");
    CHECK(head.find("Content-Type: text/event-stream\r\n") != head.npos);
    CHECK(head.find("Content-Length") == head.npos);
    CHECK(head.find("Connection: close\r\n") != head.npos);
    CHECK(client.read_until("\n\n") == "data: 0\n\n");
    for (int i = 1; i < 200; ++i) {
        CHECK(stream.push("data: " + std::to_string(i) + "\n\n"));
        CHECK(client.read_until("\n\n") == "data: " + std::to_string(i) + "\n\n");
    }
}

TEST_CASE("events pushed by several threads at once all arrive") {
    LiveServer server{{}, {.chunks_max = 4000}};
    PlainClient client{server.port()};
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    {
        std::vector<std::jthread> hubs;
        for (int t = 0; t < 4; ++t) {
            hubs.emplace_back([&] {
                for (int i = 0; i < 500; ++i) server.world.stream->push("data: x\n\n");
            });
        }
    }
    int arrived = 0;
    while (arrived < 2000 && client.read_until("data: x\n\n")) ++arrived;
    CHECK(arrived == 2000);
}

TEST_CASE("a quiet stream is kept alive by pings") {
    LiveServer server{{}, {.ping_every = 20ms}};
    PlainClient client{server.port()};
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    CHECK(client.read_until("\n\n") == ": ping\n\n");
    CHECK(client.read_until("\n\n") == ": ping\n\n");
    server.world.stream->push("data: 1\n\n");
    CHECK(client.read_until("data: 1\n\n"));
}

TEST_CASE("a closed stream ends the connection after what it still held") {
    LiveServer server;
    server.world.stream->push("data: 1\n\n");
    server.world.stream->close();
    PlainClient client{server.port()};
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    CHECK(client.read_until("\n\n") == "data: 1\n\n");
    CHECK(client.ended());
}

TEST_CASE("a subscriber that does not keep up is dropped as a whole") {
    LiveServer server{{}, {.chunks_max = 8}};
    PlainClient client{server.port()};
    client.shrink_receive_buffer();
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    const std::string chunk = "data: " + std::string(100'000, 'x') + "\n\n";
    bool kept = true;
    for (int i = 0; i < 100'000 && kept; ++i) kept = server.world.stream->push(chunk);
    CHECK_FALSE(kept);
    CHECK(server.world.stream->closed());
    CHECK_FALSE(server.world.stream->push("data: 1\n\n"));
}

TEST_CASE("a subscriber that reads nothing is disconnected when the time to write is over") {
    http::Limits limits;
    limits.write_time = 50ms;
    limits.write_rate_min = 1 << 30;
    LiveServer server{limits, {.chunks_max = 1000, .bytes_max = 64 << 20}};
    PlainClient client{server.port()};
    client.shrink_receive_buffer();
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    for (int i = 0; i < 300; ++i) server.world.stream->push("data: " + std::string(100'000, 'x') + "\n\n");
    CHECK(server.becomes([](const auto& c) { return c.streams_open == 0; }));
}

TEST_CASE("a stream whose bytes exceed the bound is closed") {
    http::EventStream stream{{.bytes_max = 10}};
    CHECK(stream.push("12345"));
    CHECK(stream.push("67890"));
    CHECK_FALSE(stream.push("x"));
    std::string text;
    CHECK(stream.take(text) == http::EventStream::Taken::ended);
    CHECK(text.empty());
}

TEST_CASE("the hub learns that a client has gone without waiting for a ping") {
    LiveServer server;
    PlainClient client{server.port()};
    client.send(get("/events"));
    REQUIRE(client.read_until("\r\n\r\n"));
    REQUIRE(server.becomes([](const auto& c) { return c.streams_open == 1; }));
    client.close();
    CHECK(server.becomes([](const auto& c) { return c.streams_open == 0; }));
    CHECK_FALSE(server.world.stream->push("data: 1\n\n"));
}

TEST_CASE("HEAD of a stream is its header only") {
    LiveServer server;
    PlainClient client{server.port()};
    client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_answer(true).status == 200);
    CHECK(client.ended());
    CHECK(server.world.stream->closed());
}
