// The metrics calls without a server: what is asked, within whose scope, and one set of figures in every
// form.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "server/api/codec/encode_metrics.hpp"
#include "tests/dispatch/measures_cases.hpp"

using namespace mashang;
using namespace mashang::server;
using namespace mashang::test;
using Document = nlohmann::json;

namespace {

const Instant monday = shanghai("2026-11-23 10:00");

Actor asker(Role role, std::vector<std::string> scope) {
    Actor actor;
    actor.party.role = role;
    actor.scope = std::move(scope);
    return actor;
}

Result<MetricsQuery> asked(http::Pairs query, const Actor& actor = asker(Role::district, {"330106"}),
                           MetricsReport report = MetricsReport::summary) {
    http::Request request;
    request.query = std::move(query);
    return metrics_query(report, request, actor, *china(), monday);
}

std::string pointer_of(const Result<MetricsQuery>& query) {
    return query.has_error() && !query.error().fields.empty() ? query.error().fields.front().pointer : "";
}

const DecisionData& district_data() {
    static const DecisionData data = [] {
        DecisionData d;
        d.district = 330106;
        d.calendars.all[0] = china();
        Matter bicycles;
        bicycles.code = "S33010609011";
        bicycles.name = "单车乱停";
        bicycles.name_en = "Bicycles in the way";
        d.catalogues.all[0] = Catalogue::build(0, {bicycles}).value();
        d.territory =
            Territory::build(0, {{"330106", "西湖区", {}}, {"330106009", "一号街道", {}}}, {}).value();
        return d;
    }();
    return data;
}

View view(schema::Language language = schema::Language::zh) {
    return View{district_data(), language, monday};
}

// Four of today: closed in time and rated 5, closed late, overdue, not yet due; one of last Monday.
Measures small_cohort() {
    auto good = accepted(1, "2026-11-23 00:00", "2026-11-23 09:30");
    rate(close_at(good, "2026-11-23 09:00"), 5);
    auto late = accepted(2, "2026-11-23 08:00", "2026-11-23 09:00");
    close_at(late, "2026-11-23 09:15");
    const auto overdue = accepted(3, "2026-11-23 08:00", "2026-11-23 09:00");
    const auto running = accepted(4, "2026-11-23 09:00", "2026-11-23 17:30");
    auto week_ago = accepted(5, "2026-11-16 23:59", "2026-11-17 17:30");
    close_at(week_ago, "2026-11-17 10:00");
    auto yesterday = accepted(6, "2026-11-22 23:59:59", "2026-11-23 17:30");
    return Measures({good, late, overdue, running, week_ago, yesterday}, monday);
}

MetricsAnswer answered(MetricsReport report, http::Pairs query = {}) {
    const auto q = asked(std::move(query), asker(Role::district, {"330106"}), report);
    return measure(q.value(), small_cohort(), district_data());
}

Document document(MetricsReport report, http::Pairs query = {}) {
    return Document::parse(encode_metrics(answered(report, std::move(query)), view()));
}

std::vector<std::vector<std::string>> csv_rows(const std::string& csv) {
    std::vector<std::vector<std::string>> rows;
    std::size_t at = 3;
    while (at < csv.size()) {
        const auto end = csv.find("\r\n", at);
        std::vector<std::string> row(1);
        for (const char ch : csv.substr(at, end - at)) {
            if (ch == ',') {
                row.emplace_back();
            } else {
                row.back() += ch;
            }
        }
        rows.push_back(std::move(row));
        at = end + 2;
    }
    return rows;
}

// A member of a zip package: behind its local header (name at byte 30, then an extra field) a deflate stream.
std::string packed(const std::string& zip, const std::string& name) {
    std::size_t header = zip.find("PK\x03\x04");
    while (header != std::string::npos && zip.compare(header + 30, name.size(), name) != 0)
        header = zip.find("PK\x03\x04", header + 4);
    if (header == std::string::npos) return {};
    const auto extra = static_cast<unsigned char>(zip[header + 28]);
    std::string in = zip.substr(header + 30 + name.size() + extra), out(1 << 16, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflateInit2(&stream, -MAX_WBITS);
    const int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    CHECK(result == Z_STREAM_END);
    out.resize(stream.total_out);
    return out;
}

}  // namespace

TEST_CASE("without a period the civil day of the district is meant [T44]") {
    const auto query = asked({}).value();
    CHECK(query.period == Period{shanghai("2026-11-23 00:00"), shanghai("2026-11-24 00:00")});
}

TEST_CASE("a period is given by civil days or by instants, to is outside") {
    const Period week{shanghai("2026-11-16 00:00"), shanghai("2026-11-23 00:00")};
    CHECK(asked({{"from", "2026-11-16"}, {"to", "2026-11-23"}}).value().period == week);
    CHECK(asked({{"from", "2026-11-16T00:00:00.000+08:00"}, {"to", "2026-11-22T16:00:00Z"}}).value().period ==
          week);
    // What an unescaped '+' has become.
    CHECK(asked({{"from", "2026-11-16T00:00:00.000 08:00"}, {"to", "2026-11-23"}}).value().period == week);
    CHECK(asked({{"from", "2026-11-16"}}).value().period.to == shanghai("2026-11-24 00:00"));
    CHECK(asked({{"to", "2026-11-16"}}).value().period.from == shanghai("2026-11-15 00:00"));
}

TEST_CASE("a period that ends before it begins, or spans years, is refused with its place") {
    CHECK(pointer_of(asked({{"from", "2026-11-24"}, {"to", "2026-11-24"}})) == "/query/to");
    CHECK(asked({{"from", "2025-11-22"}, {"to", "2026-11-23"}}).has_value());
    CHECK(pointer_of(asked({{"from", "2025-11-21"}, {"to", "2026-11-23"}})) == "/query/to");
    CHECK(pointer_of(asked({{"from", "yesterday"}})) == "/query/from");
    CHECK(pointer_of(asked({{"to", "2026-13-01"}})) == "/query/to");
    CHECK(pointer_of(asked({{"division", "3301x"}})) == "/query/division");
    CHECK(pointer_of(asked({{"group_by", "weather"}})) == "/query/group_by");
}

TEST_CASE("reviewers, leaders and desks may ask; everybody else is refused") {
    for (const Role role : {Role::reviewer, Role::leader, Role::community, Role::street, Role::district})
        CHECK(asked({}, asker(role, {"330106"})).has_value());
    for (const Role role : {Role::worker, Role::unit, Role::agent, Role::administrator, Role::integrator,
                            Role::resident, Role::system}) {
        const auto refused = asked({}, asker(role, {"330106"}));
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == Errc::forbidden);
    }
}

