#include "schema/codec/documents.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace mashang {
namespace {

std::string file(const std::string& name) {
    std::ifstream in(std::string(MASHANG_DEFAULTS) + '/' + name);
    REQUIRE(in.good());
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// "pointer key" of every fault, in order.
template <class T>
std::vector<std::string> faults(const Result<T>& read) {
    std::vector<std::string> list;
    if (read.has_value()) return list;
    const Error refusal = read.error();  // error() answers a temporary
    for (const FieldError& f : refusal.fields) list.push_back(f.pointer + ' ' + f.key);
    return list;
}

using Faults = std::vector<std::string>;

std::string with(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

const std::string calendar_text = R"({
  "id": "c", "version": 3, "zone": "Asia/Shanghai", "horizon": "2026-12-31",
  "weekly": {"mon": ["08:30-12:00", "14:00-17:30"], "tue": [], "fri": ["00:00-24:00"]},
  "working_day": ["09:00-17:00"], "roll_over_weekends": false,
  "holidays": [{"date": "2026-01-01", "name": "元旦"}], "make_up_days": ["2026-01-04"],
  "overrides": [{"date": "2026-02-01", "intervals": ["10:00-11:00"]}]
})";

const std::string standards_text = R"({"version": 1, "standards": [
  {"matter": "*", "sign_off": "30wm", "response": "2wh", "closure": "2wd", "review": "1wd",
   "evidence": "photo"},
  {"matter": "*", "priority": "urgent", "sign_off": "15em", "closure": "8eh"},
  {"matter": "S33010609*", "priority": "urgent", "closure": "3eh"},
  {"id": "main", "matter": "B33010601003", "steps": [
    {"id": "fence", "limit": "3eh"}, {"id": "mend", "limit": "8eh"}]}
]})";

std::string rules_text(const std::string& when) {
    return R"({"version": 1, "rules": [{"order": 1, "id": "a", "name": "a", "when": )" + when +
           R"(, "then": {"owner": {"role": "street", "of": "grid"}, 
            "co_handlers": [{"unit_kind": "property"}],
            "priority": "urgent", "condition": "danger", "supervise": true, "standard": null}},
            {"order": 9, "id": "default", "name": "d", "when": "always",
             "then": {"owner": {"role": "worker"}}}]})";
}

const std::string territory_text = R"({"type": "FeatureCollection", "features": [
  {"type": "Feature", "geometry": null, "properties":
   {"level": "district", "code": "330106", "name": "西湖区", "made_up": true}},
  {"type": "Feature", "properties": {"level": "street", "code": "330106009000", "name": "灵隐街道"},
   "geometry": null},
  {"type": "Feature", "properties": {"level": "community", "code": "330106009001", "name": "求是社区"},
   "geometry": null},
  {"type": "Feature", "properties": {"level": "grid", "code": "330106009001001", "name": "一"},
   "geometry":
    {"type": "Polygon", "coordinates": [[[120, 30], [120.01, 30], [120.01, 30.01], [120, 30.01], [120, 30]]]}}
]})";

}  // namespace

TEST_CASE("the default documents are read whole and agree with each other") {
    const auto calendar = read_calendar(file("calendar.json"));
    CHECK(faults(calendar) == Faults{});
    const auto catalogue = read_catalogue(file("catalogue.json"));
    CHECK(faults(catalogue) == Faults{});
    const auto standards = read_standards(file("standards.json"));
    CHECK(faults(standards) == Faults{});
    const auto rules = read_rules(file("rules.json"));
    CHECK(faults(rules) == Faults{});
    const auto shifts = read_shifts(file("shifts.json"));
    CHECK(faults(shifts) == Faults{});
    // A guess from a resident's own words, its standard and its rule.
    const auto guess = (*catalogue)->guess("路口的共享单车乱停，挡路了");
    REQUIRE(guess.has_value());
    CHECK((*catalogue)->find(guess->code)->name.find("共享单车") != std::string::npos);
    for (const Matter& m : (*catalogue)->matters()) {
        for (const Priority p : {Priority::ordinary, Priority::urgent, Priority::emergency}) {
            CHECK_FALSE((*standards)->find(m.code, "default", p).closure.empty());
        }
    }
    CHECK((*catalogue)->likely("bicycle_stand", 6).size() >= 4);
}

