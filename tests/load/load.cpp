// The load generator of scripts/bench: what a resident and a worker see of a real server, from outside.
//
//   mashang_load reports --demo FILE --url URL [--rate N] [--seconds N] [--connections N]
//   mashang_load closed  --demo FILE --url URL [--seconds N] [--connections N] [--page PATH]
//   mashang_load mixed   --demo FILE --url URL [--rate N] [--seconds N] [--connections N] [--live-pages N]
//   mashang_load live    --demo FILE --url URL [--rate N] [--reports N]
//
// Reads the places and the logins from demo.json, prints one JSON object, and ends with 1 when the server
// could not be reached or refused to play.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/load/closed.hpp"
#include "tests/load/live.hpp"
#include "tests/load/mixed.hpp"
#include "tests/load/reports.hpp"

namespace {

using mashang::load::ClosedLoad;
using mashang::load::LiveLoad;
using mashang::load::MixedLoad;
using mashang::load::OpenLoop;

nlohmann::json read_demo(const std::string& file) {
    std::ifstream in{file};
    if (!in) throw std::runtime_error(file + " cannot be read");
    return nlohmann::json::parse(in);
}

std::string token_of(const std::string& scan_link) {
    return scan_link.substr(scan_link.rfind('/') + 1);
}

std::vector<std::string> tokens_of(const nlohmann::json& demo) {
    std::vector<std::string> tokens;
    for (const auto& link : demo.at("scan_links")) tokens.push_back(token_of(link));
    return tokens;
}

// The first worker of the list answers for the first scan link (api.md).
std::string play_live(const nlohmann::json& demo, LiveLoad load) {
    load.token = token_of(demo.at("scan_links").at(0));
    for (const auto& login : demo.at("logins")) {
        if (login.at("role") != "worker") continue;
        load.login = login.at("login");
        load.password = login.at("password");
        return run_live(load);
    }
    throw std::runtime_error("demo.json names no worker");
}

std::string play_mixed(const nlohmann::json& demo, MixedLoad load) {
    load.tokens = tokens_of(demo);
    for (const auto& login : demo.at("logins"))
        if (login.at("role") == "worker") load.workers.emplace_back(login.at("login"), login.at("password"));
    return run_mixed(load);
}

void add_open_loop(CLI::App& command, OpenLoop& loop) {
    command.add_option("--rate", loop.rate_per_s);
    command.add_option("--seconds", loop.seconds);
    command.add_option("--warm-up", loop.warm_up_seconds);
    command.add_option("--connections", loop.connections);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"load on a running server"};
    std::string demo, url;
    OpenLoop reports;
    ClosedLoad closed;
    MixedLoad mixed;
    LiveLoad live;
    app.require_subcommand(1);
    auto* const reports_command = app.add_subcommand("reports", "an open loop of reports");
    add_open_loop(*reports_command, reports);
    auto* const closed_command = app.add_subcommand("closed", "as much as the server takes");
    closed_command->add_option("--seconds", closed.seconds);
    closed_command->add_option("--warm-up", closed.warm_up_seconds);
    closed_command->add_option("--connections", closed.connections);
    closed_command->add_option("--page", closed.page);
    auto* const mixed_command = app.add_subcommand("mixed", "a district's day in an open loop");
    add_open_loop(*mixed_command, mixed.loop);
    mixed_command->add_option("--live-pages", mixed.live_pages);
    auto* const live_command = app.add_subcommand("live", "from the click to the worker's stream");
    live_command->add_option("--rate", live.rate_per_s);
    live_command->add_option("--reports", live.reports);
    for (auto* const command : {reports_command, closed_command, mixed_command, live_command}) {
        command->add_option("--demo", demo)->required();
        command->add_option("--url", url)->required();
    }
    CLI11_PARSE(app, argc, argv);
    try {
        reports.target = closed.target = live.target = mixed.loop.target = mashang::load::Target::of(url);
        const auto document = read_demo(demo);
        closed.tokens = tokens_of(document);
        const std::string figures = reports_command->parsed()  ? run_reports(reports, closed.tokens)
                                    : closed_command->parsed() ? run_closed(closed)
                                    : mixed_command->parsed()  ? play_mixed(document, mixed)
                                                               : play_live(document, live);
        std::printf("%s\n", figures.c_str());
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "mashang_load: %s\n", e.what());
        return 1;
    }
}