TEST_CASE("a division is cut to the asker's scope, never beyond it") {
    using Prefixes = std::vector<std::string>;
    const auto street = asker(Role::street, {"330106009"});
    const auto prefixes = [](const Actor& actor, const char* division) {
        return asked({{"division", division}}, actor).value().prefixes;
    };
    CHECK(prefixes(street, "") == Prefixes{"330106009"});
    CHECK(prefixes(street, "330106") == Prefixes{"330106009"});
    CHECK(prefixes(street, "330106009000") == Prefixes{"330106009"});
    CHECK(prefixes(street, "330106009001") == Prefixes{"330106009001"});
    CHECK(prefixes(street, "330106001") == Prefixes{});
    const auto two = asker(Role::leader, {"330106009001002", "330106009001001", "330106009001"});
    CHECK(prefixes(two, "") == Prefixes{"330106009001"});
    CHECK(prefixes(asker(Role::leader, {""}), "") == Prefixes{});
}

TEST_CASE("groups are the level below what is asked for: a district sees streets, a street communities") {
    const auto digits = [](const char* scope, const char* division) {
        return asked({{"division", division}}, asker(Role::street, {scope})).value().division_digits;
    };
    CHECK(digits("330106", "") == 9);
    CHECK(digits("330106", "330106009") == 12);
    CHECK(digits("330106009", "") == 12);
    CHECK(digits("330106009001", "") == 15);
    CHECK(digits("330106009001001", "") == 15);
}

