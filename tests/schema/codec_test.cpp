#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "dispatch/lifecycle.hpp"
#include "generated.hpp"
#include "schema/codec/case_columns.hpp"
#include "schema/codec/case_fields.hpp"
#include "schema/codec/case_json.hpp"

using namespace mashang;
using namespace mashang::schema;

namespace {

JournalRow row_of(const Event& event) {
    JournalRow row;
    row.district = 330106;
    row.seq = 1;
    row.type = to_string(event.type);
    row.version = event.version;
    row.at = event.at;
    row.payload = encode_event(event);
    return row;
}

Instant at(std::int64_t ms) {
    return Instant{Millis{ms}};
}

const Party li{PersonId{1042}, "李文华", Role::worker, "北山街道宝石社区"};

ClockEffect start(Stage stage, std::int64_t due, Limit limit) {
    ClockEffect e;
    e.stage = stage;
    e.due = at(due);
    e.limit = limit;
    e.standard = "S33010609@3";
    e.party = li;
    return e;
}

Event submitted() {
    Event e;
    e.type = EventType::submitted;
    e.at = at(1795416240000);
    e.actor = {PersonId{}, "", Role::resident, ""};
    Opening o;
    o.day = 261123;
    o.serial = 48217;
    o.place = {CodeId{20488},      "330106002001003", "bicycle_stand", "求是路自行车停放点",
               "求是路与西溪路口", 30.262741,         120.124873};
    o.matter = "S33010609011";
    o.working_time = true;
    o.distance_m = 14;
    o.words = {"自行车"};
    o.versions = {12, 3, 2026, 4, 2, 37};
    e.opening = o;
    e.owner = li;
    e.clock_start = e.at;
    DecisionRecord d;
    d.rule = "bicycles";
    for (int i = 0; i < 6; ++i)
        d.candidates.push_back({PersonId{1042 + i}, 3 + i, 4 + i, at(1795406240000 + i)});
    d.outcome = "worker";
    d.engine = 1;
    d.trace_hash = "vR1yvZbvX1p0jH3bWc1p3yvZbvX1p0jH3bWc1p3yQ8k";
    e.decision = d;
    e.report = ReportId{1};
    e.text = TextRef{1, "Zb0X1p0jH3bWc1p3yvZbvX1p0jH3bWc1p3yQ8kvR1yvA"};
    e.clocks = {start(Stage::sign_off, 1795418040000, {Unit::working_minutes, 30}),
                start(Stage::response, 1795423440000, {Unit::working_hours, 2}),
                start(Stage::closure, 1795502640000, {Unit::working_days, 1}),
                start(Stage::end_to_end, 1795675440000, {Unit::working_days, 3})};
    return e;
}

}  // namespace

TEST_CASE("an event read back is the event that was written, whatever it holds") {
    const auto holds = rc::check([] {
        const auto event = test::generated_event();
        const auto row = row_of(event);
        const auto back = decode_event(row);
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == event);
        RC_ASSERT(encode_event(*back) == row.payload);  // the same value gives the same bytes
    });
    CHECK(holds);
}

TEST_CASE("a case read back is the case that was written, whatever it holds") {
    const auto holds = rc::check([] {
        const auto c = test::generated_case();
        const auto state = encode_case(c);
        const auto back = decode_case(state);
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == c);
        RC_ASSERT(encode_case(*back) == state);
    });
    CHECK(holds);
}

TEST_CASE("a submission with four clocks and six candidates is at most 1 KB") {
    const auto payload = encode_event(submitted());
    INFO(payload);
    CHECK(payload.size() <= 1024);
    CHECK(*decode_event(row_of(submitted())) == submitted());
}

TEST_CASE("the bytes of a small event are exactly these, today and in every later version") {
    Event e;
    e.type = EventType::signed_off;
    e.at = at(1795416240000);
    e.actor = li;
    e.text = TextRef{2, "abc"};
    ClockEffect stop;
    stop.act = ClockAct::stop;
    ClockEffect next;
    next.stage = Stage::response;
    next.due = at(1795416300000);
    next.limit = Limit{Unit::working_hours, 2};
    next.party = li;
    e.clocks = {stop, next};
    CHECK(encode_event(e) == R"({"by":{"id":1042,"n":"李文华","u":"北山街道宝石社区"},"t":{"n":2,"h":"abc"},)"
                             R"("c":[{"do":"stop"},{"s":"response","due":1795416300000,"l":"2wh","p":0}]})");
}

