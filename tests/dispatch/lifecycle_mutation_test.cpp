// A wrong table cannot pass: every entry of it is flipped, one after another, and each time the tests that
// hold the table against lifecycle.md have to object.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>

#include "lifecycle_matrix.hpp"
#include "table_in_place.hpp"

using namespace mashang;
using namespace mashang::build;
using namespace mashang::matrix;
using K = CommandKind;

namespace {

// The table of lifecycle.md in letters, written a second time by hand.
//   from   W waiting, D dispatched, S signed off, R responded, V in review, C closed, X rejected, Z
//   withdrawn,
//          M merged
//   who    O the owner, L leader upwards, A above all who had it, R reviewer, U unit, P the resident's link,
//          Y the system, T any staff, N a rung above the owner, F street and district, G agent
//   flags  r returning, a being adjudicated, p paused: those that must be up, and that must be down
//   actor  of the matrix, one who is in the groups; and what the case must not have open besides
struct Line {
    K command;
    std::string_view from, who, up, down;
    char actor;
};
// clang-format off
constexpr Line lines[] = {
    {K::assign,            "WDSR",      "LY", "",  "a",   'l'},
    {K::sign_off,          "D",         "O",  "",  "ra",  'o'},
    {K::return_case,       "DS",        "O",  "",  "rap", 'o'},
    {K::decide_return,     "DS",        "L",  "r", "",    'l'},
    {K::transfer,          "DSR",       "OL", "",  "ra",  'o'},
    {K::adjudicate,        "DSR",       "A",  "a", "",    'd'},
    {K::respond,           "S",         "O",  "",  "rap", 'o'},
    {K::finish_step,       "SR",        "O",  "",  "rap", 'o'},
    {K::close,             "SR",        "O",  "",  "rap", 'o'},
    {K::review,            "V",         "R",  "",  "",    'r'},
    {K::rate,              "C",         "P",  "",  "",    'p'},
    {K::reopen,            "C",         "RF", "",  "",    'd'},
    {K::pause,             "SR",        "OL", "",  "rap", 'l'},
    {K::decide_pause,      "SR",        "L",  "",  "p",   'l'},
    {K::resume,            "SR",        "OL", "p", "",    'o'},
    {K::request_extension, "SR",        "O",  "",  "ra",  'o'},
    {K::decide_extension,  "SR",        "L",  "",  "",    'l'},
    {K::add_co_handler,    "SR",        "OL", "",  "",    'o'},
    {K::finish_part,       "SR",        "U",  "",  "",    'u'},
    {K::waive_part,        "SR",        "O",  "",  "",    'o'},
    {K::reclassify,        "WDSR",      "OL", "",  "",    'o'},
    {K::reprioritise,      "WDSR",      "OL", "",  "",    'o'},
    {K::reject,            "WDS",       "L",  "",  "",    'l'},
    {K::withdraw,          "WDSR",      "P",  "",  "",    'p'},
    {K::merge,             "WDSR",      "L",  "",  "",    'l'},
    {K::split,             "WDSR",      "L",  "",  "",    'l'},
    {K::supervise,         "WDSRV",     "N",  "",  "",    's'},
    {K::answer,            "WDSRV",     "O",  "",  "",    'o'},
    {K::note,              "WDSRVCXZM", "T",  "",  "",    'l'},
    {K::call_back,         "WDSRVCXZM", "GR", "",  "",    'g'},
    {K::supplement,        "WDSRV",     "P",  "",  "",    'p'},
};
// clang-format on
static_assert(std::size(lines) == command_kinds);

constexpr std::pair<char, Status> status_letters[] = {
    {'W', Status::waiting},   {'D', Status::dispatched}, {'S', Status::signed_off},
    {'R', Status::responded}, {'V', Status::in_review},  {'C', Status::closed},
    {'X', Status::rejected},  {'Z', Status::withdrawn},  {'M', Status::merged}};
constexpr std::pair<char, Who> group_letters[] = {
    {'O', by_owner},      {'L', by_leader_up}, {'A', by_adjudicator}, {'R', by_reviewer},
    {'U', by_unit},       {'P', by_resident},  {'Y', by_system},      {'T', by_staff},
    {'N', by_rung_above}, {'F', by_office},    {'G', by_agent}};
constexpr std::pair<char, bool FlagMask::*> flag_letters[] = {
    {'r', &FlagMask::returning}, {'a', &FlagMask::adjudicating}, {'p', &FlagMask::paused}};

bool has(std::string_view letters, char letter) {
    return letters.find(letter) != letters.npos;
}

const Line& line_of(K command) {
    return *std::find_if(std::begin(lines), std::end(lines),
                         [&](const Line& line) { return line.command == command; });
}

const Row& row_of(K command) {
    return *std::find_if(rows().begin(), rows().end(),
                         [&](const Row& row) { return row.command == command; });
}

// Entry by entry: whether the edge is the line.
bool as_written(const Edge& edge) {
    const Line& line = line_of(edge.command);
    bool same = true;
    for (const auto& [letter, status] : status_letters)
        same = same && has(line.from, letter) == ((edge.from & bit(status)) != 0);
    for (const auto& [letter, group] : group_letters)
        same = same && has(line.who, letter) == ((edge.who & group) != 0);
    for (const auto& [letter, flag] : flag_letters)
        same = same && has(line.up, letter) == edge.requires_.*flag &&
               has(line.down, letter) == edge.forbids.*flag;
    return same;
}

struct Scene {
    char state = 'D';
    std::unique_ptr<World> w = std::make_unique<World>();
    Case c;
};

const std::vector<Scene>& settled_scenes() {
    static const auto scenes = [] {
        std::vector<Scene> all;
        for (const char state : states) {
            auto& scene = all.emplace_back();
            scene.state = state;
            scene.c = settled_in(*scene.w, state);
        }
        return all;
    }();
    return scenes;
}

// Whether the matrix of states and actors objects to the command as it is decided now.
bool matrix_objects(K command) {
    const Row& row = row_of(command);
    for (const Scene& scene : settled_scenes())
        for (const char who : actors)
            if (got(*scene.w, scene.c, row, who) != code_of(expected(row, scene.state, who))) return true;
    return false;
}

// A case with everything open that a command may be about, so that only status and flags decide.
const Scene& busy() {
    static const auto made = [] {
        Scene s;
        World& w = *s.w;
        Case c = w.by_owner(w.submitted(matter::stepped), K::sign_off);
        c = w.by_owner(c, K::add_co_handler);
        c = w.give(c, K::supervise, w.as(staff::street_officer));
        c = w.by_owner(w.by_owner(c, K::pause), K::request_extension);
        c = with_second_report(w, c);
        c.return_ask = c.pause_ask;
        s.c = c;
        return s;
    }();
    return made;
}

Case busy_for(K command, Status status, const Flags& flags) {
    Case c = busy().c;
    if (command == K::withdraw) c.reports.pop_back();
    if (command == K::request_extension) c.extension_ask.reset();
    c.status = status;
    c.flags = flags;
    return c;
}

bool offered(K command, Status status, const Flags& flags) {
    const Case c = busy_for(command, status, flags);
    const World& w = *busy().w;
    const auto list = allowed(c, actor_of(w, c, line_of(command).actor), w.now);
    return std::find(list.begin(), list.end(), command) != list.end();
}

// Whether some status with some flags, reachable or not, is decided otherwise than the line says.
bool line_objects(K command) {
    const Line& line = line_of(command);
    for (const auto& [letter, status] : status_letters) {
        for (int flags = 0; flags < 8; ++flags) {
            const bool up[] = {(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
            bool fits = has(line.from, letter);
            for (std::size_t i = 0; i < 3; ++i)
                fits = fits && !(has(line.up, flag_letters[i].first) && !up[i]) &&
                       !(has(line.down, flag_letters[i].first) && up[i]);
            if (offered(command, status, {up[0], up[1], up[2], false, false}) != fits) return true;
        }
    }
    return false;
}

// Where the owner of now or of before stands high: rungs above him are fewer than leaders and offices.
struct HighScene {
    World w;
    Case ruled, at_district;  // the street has had it and it is being adjudicated; the district's desk has it
    HighScene() {
        Submission s = w.report();
        s.words = {"占道"};
        ruled = w.submitted(s);
        for (int hop = 0; hop < 4; ++hop) ruled = w.by_owner(ruled, K::transfer);
        at_district = w.give(w.submitted(), K::assign, w.as(staff::leader),
                             [](Command& k) { k.to = staff::district_desk; });
    }
};
const HighScene& high() {
    static const HighScene scene;
    return scene;
}

bool high_owners_object(K command) {
    const HighScene& s = high();
    const auto refused = [&](const Case& c, PersonId who) {
        return s.w.refusal(c, command, s.w.as(who)) == Errc::forbidden;
    };
    if (command == K::adjudicate)
        return !refused(s.ruled, staff::street_officer) || refused(s.ruled, staff::district_officer);
    if (command == K::supervise)
        return !refused(s.at_district, staff::street_officer) ||
               !refused(s.at_district, staff::district_officer);
    return false;
}

bool deeds_object(K command) {
    return matrix_objects(command) || line_objects(command) || high_owners_object(command);
}

struct Flip {
    std::size_t edge = 0;
    std::string what;
    std::function<void(Edge&)> apply;
    unsigned group = 0;  // of a flip in `who`
};

std::vector<Flip> all_flips() {
    std::vector<Flip> all;
    for (std::size_t i = 0; i < edges_as_written().size(); ++i) {
        const std::string name(to_string(edges_as_written()[i].command));
        for (const auto& [letter, status] : status_letters)
            all.push_back({i, name + " from " + letter, [b = bit(status)](Edge& e) { e.from ^= b; }});
        for (const auto& [letter, group] : group_letters)
            all.push_back({i, name + " by " + letter, [g = group](Edge& e) { e.who ^= g; }, group});
        for (const auto& [letter, flag] : flag_letters) {
            const auto turn = [f = flag](FlagMask& mask) { mask.*f = !(mask.*f); };
            all.push_back({i, name + " needs " + letter, [turn](Edge& e) { turn(e.requires_); }});
            all.push_back({i, name + " forbids " + letter, [turn](Edge& e) { turn(e.forbids); }});
        }
    }
    return all;
}

// A group inside another that may do it anyway: such a flip lets nobody do more or less.
bool lets_the_same_people(const Flip& flip) {
    constexpr unsigned leaders = by_adjudicator | by_rung_above | by_office;
    constexpr unsigned anybody = leaders | by_owner | by_leader_up | by_reviewer | by_unit | by_agent;
    const unsigned who = edges_as_written()[flip.edge].who;
    if ((who & by_staff) != 0 && (flip.group & anybody) != 0) return true;
    return (who & by_leader_up) != 0 && (flip.group & leaders) != 0;
}

}  // namespace

TEST_CASE("the table says what lifecycle.md says, entry by entry") {
    CHECK(edges().size() == command_kinds);
    for (const Edge& edge : edges()) {
        INFO(to_string(edge.command));
        CHECK(as_written(edge));
    }
}

TEST_CASE("in every status, under every flag, reachable or not, a command goes by its line") {
    for (const Line& line : lines) {
        INFO(to_string(line.command));
        CHECK_FALSE(deeds_object(line.command));
    }
}

TEST_CASE("a wrong table cannot pass: each entry flipped alone is found out") {
    std::size_t by_what_is_done = 0, by_words_alone = 0;
    const auto flips = all_flips();
    REQUIRE(flips.size() == command_kinds * (9 + 11 + 3 + 3));
    settled_scenes(), busy(), high();  // brought about under the table as it is
    for (const Flip& flip : flips) {
        Edge& edge = table_in_place()[flip.edge];
        const Edge before = edge;
        flip.apply(edge);
        const bool in_words = !as_written(edge);
        // A command goes by its own edge only, so its own row is where a wrong one shows.
        const bool in_deeds = deeds_object(edge.command);
        edge = before;
        INFO(flip.what);
        CHECK(in_words);
        CHECK(in_deeds != lets_the_same_people(flip));
        by_what_is_done += in_deeds;
        by_words_alone += in_words && !in_deeds;
    }
    WARN(flips.size() << " entries flipped: " << by_what_is_done << " found out by what may be done, "
                      << by_words_alone << ", which let nobody do more or less, by the table's words");
}

TEST_CASE("a command that has lost its edge is found out") {
    for (std::size_t i = 0; i < edges_as_written().size(); ++i) {
        auto& table = table_in_place();
        const auto whole = table;
        table.erase(table.begin() + static_cast<std::ptrdiff_t>(i));
        const K lost = whole[i].command;
        const bool found_out = deeds_object(lost);
        table = whole;
        INFO(to_string(lost));
        CHECK(found_out);
    }
}