TEST_CASE("a summary reads today and the same day last week, a trend its closures' past") {
    const auto spans = [](MetricsReport report) {
        return periods_read(asked({}, asker(Role::district, {"330106"}), report).value(), *china());
    };
    const Period today{shanghai("2026-11-23 00:00"), shanghai("2026-11-24 00:00")};
    CHECK(spans(MetricsReport::summary) ==
          std::vector<Period>{{shanghai("2026-11-16 00:00"), shanghai("2026-11-17 00:00")}, today});
    CHECK(spans(MetricsReport::topics) == std::vector<Period>{{shanghai("2026-11-22 00:00"), today.to}});
    CHECK(spans(MetricsReport::trend) == std::vector<Period>{{shanghai("2026-10-24 00:00"), today.to}});
    CHECK(spans(MetricsReport::map) == std::vector<Period>{today});
}

TEST_CASE("the summary of a small day, counted by hand") {
    const auto json = document(MetricsReport::summary);
    CHECK(json["from"] == "2026-11-23T00:00:00.000+08:00");
    CHECK(json["as_of"] == "2026-11-23T10:00:00.000+08:00");
    const auto& f = json["figures"];
    CHECK(f["cases"] == 4);
    CHECK(f["closed"] == Document{{"n", 2}, {"of", 3}, {"rate", 2.0 / 3}});
    CHECK(f["closed_on_time"] == Document{{"n", 1}, {"of", 3}, {"rate", 1.0 / 3}});
    CHECK(f["satisfaction"] == Document{{"n", 1}, {"of", 1}, {"rate", 1.0}});
    CHECK(f["participation"] == Document{{"n", 1}, {"of", 2}, {"rate", 0.5}});
    CHECK(f["sign_off"] == Document{{"n", 0}, {"of", 0}, {"rate", nullptr}});
    CHECK(f["excluded"]["not_yet_due"] == 1);
    CHECK(f["open_now"] == 3);
    CHECK(f["overdue_now"] == 1);
    CHECK(json["last_week"]["cases"] == 1);
    CHECK(json["last_week"]["closed_on_time"]["n"] == 1);
    CHECK(json["last_week"]["open_now"].is_null());
    CHECK(json["targets"]["closed_on_time"] == 0.95);
    CHECK(json["targets"]["sign_off"] == 0.98);
}

TEST_CASE("the summary's sheet tells the same whole numbers as its JSON [T43]") {
    const auto f = document(MetricsReport::summary)["figures"];
    const auto rows = csv_rows(to_csv(metrics_sheet(answered(MetricsReport::summary), view())));
    std::map<std::string, std::vector<std::string>> by_name;
    for (const auto& row : rows) by_name[row[0]] = row;
    int compared = 0;
    for (const auto& [key, value] : f.items()) {
        if (key == "excluded") continue;
        const auto label = schema::sentence(schema::Language::zh, "metrics.figure." + key);
        INFO(key << " " << label);
        REQUIRE(by_name.count(label) == 1);
        const auto& row = by_name[label];
        if (value.is_object()) {
            CHECK(row[1] == value["n"].dump());
            CHECK(row[2] == value["of"].dump());
            if (value["of"] == 0) CHECK(row[3] == "—");
        } else {
            CHECK(row[1] == value.dump());
        }
        ++compared;
    }
    CHECK(compared == 13);
    CHECK(by_name["按期办结率"][3] == "33.33%");
    CHECK(by_name["按期办结率"][7] == "95.00%");
}

TEST_CASE("every report has a name in both languages for each of its columns") {
    for (const auto report : {MetricsReport::summary, MetricsReport::stages, MetricsReport::ranking,
                              MetricsReport::trend, MetricsReport::map, MetricsReport::topics})
        for (const auto language : {schema::Language::zh, schema::Language::en}) {
            const auto sheet = metrics_sheet(answered(report), view(language));
            CHECK(sheet.title.rfind("metrics.", 0) != 0);
            for (const auto& column : sheet.header) CHECK(column.rfind("metrics.", 0) != 0);
            for (const auto& row : sheet.rows) {
                CHECK(row.size() == sheet.header.size());
                if (const auto* text = std::get_if<std::string>(&row[0]))
                    CHECK(text->rfind("metrics.", 0) != 0);
            }
        }
}

