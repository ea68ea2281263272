#include "lifecycle_matrix.hpp"

#include <stdexcept>

namespace mashang::matrix {
namespace {

using namespace build;
using K = CommandKind;

// clang-format off
constexpr Row written[] = {
    //                        owlcsdrugaipy    WDSRVACXZMdsabpqkf
    {K::assign,            "--++++------+", "++++------++--++++"},
    {K::sign_off,          "+------------", "-+----------------"},
    {K::return_case,       "+------------", "-++-------------++"},
    {K::decide_return,     "--++++-------", "----------++------"},
    {K::transfer,          "+-++++-------", "-+++----------++++"},
    {K::adjudicate,        "---+++-------", "------------++----"},
    {K::respond,           "+------------", "--+-------------++"},
    {K::finish_step,       "+------------", "------------------"},
    {K::close,             "+------------", "--++------------+4"},
    {K::review,            "------+------", "----++------------"},
    {K::rate,              "-----------+-", "------+-----------"},
    {K::reopen,            "----+++------", "------+-----------"},
    {K::pause,             "+-++++-------", "--++------------++"},
    {K::decide_pause,      "--++++-------", "----------------+-"},
    {K::resume,            "+-++++-------", "--------------++--"},
    {K::request_extension, "+------------", "--++----------++-+"},
    {K::decide_extension,  "--++++-------", "----------------+-"},
    {K::add_co_handler,    "+-++++-------", "--++-------+-+++++"},
    {K::finish_part,       "-------+-----", "-----------------+"},
    {K::waive_part,        "+------------", "-----------------+"},
    {K::reclassify,        "+-++++-------", "++++------++++++++"},
    {K::reprioritise,      "+-++++-------", "++++------++++++++"},
    {K::reject,            "--++++-------", "+++-------+++++-++"},
    {K::withdraw,          "-----------+-", "++++------+++++++-"},
    {K::merge,             "--++++-------", "++++------++++++++"},
    {K::split,             "--++++-------", "-----------------+"},
    {K::supervise,         "--++++-------", "++++++----++++++++"},
    {K::answer,            "+------------", "-----------------+"},
    {K::note,              "+++++++++----", "++++++++++++++++++"},
    {K::call_back,         "------+-+----", "++++++++++++++++++"},
    {K::supplement,        "-----------+-", "++++++----++++++++"},
};
// clang-format on
static_assert(std::size(written) == command_kinds);

// Where a cell depends on both: the desk that holds a waiting case stands higher than a worker, the system
// moves only what waits, and who has asked for a pause does not ask again.
struct Exception {
    K command;
    char state;
    std::string_view who;
    char cell;  // + - 4 as above, 3 for 403
};
constexpr Exception exceptions[] = {
    {K::assign, 'W', "o", '+'},       {K::decide_return, 'W', "o", '-'},
    {K::decide_pause, 'W', "o", '-'}, {K::decide_extension, 'W', "o", '-'},
    {K::reject, 'W', "o", '+'},       {K::merge, 'W', "o", '+'},
    {K::split, 'W', "o", '-'},        {K::adjudicate, 'W', "c", '3'},
    {K::supervise, 'W', "lc", '3'},   {K::assign, 'D', "y", '-'},
    {K::assign, 'S', "y", '-'},       {K::assign, 'R', "y", '-'},
    {K::assign, 'd', "y", '-'},       {K::assign, 's', "y", '-'},
    {K::assign, 'p', "y", '-'},       {K::assign, 'q', "y", '-'},
    {K::assign, 'k', "y", '-'},       {K::assign, 'f', "y", '-'},
    {K::pause, 'k', "o", '-'},
};

// Three transfers, and a fourth that is one too many.
Case past_the_hops(World& w, bool signed_off) {
    Case c = w.submitted();
    for (int hop = 0; hop < 3; ++hop) c = w.by_owner(c, K::transfer);
    if (signed_off) c = w.by_owner(c, K::sign_off);
    return w.by_owner(c, K::transfer);
}

Case settled(World& w, char state) {
    switch (state) {
        case 'W':
            w.burden_everybody_below_the_desks();
            return w.submitted();
        case 'D':
            return w.submitted();
        case 'S':
            return w.signed_off();
        case 'R':
            return w.responded();
        case 'V':
            return w.in_review();
        case 'A':
            return w.give(w.closed(), K::rate, World::resident(), [](Command& k) { k.score = 1; });
        case 'C':
            return w.closed();
        case 'X':
            return w.give(w.submitted(), K::reject, w.as(staff::leader));
        case 'Z':
            return w.give(w.submitted(), K::withdraw, World::resident());
        case 'M':
            return w.give(w.submitted(), K::merge, w.as(staff::leader));
        default:
            throw std::logic_error("no such state");
    }
}

Case unsettled(World& w, char state) {
    switch (state) {
        case 'd':
            return w.by_owner(w.submitted(), K::return_case);
        case 's':
            return w.by_owner(w.signed_off(), K::return_case);
        case 'a':
            return past_the_hops(w, false);
        case 'b':
            return past_the_hops(w, true);
        case 'p':
            return w.give(w.signed_off(), K::pause, w.as(staff::leader));
        case 'q':
            return w.give(w.responded(), K::pause, w.as(staff::leader));
        case 'k':
            return w.by_owner(w.by_owner(w.signed_off(), K::pause), K::request_extension);
        case 'f': {
            Case c = w.give(w.signed_off(), K::add_co_handler, w.as(staff::leader));
            c = w.give(c, K::supervise, w.as(staff::street_officer));
            return matrix::with_second_report(w, c);
        }
        default:
            return settled(w, state);
    }
}

}  // namespace

std::span<const Row> rows() {
    return written;
}

char expected(const Row& row, char state, char actor) {
    for (const auto& e : exceptions)
        if (e.command == row.command && e.state == state && e.who.find(actor) != e.who.npos) return e.cell;
    if (row.who.at(actors.find(actor)) == '-') return '3';
    return row.where.at(states.find(state));
}

Case with_second_report(World& w, const Case& c) {
    Event e;
    e.type = EventType::joined;
    e.at = w.now;
    e.actor = World::resident(2).party;
    e.report = ReportId{2};
    e.text = TextRef{c.texts + 1, "hash of the second report"};
    return w.keep(c, {e});
}

Actor actor_of(const World& w, const Case& c, char who) {
    switch (who) {
        case 'o':
            return w.owner(c);
        case 'w':
            return w.as(c.owner.id == staff::fifth_worker ? staff::second_worker : staff::fifth_worker);
        case 'l':
            return w.as(staff::leader);
        case 'c':
            return w.as(staff::community_officer);
        case 's':
            return w.as(staff::street_officer);
        case 'd':
            return w.as(staff::district_officer);
        case 'r':
            return w.as(c.reviewers.empty() ? staff::reviewer : staff::second_reviewer);
        case 'u':
            return w.as(staff::property);
        case 'g':
            return w.as(staff::agent);
        case 'a':
            return w.as(staff::administrator);
        case 'i':
            return w.as(staff::integrator);
        case 'p':
            return World::resident();
        default:
            return World::system();
    }
}

std::string_view code_of(char cell) {
    return cell == '+' ? "allowed" : cell == '3' ? "403" : cell == '-' ? "422" : "400";
}

// The workers' and leaders' hands are free again once the case waits, so that assigning finds somebody.
Case settled_in(World& w, char state) {
    Case c = unsettled(w, state);
    if (state == 'W')
        for (const auto& p : w.roster->people()) w.burden(p.party.id, 0);
    return c;
}

std::string got(const World& w, const Case& c, const Row& row, char who) {
    const auto events = w.tried(c, w.command(c, row.command, actor_of(w, c, who)));
    if (!events) return code_word(events.error().code);
    return events->empty() ? "nothing" : "allowed";
}

}  // namespace mashang::matrix