TEST_CASE("[T8] the default calendar keeps the published day counts, in the zone of the district") {
    const auto calendar = read_calendar(file("calendar.json")).value();
    using std::chrono::sys_days;
    // domain.md, fact 7: five working days from 2026-02-12 end on the 26th, at the close of 17:30.
    const Instant received = sys_days{std::chrono::year{2026} / 2 / 12} + std::chrono::hours{2};
    const auto due = calendar->add(received, {Unit::working_days, 5});
    CHECK(due.at == sys_days{std::chrono::year{2026} / 2 / 26} + std::chrono::minutes{570});
    CHECK_FALSE(due.provisional);
}

namespace {

// The days that the State Council's papers of one year name, with whether they are off, from the file of that
// year; nothing where the data does not lie beside the checkout.
std::map<LocalDay, bool> published(int year) {
    std::ifstream in(std::string(MASHANG_SHARED_DATA) + "/holidays/" + std::to_string(year) + ".json");
    std::stringstream text;
    text << in.rdbuf();
    const std::string all = text.str();
    static const std::regex entry(R"re("date":\s*"(\d{4})-(\d{2})-(\d{2})",\s*"isOffDay":\s*(true|false))re");
    std::map<LocalDay, bool> named;
    for (std::sregex_iterator it(all.begin(), all.end(), entry), end; it != end; ++it) {
        const auto number = [&](std::size_t group) { return std::stoi((*it)[group]); };
        const std::chrono::year_month_day date{std::chrono::year{number(1)},
                                               std::chrono::month(static_cast<unsigned>(number(2))),
                                               std::chrono::day(static_cast<unsigned>(number(3)))};
        named[LocalDay{date}] = (*it)[4] == "true";
    }
    return named;
}

}  // namespace

TEST_CASE("[T7] the default calendar has each day off and make-up day of 2019 to 2026 that was published") {
    const auto calendar = read_calendar(file("calendar.json")).value();
    std::map<LocalDay, bool> named;
    for (int year = 2019; year <= 2026; ++year) {
        const auto days = published(year);
        if (days.empty()) {
            WARN("skipped: no holidays/" << year << ".json beside the checkout");
            return;
        }
        named.insert(days.begin(), days.end());
    }
    int off = 0, made_up = 0;
    const LocalDay end{std::chrono::year{2027} / 1 / 1};
    for (LocalDay day{std::chrono::year{2019} / 1 / 1}; day < end; day += std::chrono::days{1}) {
        const auto found = named.find(day);
        const bool weekend = std::chrono::weekday{day}.iso_encoding() > 5;
        const bool works = found == named.end() ? !weekend : !found->second;
        INFO(day.time_since_epoch().count() << " days since 1970");
        const auto worked = calendar->working_between(calendar->start_of(day),
                                                      calendar->start_of(day + std::chrono::days{1}));
        CHECK(worked == (works ? std::chrono::hours{7} : std::chrono::hours{0}));
        if (found == named.end()) continue;
        CHECK(calendar->kind_of(day) == (works ? DayKind::make_up_work : DayKind::public_holiday));
        (works ? made_up : off) += 1;
    }
    CHECK(off > 200);
    CHECK(made_up == 53);
}

TEST_CASE("a calendar is read member by member") {
    const auto calendar = read_calendar(calendar_text).value();
    const CalendarSpec& spec = calendar->spec();
    CHECK(spec.id == "c");
    CHECK(spec.version == 3);
    CHECK(spec.weekly[0] == DayPattern{{510, 720}, {840, 1050}});
    CHECK(spec.weekly[1].empty());
    CHECK(spec.weekly[2].empty());
    CHECK(spec.weekly[4] == DayPattern{{0, 1440}});
    CHECK_FALSE(spec.roll_over_weekends);
    CHECK(spec.public_holidays.size() == 1);
    CHECK(spec.make_up_days == std::vector{LocalDay{std::chrono::year{2026} / 1 / 4}});
    CHECK(spec.overrides.at(0).second == DayPattern{{600, 660}});
    CHECK(spec.first_day == LocalDay{std::chrono::year{2019} / 1 / 1});
    CHECK(spec.last_day >= LocalDay{std::chrono::year{2029} / 12 / 31});
    CHECK(calendar->offset_at(Instant{}) == std::chrono::hours{8});
    CHECK(read_calendar(calendar_text, 12).value()->spec().version == 12);
}