TEST_CASE("stages, ranking, trend, map and topics in the shapes that the pages read") {
    const auto stages = document(MetricsReport::stages)["items"];
    CHECK(stages.size() == 5);
    CHECK(stages[2]["stage"] == "closure");
    CHECK(stages[2]["n"] == 2);
    CHECK(stages[2]["running"] == 2);
    CHECK(stages[2]["breached"] == 2);
    CHECK(stages[2]["on_time"] == Document{{"n", 1}, {"of", 3}, {"rate", 1.0 / 3}});
    // 75 minutes; the one still running for 60 tells nothing of longer ones, the one for 120 does. The median
    // of {75 min, >2 h, >1 h, 9 h}: after 75 min two thirds are left, after 9 h none.
    CHECK(stages[2]["gross_ms"]["p50"] == 9 * 3600 * 1000);
    CHECK(stages[0]["gross_ms"]["p50"].is_null());

    const auto streets = document(MetricsReport::ranking)["items"];
    REQUIRE(streets.size() == 1);
    CHECK(streets[0]["key"] == "330106009");
    CHECK(streets[0]["name"] == "一号街道");
    CHECK(streets[0]["reports"] == 4);
    CHECK(streets[0]["closed"] == 2);
    CHECK(streets[0]["on_time"]["of"] == 3);
    CHECK(streets[0]["on_time"]["low"].get<double>() < 1.0 / 3);
    CHECK(streets[0]["on_time"]["high"].get<double>() > 1.0 / 3);
    const auto owners = document(MetricsReport::ranking, {{"group_by", "owner"}})["items"];
    CHECK(owners[0]["key"] == "7");
    CHECK(owners[0]["name"] == "owner");

    const auto days = document(MetricsReport::trend)["items"];
    REQUIRE(days.size() == 1);
    CHECK(days[0] == Document{{"day", "2026-11-23"}, {"reports", 4}, {"closed", 2}, {"overdue", 2}});

    const auto grids = document(MetricsReport::map)["items"];
    REQUIRE(grids.size() == 1);
    CHECK(grids[0]["open"] == 3);
    CHECK(grids[0]["satisfied"] == 1);

    const auto topics = document(MetricsReport::topics);
    CHECK(topics["before"]["from"] == "2026-11-22T00:00:00.000+08:00");
    CHECK(topics["items"][0]["matter"]["name"] == "单车乱停");
    CHECK(topics["items"][0]["cases"] == 4);
    CHECK(topics["items"][0]["before"] == 1);
    CHECK(topics["items"][0]["change"] == 3);
}

TEST_CASE("a sheet as CSV: byte order mark, quoted text, disarmed formulas, no figure as a dash") {
    Sheet sheet;
    sheet.header = {"名称", "a,b"};
    sheet.rows = {{std::string("=1+1"), std::int64_t{-3}},
                  {std::string("says \"no\""), Percent{{0, 0}}},
                  {Span{Millis{93784999}}, Percent{{737, 972}}},
                  {Span{}, {}}};
    CHECK(to_csv(sheet) ==
          "\xEF\xBB\xBF"
          "名称,\"a,b\"\r\n"
          "'=1+1,-3\r\n"
          "\"says \"\"no\"\"\",—\r\n"
          "26:03:04,75.82%\r\n"
          "—,\r\n");
}

TEST_CASE("the .xlsx holds the same numbers unrounded and opens as a package") {
    const auto xlsx = to_xlsx(metrics_sheet(answered(MetricsReport::summary), view()));
    REQUIRE(xlsx.has_value());
    CHECK(xlsx->substr(0, 4) == "PK\x03\x04");
    const auto page = packed(*xlsx, "xl/worksheets/sheet1.xml") + packed(*xlsx, "xl/sharedStrings.xml");
    CHECK(page.find("按期办结率") != std::string::npos);
    CHECK(page.find("0.333333333333333") != std::string::npos);  // a third, as far as the format goes
}