TEST_CASE("a payload that is broken in any way is refused as an internal failure") {
    const std::string broken[] = {"",
                                  "null",
                                  "[]",
                                  "{",
                                  R"({"unknown":1})",
                                  R"({"r":"1"})",
                                  R"({"r":1.5})",
                                  R"({"r":99999999999})",
                                  R"({"l":"0wh"})",
                                  R"({"pr":"soon"})",
                                  R"({"pr":3})",
                                  R"({"to":0})",
                                  R"({"to":{"id":1},"c":[{"p":1}]})",
                                  R"({"c":[{"do":"explode"}]})",
                                  R"({"c":{}})",
                                  R"({"m":[1]})",
                                  R"({"su":1})",
                                  R"({"d":{"c":[[1,2,3]]}})",
                                  R"({"d":{"c":[[1,2,3,4,5]]}})",
                                  R"({"d":{"c":[{"id":1}]}})",
                                  R"({"by":{"d":"yes"}})",
                                  "{\"ma\":\"\xff\"}"};
    for (const auto& payload : broken) {
        INFO(payload);
        auto row = row_of(submitted());
        row.payload = payload;
        const auto event = decode_event(row);
        REQUIRE(event.has_error());
        CHECK(event.error().code == Errc::internal);
    }
    CHECK(decode_case("{\"s\":\"asleep\"}").has_error());
    CHECK(decode_case("").has_error());
}

TEST_CASE("an event of an unknown type or of a later version is refused") {
    auto row = row_of(submitted());
    row.type = "teleported";
    CHECK(decode_event(row).error().code == Errc::internal);
    row = row_of(submitted());
    row.version = 2;
    CHECK(decode_event(row).error().code == Errc::internal);
}

TEST_CASE("a text that is not UTF-8 is never written") {
    Event e;
    e.matter = "\xc3(";
    CHECK_THROWS(encode_event(e));
}

TEST_CASE("the actor's word says staff with the id, resident with the report, or system") {
    Event e;
    e.actor = li;
    CHECK(actor_word(e) == "staff:1042");
    e.actor.role = Role::resident;
    e.report = ReportId{2};
    CHECK(actor_word(e) == "resident:2");
    e.actor.role = Role::system;
    CHECK(actor_word(e) == "system");
}

TEST_CASE("the next due instant is the earliest of the promising clocks that run") {
    Case c;
    c.last_at = at(100);
    CHECK(next_due(c) == std::nullopt);
    const auto clock = [](Stage stage, std::int64_t due) {
        Clock k;
        k.stage = stage;
        k.due = at(due);
        return k;
    };
    c.clocks = {clock(Stage::sign_off, 500), clock(Stage::closure, 900), clock(Stage::end_to_end, 200),
                clock(Stage::part, 210), clock(Stage::supervision, 220)};
    CHECK(next_due(c) == at(500));
    c.clocks[0].stopped = at(90);
    CHECK(next_due(c) == at(900));
    c.clocks.push_back(clock(Stage::review, 1000));
    c.clocks[1].holds = {{HoldKind::review, at(95), far_future, {}}};
    CHECK(next_due(c) == at(1000));
    c.clocks[1].holds[0].to = at(100);  // released at this very instant
    CHECK(next_due(c) == at(900));
    c.clocks[1].cancelled = true;
    CHECK(next_due(c) == at(1000));
    c.clocks.back().due.reset();
    CHECK(next_due(c) == std::nullopt);
}

TEST_CASE("what is quoted without the library is what the library would write") {
    // Bytes on the borders of UTF-8's classes, so that sound characters, broken ones and escapes all come up.
    const std::string bytes("\x00\x1f\x20\"\\az\x7f\x80\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe4\xed\xef\xf0\xff", 21);
    rc::prop("any bytes", [&] {
        const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(bytes));
        if (!stands_as_it_is(text)) return;
        RC_ASSERT(nlohmann::json(text).dump() == '"' + text + '"');
    });
    CHECK(stands_as_it_is("求是路8号旁单车停放点 — é"));
    CHECK_FALSE(stands_as_it_is("say \"so\""));
    CHECK_FALSE(stands_as_it_is("\xe6\xb1"));
}

TEST_CASE("the columns of a case say what the folded case says") {
    Case c;
    c.district = 330106;
    c.id = CaseId{77};
    c.day = 261123;
    c.serial = 9;
    c.status = Status::in_review;
    c.flags = {true, false, true, false, true};
    c.revision = 4;
    c.place.code = CodeId{5};
    c.place.grid_code = "330106002001003";
    c.matter = "S33010609011";
    c.priority = Priority::urgent;
    c.owner = li;
    c.redos = 1;
    c.reports.resize(2);
    c.reports[0].score = 4;
    c.reports[1].score = 1;
    Clock late;
    late.stage = Stage::closure;
    late.breached_at = at(3);
    c.clocks = {late};
    c.accepted_at = at(1);
    c.dispatched_at = at(2);
    c.submitted_at = at(8);
    const auto row = case_columns(c, at(44));
    CHECK(row.id == c.id);
    CHECK(row.flags == 1 + 4 + 16);
    CHECK(flags_of_bits(row.flags) == c.flags);
    CHECK(row.late == 4);  // closure is the third stage
    CHECK(row.score == 4);
    CHECK(row.reports == 2);
    CHECK(row.owner == PersonId{1042});
    CHECK(row.next_timer == at(44));
    CHECK(row.submitted_at == at(8));
    CHECK(row.signed_off_at == std::nullopt);
    CHECK(row.state == encode_case(c));
}