TEST_CASE("[T1] a zone with daylight saving is expanded to its published jumps") {
    const auto calendar = read_calendar(with(calendar_text, "Asia/Shanghai", "America/New_York")).value();
    // 2026: forward on 8 March and back on 1 November, each at 2:00 local.
    const Instant forward = std::chrono::sys_days{std::chrono::year{2026} / 3 / 8} + std::chrono::hours{7};
    const Instant back = std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::hours{6};
    using std::chrono::hours;
    CHECK(calendar->offset_at(forward - Millis{1}) == hours{-5});
    CHECK(calendar->offset_at(forward) == hours{-4});
    CHECK(calendar->offset_at(back - Millis{1}) == hours{-4});
    CHECK(calendar->offset_at(back) == hours{-5});
}

TEST_CASE("[T9] a calendar's faults stand at their places in the document") {
    const auto fault = [](std::string_view from, std::string_view to) {
        return faults(read_calendar(with(calendar_text, from, to)));
    };
    CHECK(fault("Asia/Shanghai", "Asia/Hangzhou") == Faults{"/zone error.zone_unknown"});
    CHECK(fault("14:00-17:30", "11:00-17:30") == Faults{"/weekly/mon/1 error.calendar_interval_overlap"});
    CHECK(fault("14:00-17:30", "14-17") == Faults{"/weekly/mon/1 error.interval_notation"});
    CHECK(fault("24:00", "24:01") == Faults{"/weekly/fri/0 error.interval_notation"});
    CHECK(fault("2026-01-01", "2026-02-30") == Faults{"/holidays/0/date error.day_notation"});
    CHECK(fault("2026-01-04", "2026-01-01") == Faults{"/make_up_days/0 error.calendar_holiday_and_make_up"});
    CHECK(fault("10:00-11:00", "11:00-10:00") ==
          Faults{"/overrides/0/intervals/0 error.calendar_interval_empty"});
    CHECK(fault("\"version\": 3", "\"version\": 0") == Faults{"/version error.out_of_range"});
    CHECK(fault("\"id\": \"c\", ", "") == Faults{"/id error.missing"});
}

TEST_CASE("an unknown key is refused, with the nearest known one") {
    const auto read = read_calendar(with(calendar_text, "roll_over_weekends", "rollover_weekend"));
    REQUIRE(read.has_error());
    REQUIRE(read.error().fields.size() == 1);
    const FieldError fault = read.error().fields.front();
    CHECK(fault.pointer == "/rollover_weekend");
    CHECK(fault.key == "error.unknown_key_nearest");
    CHECK(fault.args.at(1).second == "roll_over_weekends");
    CHECK(faults(read_calendar(with(calendar_text, "\"id\"", "\"a~/b\": 1, \"id\""))) ==
          Faults{"/a~0~1b error.unknown_key"});
}

TEST_CASE("broken JSON is told with line and column, a repeated key by its name") {
    const auto read = read_rules("{\n  \"version\": 1,\n  oops\n}");
    REQUIRE(read.has_error());
    const FieldError fault = read.error().fields.at(0);
    CHECK(fault.key == "error.json_syntax");
    CHECK(fault.args == std::vector<std::pair<std::string, std::string>>{{"line", "3"}, {"column", "3"}});
    const auto twice = read_rules(R"({"version": 1, "version": 2, "rules": []})");
    CHECK(faults(twice) == Faults{" error.json_duplicate_key"});
    CHECK(twice.error().fields.at(0).args.at(0).second == "version");
    CHECK(faults(read_rules(std::string(100, '['))) == Faults{" error.too_deep"});
    CHECK(faults(read_rules("")) == Faults{" error.json_syntax"});
    CHECK(faults(read_rules("[]")) == Faults{" error.not_an_object"});
    CHECK(faults(read_rules("\"\xFF\"")) == Faults{" error.json_syntax"});
    CHECK(faults(read_rules(std::string((16U << 20U) + 1, ' '))) == Faults{" error.document_too_large"});
}

TEST_CASE("a standard takes what it leaves out from the entry for anything, of its own priority first") {
    const auto standards = read_standards(standards_text).value();
    const Standard& urgent = standards->find("S33010609011", "default", Priority::urgent);
    CHECK(urgent.id == "S33010609/urgent@1");
    CHECK(urgent.matter == "S33010609");
    CHECK(to_string(urgent.closure.at(0).limit) == "3eh");
    CHECK(to_string(urgent.sign_off) == "15em");  // from "*", urgent
    CHECK(to_string(urgent.response) == "2wh");   // from "*"
    CHECK(urgent.evidence);
    const Standard& main = standards->find("B33010601003", "default", Priority::ordinary);
    CHECK(main.id == "main@1");
    REQUIRE(main.closure.size() == 2);
    CHECK(main.closure[0].id == "fence");
    CHECK(to_string(main.closure[1].limit) == "8eh");
    CHECK(to_string(main.sign_off) == "30wm");
    CHECK(standards->find("M", "x", Priority::emergency).id == "*@1");
    CHECK(read_standards(standards_text, 7).value()->find("M", "x", Priority::ordinary).id == "*@7");
}

