// The table of edges, alone in its file: a test puts another in its place and sees that it is found out.
#include "dispatch/lifecycle.hpp"

namespace mashang {
namespace {

constexpr unsigned waiting = bit(Status::waiting), dispatched = bit(Status::dispatched),
                   signed_off = bit(Status::signed_off), responded = bit(Status::responded),
                   in_review = bit(Status::in_review), closed = bit(Status::closed);
constexpr unsigned in_hand = signed_off | responded;
constexpr unsigned with_owner = dispatched | in_hand;
constexpr unsigned before_review = waiting | with_owner;
constexpr unsigned any_status = (1U << 9) - 1;

constexpr FlagMask none{};
constexpr FlagMask unsettled{.returning = true, .adjudicating = true};
constexpr FlagMask stopped{.returning = true, .adjudicating = true, .paused = true};

using K = CommandKind;
constexpr Edge table[] = {
    // A leader gives it to somebody; draining gives a waiting case to whom it was waiting for. While it is
    // being adjudicated only the ruling may move it.
    {K::assign, before_review, by_leader_up | by_system, none, {.adjudicating = true}},
    // The owner takes the task. While a return waits he has said that it is not his.
    {K::sign_off, dispatched, by_owner, none, unsettled},
    // "Not mine": the clocks run on until a leader or desk rules.
    {K::return_case, dispatched | signed_off, by_owner, none, stopped},
    {K::decide_return, dispatched | signed_off, by_leader_up, {.returning = true}, none},
    // Straight to somebody else; past three hops it goes to adjudication instead.
    {K::transfer, with_owner, by_owner | by_leader_up, none, unsettled},
    // Binding: who gets it now may neither return nor transfer it.
    {K::adjudicate, with_owner, by_adjudicator, {.adjudicating = true}, none},
    {K::respond, signed_off, by_owner, none, stopped},
    // A closure in steps (fence, mend, restore): an earlier step is done.
    {K::finish_step, in_hand, by_owner, none, stopped},
    // With result and, where the standard asks, evidence; from signed_off it counts as responded too.
    {K::close, in_hand, by_owner, none, stopped},
    // Somebody else looks at it.
    {K::review, in_review, by_reviewer, none, none},
    // Once a tracking link, within 15 days.
    {K::rate, closed, by_resident, none, none},
    {K::reopen, closed, by_reviewer | by_office, none, none},
    // The owner asks, a leader acts at once or rules on the asking.
    {K::pause, in_hand, by_owner | by_leader_up, none, stopped},
    {K::decide_pause, in_hand, by_leader_up, none, {.paused = true}},
    {K::resume, in_hand, by_owner | by_leader_up, {.paused = true}, none},
    {K::request_extension, in_hand, by_owner, none, unsettled},
    {K::decide_extension, in_hand, by_leader_up, none, none},
    {K::add_co_handler, in_hand, by_owner | by_leader_up, none, none},
    {K::finish_part, in_hand, by_unit, none, none},
    {K::waive_part, in_hand, by_owner, none, none},
    {K::reclassify, before_review, by_owner | by_leader_up, none, none},
    {K::reprioritise, before_review, by_owner | by_leader_up, none, none},
    // Not the district's business: the resident is told where to go instead.
    {K::reject, waiting | dispatched | signed_off, by_leader_up, none, none},
    {K::withdraw, before_review, by_resident, none, none},
    {K::merge, before_review, by_leader_up, none, none},
    {K::split, before_review, by_leader_up, none, none},
    {K::supervise, open_statuses, by_rung_above, none, none},
    {K::answer, open_statuses, by_owner, none, none},
    {K::note, any_status, by_staff, none, none},
    {K::call_back, any_status, by_agent | by_reviewer, none, none},
    // The resident has more to say while it is open.
    {K::supplement, open_statuses, by_resident, none, none},
};

}  // namespace

std::span<const Edge> edges() {
    return table;
}

}  // namespace mashang
