// The plan of the demo's past, judged by the lifecycle's table as this file states it, and by the defaults.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "server/demo/history.hpp"

using namespace mashang;
using namespace mashang::demo;
using namespace std::chrono_literals;

namespace {

const std::chrono::local_days first_day{std::chrono::year{2026} / 11 / 1};
const std::chrono::local_days last_day{std::chrono::year{2026} / 11 / 23};

const District& district() {
    static const auto d = make_district();
    return d;
}

const std::vector<HistoryItem>& history() {
    static const auto h = make_history(district(), first_day, last_day);
    return h;
}

std::string defaults(const std::string& file) {
    std::ifstream in(std::string(MASHANG_SOURCE_DIR) + "/schema/defaults/" + file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Where a case stands after the step, by lifecycle.md; "" when its table forbids the step.
std::string after(const std::string& at, const Step& step, bool& asked, bool& paused) {
    const bool taken = at == "signed_off" || at == "responded";
    switch (step.kind) {
        case CommandKind::sign_off:
            return at == "dispatched" ? "signed_off" : "";
        case CommandKind::respond:
            return at == "signed_off" ? "responded" : "";
        case CommandKind::close:
            return taken && !paused ? "in_review" : "";
        case CommandKind::review:
            return at != "in_review" ? "" : step.yes ? "closed" : "responded";
        case CommandKind::rate:
            return at != "closed" ? "" : step.score < 3 ? "in_review" : "closed";
        case CommandKind::reopen:
            return at == "closed" ? "dispatched" : "";
        case CommandKind::withdraw:
            return at == "dispatched" || taken ? "withdrawn" : "";
        case CommandKind::reject:
            return at == "dispatched" || at == "signed_off" ? "rejected" : "";
        case CommandKind::return_case:
            asked = true;
            return at == "dispatched" || at == "signed_off" ? at : "";
        case CommandKind::decide_return:
            return std::exchange(asked, false) ? at : "";
        case CommandKind::pause:
        case CommandKind::request_extension:
            asked = true;
            return taken ? at : "";
        case CommandKind::decide_pause:
            paused = true;
            return std::exchange(asked, false) ? at : "";
        case CommandKind::decide_extension:
            return std::exchange(asked, false) ? at : "";
        case CommandKind::resume:
            return std::exchange(paused, false) ? at : "";
        case CommandKind::add_co_handler:
        case CommandKind::finish_part:
            return taken ? at : "";
        case CommandKind::assign:
        case CommandKind::transfer:
        case CommandKind::adjudicate:
        case CommandKind::finish_step:
        case CommandKind::waive_part:
        case CommandKind::reclassify:
        case CommandKind::reprioritise:
        case CommandKind::merge:
        case CommandKind::split:
        case CommandKind::supervise:
        case CommandKind::answer:
        case CommandKind::note:
        case CommandKind::call_back:
        case CommandKind::supplement:
            return "";
    }
    return "";
}

}  // namespace

TEST_CASE("nine hundred reports fall into the asked days, in order, on some hot places more often") {
    const auto& h = history();
    REQUIRE(h.size() == 900);
    // 2026-11-01T00:00+08:00 and the midnight after 2026-11-23.
    const Instant from{Millis{1793462400000}}, to{Millis{1795449600000}};
    std::map<std::size_t, int> at_code;
    for (std::size_t i = 0; i < h.size(); ++i) {
        CHECK((h[i].at >= from && h[i].at < to));
        if (i) CHECK(h[i - 1].at <= h[i].at);
        REQUIRE(h[i].code < district().codes.size());
        ++at_code[h[i].code];
    }
    CHECK(at_code.size() > 200);
    CHECK(at_code[0] >= 5);
}

TEST_CASE("every matter of the plan stands in the default catalogue") {
    const auto catalogue = defaults("catalogue.json");
    REQUIRE_FALSE(catalogue.empty());
    std::set<std::string> matters;
    for (const auto& item : history()) matters.insert(item.matter);
    CHECK(matters.size() > 20);
    for (const auto& matter : matters) {
        INFO(matter);
        CHECK(catalogue.find('"' + matter + '"') != std::string::npos);
    }
}

TEST_CASE("every plan is one that the lifecycle allows, and every script occurs") {
    std::set<Script> scripts;
    for (const auto& item : history()) {
        scripts.insert(item.script);
        std::string at = "dispatched";
        bool asked = false, paused = false;
        for (const auto& step : item.steps) {
            INFO(item.text << " step " << static_cast<int>(step.kind) << " from " << at);
            at = after(at, step, asked, paused);
            REQUIRE_FALSE(at.empty());
            CHECK(step.after_minutes >= 1);
        }
        const bool open = at == "dispatched" || at == "signed_off" || at == "responded" || at == "in_review";
        CHECK(open == (item.script == Script::left_open));
    }
    CHECK(scripts.size() == 14);
}

TEST_CASE("whatever needs words has them, and no slot is left unfilled") {
    for (const auto& item : history()) {
        INFO(item.text);
        CHECK(item.text.size() >= 12);
        CHECK(item.text.find('{') == std::string::npos);
        CHECK(item.text.find('!') == std::string::npos);
        for (const auto& step : item.steps) {
            const bool silent = step.kind == CommandKind::sign_off || step.kind == CommandKind::respond ||
                                (step.kind == CommandKind::rate && step.score > 2);
            CHECK((silent || !step.text.empty()));
            if (step.kind == CommandKind::reject) CHECK_FALSE(step.advice.empty());
            if (step.kind == CommandKind::pause) CHECK(step.until_minutes > 0);
            if (step.kind == CommandKind::request_extension) CHECK(step.limit.has_value());
        }
    }
}

TEST_CASE("whoever is brought in exists for the place of the report") {
    for (const auto& item : history()) {
        const auto& grid = district().codes[item.code].place.grid_code;
        for (const auto& step : item.steps) {
            if (step.kind != CommandKind::add_co_handler) continue;
            int found = 0;
            for (const auto& s : district().staff)
                if (s.person.party.role == Role::unit && s.person.unit_kind == step.unit_kind)
                    for (const auto& scope : s.person.scope)
                        found += grid.compare(0, scope.size(), scope) == 0;
            CHECK(found >= 1);
        }
    }
}

TEST_CASE("plain cases keep the tightest default limits, late ones break one") {
    for (const auto& item : history()) {
        if (item.script != Script::plain && item.script != Script::late) continue;
        // The first three steps: sign-off within 30 minutes, response within 60, closure within 4 hours;
        // review within a working day, of which there are 7 hours.
        REQUIRE(item.steps.size() >= 4);
        const int sign_off = item.steps[0].after_minutes, respond = item.steps[1].after_minutes,
                  close = item.steps[2].after_minutes, review = item.steps[3].after_minutes;
        const bool kept = sign_off <= 30 && respond <= 60 && sign_off + respond + close <= 240;
        if (item.script == Script::plain) CHECK((kept && review <= 420));
        if (item.script == Script::late) CHECK((!kept || review > 420));
    }
}

TEST_CASE("about sixty of a hundred closed cases are rated, about 96 of a hundred ratings are content") {
    double closed = 0, rated = 0, content = 0;
    for (const auto& item : history()) {
        bool was_closed = false;
        for (const auto& step : item.steps) {
            was_closed |= step.kind == CommandKind::review && step.yes;
            if (step.kind != CommandKind::rate) continue;
            CHECK((step.score >= 1 && step.score <= 5));
            ++rated;
            content += step.score >= 3;
        }
        closed += was_closed;
    }
    CHECK(rated / closed == Approx(0.60).margin(0.06));
    CHECK(content / rated == Approx(0.96).margin(0.015));
}

TEST_CASE("reporters are made up: nobody's name when anonymous, telephones of one reserved row") {
    int anonymous = 0;
    for (const auto& item : history()) {
        CHECK(item.made_up_contact);
        anonymous += item.anonymous;
        if (item.anonymous) CHECK((item.name.empty() && item.phone.empty()));
        if (!item.phone.empty()) {
            CHECK(item.phone.size() == 11);
            CHECK(item.phone.substr(0, 7) == "1370106");
        }
    }
    CHECK(anonymous > 100);
}

TEST_CASE("the plan is the same each time, and moves whole with its days") {
    CHECK(make_history(district(), first_day, last_day) == history());
    const auto week_later =
        make_history(district(), first_day + std::chrono::days(7), last_day + std::chrono::days(7));
    REQUIRE(week_later.size() == history().size());
    for (std::size_t i = 0; i < week_later.size(); ++i) {
        CHECK(week_later[i].at == history()[i].at + 168h);
        CHECK(week_later[i].text == history()[i].text);
    }
}