TEST_CASE("faults of standards stand at their places in the document") {
    const auto fault = [](std::string_view from, std::string_view to) {
        return faults(read_standards(with(standards_text, from, to)));
    };
    CHECK(fault("30wm", "30 minutes") == Faults{"/standards/0/sign_off error.limit_notation"});
    CHECK(fault("\"response\": \"2wh\", ", "") == Faults{"/standards/0/response error.missing"});
    CHECK(fault("\"closure\": \"2wd\", ", "") == Faults{"/standards/0/closure error.missing"});
    CHECK(fault("S33010609*", "33010609") == Faults{"/standards/2/matter error.matter_prefix"});
    CHECK(fault("\"steps\"", "\"closure\": \"8wh\", \"steps\"") ==
          Faults{"/standards/3/closure error.either_or"});
    CHECK(fault("8eh\"}]", "0eh\"}]") == Faults{"/standards/3/steps/1/limit error.limit_notation"});
    CHECK(fault("\"mend\"", "\"fence\"") == Faults{"/standards/3/steps/1/id error.duplicate"});
    CHECK(fault("\"photo\"", "\"video\"") == Faults{"/standards/0/evidence error.unknown_word"});
    CHECK(fault("\"urgent\", \"sign_off\"", "\"soon\", \"sign_off\"") ==
          Faults{"/standards/1/priority error.unknown_word"});
    CHECK(fault("{\"matter\": \"*\", \"sign_off\"", "{\"matter\": \"S\", \"sign_off\"") ==
          Faults{"/standards error.standard_default_missing"});
}

TEST_CASE("a rule is read with everything that it says") {
    const auto rules = read_rules(rules_text(R"({"matter": "S33010609*"})")).value();
    const Rule& rule = rules->rules().at(0);
    CHECK(rule.then.owner == Role::street);
    CHECK(rule.then.co_handlers == std::vector<std::string>{"property"});
    CHECK(rule.then.priority == Priority::urgent);
    CHECK(rule.then.condition == "danger");
    CHECK(rule.then.supervise);
    CHECK(std::get<MatterIs>(rule.when.is).prefixes == std::vector<std::string>{"S33010609"});
}

TEST_CASE("every condition of a rule document judges as it reads") {
    Facts f;
    f.matter = "S33010609011";
    f.place_kind = "gate";
    f.grid_code = "330106009001003";
    f.local_minute = 23 * 60;
    f.weekday = 6;
    f.words = {"煤气"};
    f.joined_reports = 3;
    f.distance_m = 600;
    const auto holds = [&f](const std::string& when) {
        const auto rules = read_rules(rules_text(when));
        CHECK(faults(rules) == Faults{});
        return (*rules)->judge(f).rule->id == "a";
    };
    for (const char* when :
         {R"("always")", R"({"matter": ["B", "S33010609"]})", R"({"class": "S33010609"})",
          R"({"place_kind": "gate"})", R"({"division": ["330106009"]})", R"({"reporter_kind": "resident"})",
          R"({"priority": ["ordinary"]})", R"({"local_time": {"from": "22:00", "to": "06:00"}})",
          R"({"weekday": ["sat", "sun"]})", R"({"working_time": false})", R"({"words": ["煤气"]})",
          R"({"joined_reports": {"min": 3}})", R"({"distance_m": {"min": 500}})",
          R"({"all": [{"matter": "S"}, {"not": {"place_kind": "park"}}]})",
          R"({"any": [{"matter": "M"}, {"words": ["煤气"]}]})"}) {
        CAPTURE(when);
        CHECK(holds(when));
        CHECK_FALSE(holds(std::string(R"({"not": )") + when + "}"));
    }
}

