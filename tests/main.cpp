// Catch's main, compiled once, and the one place that says how many cases each property runs: 10,000, or what
// MASHANG_PROPERTY_CASES says (scripts/test all asks for a million). An RC_PARAMS given by hand, to see a
// failure again, wins over both.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

int main(int argc, char* argv[]) {
    const char* cases = std::getenv("MASHANG_PROPERTY_CASES");
    const std::string params = std::string("max_success=") + (cases != nullptr ? cases : "10000");
    constexpr int keep_what_is_given = 0;
    setenv("RC_PARAMS", params.c_str(), keep_what_is_given);
    return Catch::Session().run(argc, argv);
}
