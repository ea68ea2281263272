#include "dispatch/time.hpp"

#include <catch2/catch.hpp>

using namespace mashang;

TEST_CASE("each unit has one notation, read and written alike [T6]") {
    const std::pair<std::string, Limit> written[] = {
        {"3eh", {Unit::emergency_hours, 3}}, {"45em", {Unit::emergency_minutes, 45}},
        {"8wh", {Unit::working_hours, 8}},   {"30wm", {Unit::working_minutes, 30}},
        {"5wd", {Unit::working_days, 5}},    {"15d", {Unit::calendar_days, 15}},
        {"24h", {Unit::hours, 24}},          {"90min", {Unit::minutes, 90}},
    };
    for (const auto& [text, limit] : written) {
        CHECK(parse_limit(text).value() == limit);
        CHECK(to_string(limit) == text);
    }
}

TEST_CASE("a limit is a whole number from 1 to 100000 and a unit, nothing else [T6]") {
    CHECK(parse_limit("1d").has_value());
    CHECK(parse_limit("100000wm").has_value());
    for (const char* text :
         {"", "8", "wh", "0wh", "-8wh", "+8wh", " 8wh", "8wh ", "8 wh", "8WH", "08wh", "1.5wh", "8w", "8m",
          "8hours", "100001wm", "99999999999999999999wh", "8wh8wh", "八wh"}) {
        INFO(text);
        const auto limit = parse_limit(text);
        REQUIRE(limit.has_error());
        CHECK(limit.error().code == Errc::invalid);
        CHECK(limit.error().key == "error.limit_notation");
    }
}

TEST_CASE("finishing at the due instant is on time, a millisecond later is not [T4]") {
    const Instant due{Millis{1'790'000'000'000}};
    CHECK(on_time(due - Millis{1}, due));
    CHECK(on_time(due, due));
    CHECK_FALSE(on_time(due + Millis{1}, due));
}