TEST_CASE("faults of rules stand at their places, however deep") {
    const auto fault = [](const std::string& when) { return faults(read_rules(rules_text(when))); };
    CHECK(fault(R"({"all": [{"any": [{"weekday": ["mon", "sonntag"]}]}]})") ==
          Faults{"/rules/0/when/all/0/any/0/weekday/1 error.unknown_word"});
    CHECK(fault(R"({"matter": "S", "place_kind": "gate"})") == Faults{"/rules/0/when error.one_condition"});
    CHECK(fault("{}") == Faults{"/rules/0/when error.one_condition"});
    CHECK(fault("\"never\"") == Faults{"/rules/0/when error.unknown_word"});
    CHECK(fault("17") == Faults{"/rules/0/when error.not_an_object"});
    CHECK(fault(R"({"all": []})") == Faults{"/rules/0/when/all error.empty_list"});
    CHECK(fault(R"({"any": []})") == Faults{"/rules/0/when/any error.empty_list"});
    CHECK(fault(R"({"matter": ["09"]})") == Faults{"/rules/0/when/matter/0 error.matter_prefix"});
    CHECK(fault(R"({"distance_m": {"min": null}})") ==
          Faults{"/rules/0/when/distance_m/min error.not_a_whole_number"});
    CHECK(fault(R"({"distance_m": {"min": -1}})") ==
          Faults{"/rules/0/when/distance_m/min error.out_of_range"});
    CHECK(fault(R"({"joined_reports": {"min": 18446744073709551615}})") ==
          Faults{"/rules/0/when/joined_reports/min error.out_of_range"});
    CHECK(fault(R"({"local_time": {"from": "25:00", "to": "06:00"}})") ==
          Faults{"/rules/0/when/local_time/from error.time_notation"});
    std::string deep = R"("always")";
    for (int i = 0; i < 17; ++i) deep = R"({"not": )" + deep + "}";
    REQUIRE(fault(deep).size() == 1);
    CHECK(fault(deep).at(0).ends_with(" error.too_deep"));
    const auto then = [](std::string_view from, std::string_view to) {
        return faults(read_rules(with(rules_text(R"("always")"), from, to)));
    };
    CHECK(then("\"street\"", "\"unit\"") == Faults{"/rules/0/then/owner/role error.owner_role"});
    CHECK(then("\"standard\": null", "\"standard\": \"x\"") ==
          Faults{"/rules/0/then/standard error.not_taken"});
    CHECK(then("\"order\": 9", "\"order\": 1").at(0) == "/rules/1/order error.duplicate");
    CHECK(then("\"when\": \"always\",\n             \"then\": {\"owner\": {\"role\": \"worker\"",
               "\"when\": {\"matter\": \"S\"}, \"then\": {\"owner\": {\"role\": \"worker\"") ==
          Faults{"/rules error.rule_default_missing"});
}

TEST_CASE("a catalogue's faults stand at their places in the document") {
    const std::string text =
        R"({"version": 1, "matters": [{"code": "S33010609011", "kind": "S", "class": "09",
        "name": "共享单车", "name_en": "Shared bicycles", "keywords": ["单车"], "priority": "ordinary",
        "questions": [{"id": "q", "zh": "多少？", "en": "How many?",
                       "options": [{"id": "a", "zh": "少", "en": "few"}]}],
        "conditions": [{"id": "default", "name": "一般"}], "evidence": "photo", "verify": true}]})";
    const auto catalogue = read_catalogue(text).value();
    const Matter& m = *catalogue->find("S33010609011");
    CHECK(m.evidence);
    CHECK(m.verify);
    CHECK(m.matter_class == "09");
    CHECK(m.questions.at(0).options.at(0).en == "few");
    const auto fault = [&text](std::string_view from, std::string_view to) {
        return faults(read_catalogue(with(text, from, to)));
    };
    CHECK(fault("S33010609011", "S3301060901") == Faults{"/matters/0/code error.matter_code"});
    CHECK(fault("\"kind\": \"S\"", "\"kind\": \"B\"") == Faults{"/matters/0/kind error.matter_kind"});
    CHECK(fault("\"en\": \"few\"", "\"fr\": \"peu\"") ==
          Faults{"/matters/0/questions/0/options/0/fr error.unknown_key",
                 "/matters/0/questions/0/options/0/en error.missing"});
    CHECK(fault("[\"单车\"]", "[\"单车\", 5]") == Faults{"/matters/0/keywords/1 error.not_a_text"});
}

TEST_CASE("a territory is read from GeoJSON, its faults at the feature") {
    const auto territory = read_territory(territory_text).value();
    CHECK(territory->version() == 1);
    CHECK(read_territory(territory_text, 5).value()->version() == 5);
    CHECK(territory->at({120.005, 30.005})->code == "330106009001001");
    CHECK(territory->street_name("330106009001001") == "灵隐街道");
    const auto fault = [](std::string_view from, std::string_view to) {
        return faults(read_territory(with(territory_text, from, to)));
    };
    CHECK(fault("330106009001001", "330106009002001") ==
          Faults{"/features/3/properties/code error.division_parent"});
    CHECK(fault("[120, 30.01], [120, 30]", "[120, 30.01]") ==
          Faults{"/features/3/geometry/coordinates/0 error.ring_open"});
    CHECK(fault("[120, 30.01], [120", "[120, 95], [120") ==
          Faults{"/features/3/geometry/coordinates/0/3 error.position"});
    CHECK(fault("\"Polygon\"", "\"MultiPolygon\"") ==
          Faults{"/features/3/geometry/type error.expected_word"});
    CHECK(fault("\"level\": \"street\"", "\"level\": \"town\"").at(0) ==
          "/features/1/properties/level error.unknown_word");
    CHECK(fault("\"level\": \"street\"", "\"lvl\": \"street\"").size() == 2);
}

TEST_CASE("shifts are weekly patterns that know no holidays, and one that never ends") {
    const auto shifts = read_shifts(file("shifts.json")).value();
    const auto calendars = shifts.calendars();
    const Instant new_year_noon =
        std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + std::chrono::hours{4};
    CHECK(calendars.at("day")->is_working(new_year_noon));  // a Thursday and a public holiday
    CHECK_FALSE(calendars.at("weekend")->is_working(new_year_noon));
    const auto& round_clock = *calendars.at("round_clock");
    const Instant midnight = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + std::chrono::hours{16};
    for (const Instant t : {midnight - Millis{1}, midnight, midnight + Millis{1}})
        CHECK(round_clock.is_working(t));
    CHECK(shifts.find("late")->name_en == "Late");
    CHECK(shifts.find("none") == nullptr);
    const std::string twice = with(file("shifts.json"), "\"id\": \"early\"", "\"id\": \"day\"");
    CHECK(faults(read_shifts(twice)) == Faults{"/shifts/1/id error.duplicate"});
    const std::string overlap =
        with(file("shifts.json"), "[\"08:30-17:30\"]", "[\"08:30-17:30\", \"09:00-10:00\"]");
    CHECK(faults(read_shifts(overlap)) == Faults{"/shifts/0/weekly/mon/1 error.calendar_interval_overlap"});
}

TEST_CASE("what was written is read as the same again") {
    const auto catalogue = read_catalogue(file("catalogue.json")).value();
    CHECK(read_catalogue(write_catalogue(*catalogue)).value()->matters() == catalogue->matters());
    const auto rules = read_rules(file("rules.json")).value();
    const std::string rules_again = write_rules(*rules);
    CHECK(write_rules(*read_rules(rules_again).value()) == rules_again);
    CHECK(read_rules(rules_again).value()->rules().size() == rules->rules().size());
    const auto standards = read_standards(standards_text).value();
    const std::string standards_again = write_standards(*standards);
    CHECK(write_standards(*read_standards(standards_again).value()) == standards_again);
    const auto calendar = read_calendar(file("calendar.json")).value();
    const auto calendar_again = read_calendar(write_calendar(*calendar, "Asia/Shanghai")).value();
    CHECK(calendar_again->spec().weekly == calendar->spec().weekly);
    CHECK(calendar_again->spec().public_holidays == calendar->spec().public_holidays);
    CHECK(calendar_again->spec().make_up_days == calendar->spec().make_up_days);
    CHECK(calendar_again->spec().horizon == calendar->spec().horizon);
    const auto territory = read_territory(territory_text).value();
    const auto territory_again = read_territory(write_territory(*territory)).value();
    CHECK(territory_again->grids().at(0).outline == territory->grids().at(0).outline);
    CHECK(territory_again->divisions().size() == 3);
    const auto shifts = read_shifts(file("shifts.json")).value();
    CHECK(write_shifts(read_shifts(write_shifts(shifts)).value()) == write_shifts(shifts));
}

TEST_CASE("a document with one byte changed is taken or refused, never a crash") {
    const std::string text =
        rules_text(R"({"all": [{"matter": ["S"]}, {"local_time": {"from": "22:00", "to": "06:00"}}]})");
    CHECK(rc::check([&text] {
        std::string spoiled = text;
        const auto at = *rc::gen::inRange<std::size_t>(0, spoiled.size());
        spoiled[at] = static_cast<char>(*rc::gen::inRange(0, 256));
        const auto read = read_rules(spoiled);
        RC_ASSERT(read.has_value() || !read.error().fields.empty());
    }));
}

}  // namespace mashang
