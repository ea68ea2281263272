// The members of events and cases with their short keys, listed once for writing and reading.
//
// Private to schema/codec. The order here is the order of the bytes, and journal bytes are hashed: a new
// member goes to the end of its type, with an absent value that old rows mean, and a changed meaning is a new
// event version.
#pragma once

#include "schema/codec/json_fields.hpp"

namespace mashang::schema {

template <class V, Is<Party> X>
void members(V& v, X& x) {
    static_assert(member_count<Party>() == 5);
    v("id", x.id);
    v("n", x.name);
    v("r", x.role, Role::worker);
    v("u", x.unit);
    v("d", x.desk);
}

template <class V, Is<TextRef> X>
void members(V& v, X& x) {
    static_assert(member_count<TextRef>() == 2);
    v("n", x.number);
    v("h", x.hash);
}

template <class V, Is<Hold> X>
void members(V& v, X& x) {
    static_assert(member_count<Hold>() == 4);
    v("k", x.kind);
    v("f", x.from);
    v("t", x.to, far_future);
    v("db", x.due_before);
}

template <class V, Is<Clock> X>
void members(V& v, X& x) {
    static_assert(member_count<Clock>() == 16);
    v("s", x.stage);
    v("a", x.attempt, 1);
    v("st", x.step);
    v("p", x.party);
    v("f", x.start);
    v("due", x.due);
    v("od", x.original_due);
    v("l", x.limit);
    v("std", x.standard);
    v("pv", x.provisional);
    v("h", x.holds);
    v("end", x.stopped);
    v("x", x.cancelled);
    v("b", x.breached_at);
    v("eb", x.earlier_breaches);
    v("th", x.fired);
}

template <class V, Is<ClockEffect> X>
void members(V& v, X& x) {
    static_assert(member_count<ClockEffect>() == 12);
    v("do", x.act);
    v("s", x.stage);
    v("a", x.attempt, 1);
    v("st", x.step);
    v("at", x.at);
    v("due", x.due);
    v("u", x.until);
    v("l", x.limit);
    v("std", x.standard);
    v("pv", x.provisional);
    v("h", x.hold);
    v("p", x.party);
}

template <class V, Is<Versions> X>
void members(V& v, X& x) {
    static_assert(member_count<Versions>() == 6);
    v("r", x.rulebook);
    v("s", x.standards);
    v("c", x.calendar);
    v("m", x.catalogue);
    v("t", x.territory);
    v("p", x.roster);
}

template <class V, Is<Place> X>
void members(V& v, X& x) {
    static_assert(member_count<Place>() == 7);
    v("c", x.code);
    v("g", x.grid_code);
    v("k", x.kind);
    v("n", x.name);
    v("a", x.address);
    v("lat", x.lat);
    v("lon", x.lon);
}

template <class V, Is<CandidateLoad> X>
void members(V& v, X& x) {
    static_assert(member_count<CandidateLoad>() == 4);
    v("id", x.id);
    v("o", x.open);
    v("w", x.weighted);
    v("l", x.last_assigned);
}

template <class V, Is<DecisionRecord> X>
void members(V& v, X& x) {
    static_assert(member_count<DecisionRecord>() == 7);
    v("r", x.rule);
    v("c", x.candidates);
    v("o", x.outcome);
    v("w", x.waiting);
    v("k", x.continuity);
    v("e", x.engine);
    v("h", x.trace_hash);
}

template <class V, Is<Opening> X>
void members(V& v, X& x) {
    static_assert(member_count<Opening>() == 11);
    v("d", x.day);
    v("n", x.serial);
    v("p", x.place);
    v("m", x.matter);
    v("c", x.condition, "default");
    v("pr", x.priority);
    v("k", x.reporter);
    v("w", x.working_time);
    v("dm", x.distance_m, -1);
    v("ws", x.words);
    v("v", x.versions);
}

template <class V, Is<Passed> X>
void members(V& v, X& x) {
    static_assert(member_count<Passed>() == 7);
    v("s", x.stage);
    v("a", x.attempt, 1);
    v("st", x.step);
    v("t", x.threshold);
    v("n", x.repeat);
    v("to", x.told);
    v("sk", x.skipped);
}

// Without type, version and instant: they are columns.
template <class V, Is<Event> X>
void members(V& v, X& x) {
    static_assert(member_count<Event>() == 24);
    v("by", x.actor);
    v("o", x.opening);
    v("to", x.owner);
    v("cs", x.clock_start);
    v("d", x.decision);
    v("r", x.report);
    v("t", x.text);
    v("adv", x.advice);
    v("m", x.media);
    v("n", x.number);
    v("sc", x.score);
    v("u", x.until);
    v("l", x.limit);
    v("ma", x.matter);
    v("pr", x.priority);
    v("co", x.condition);
    v("ca", x.other);
    v("th", x.passed);
    v("su", x.supervise);
    v("c", x.clocks);
    v("v", x.versions);
}

template <class V, Is<Flags> X>
void members(V& v, X& x) {
    static_assert(member_count<Flags>() == 5);
    v("r", x.returning);
    v("a", x.adjudicating);
    v("p", x.paused);
    v("s", x.supervised);
    v("pv", x.provisional);
}

template <class V, Is<Part> X>
void members(V& v, X& x) {
    static_assert(member_count<Part>() == 7);
    v("n", x.number);
    v("u", x.unit);
    v("t", x.text);
    v("l", x.limit);
    v("s", x.state);
    v("end", x.ended);
    v("m", x.media);
}

template <class V, Is<Order> X>
void members(V& v, X& x) {
    static_assert(member_count<Order>() == 5);
    v("n", x.number);
    v("by", x.by);
    v("q", x.question);
    v("an", x.answer);
    v("end", x.answered);
}

template <class V, Is<ReportRef> X>
void members(V& v, X& x) {
    static_assert(member_count<ReportRef>() == 6);
    v("id", x.id);
    v("t", x.text);
    v("f", x.from);
    v("w", x.was);
    v("sc", x.score);
    v("at", x.rated);
}

template <class V, Is<Ask> X>
void members(V& v, X& x) {
    static_assert(member_count<Ask>() == 5);
    v("by", x.by);
    v("at", x.at);
    v("t", x.reason);
    v("u", x.until);
    v("l", x.limit);
}

template <class V, Is<Case> X>
void members(V& v, X& x) {
    static_assert(member_count<Case>() == 42);
    v("dis", x.district);
    v("id", x.id);
    v("d", x.day);
    v("n", x.serial);
    v("s", x.status);
    v("f", x.flags);
    v("rev", x.revision);
    v("seq", x.seq);
    v("ts", x.texts);
    v("at", x.last_at);
    v("p", x.place);
    v("m", x.matter);
    v("c", x.condition, "default");
    v("pr", x.priority);
    v("v", x.versions);
    v("o", x.owner);
    v("fo", x.first_owner);
    v("had", x.had);
    v("hop", x.hops);
    v("bin", x.binding);
    v("pt", x.parts);
    v("ord", x.orders);
    v("rs", x.reports);
    v("cl", x.clocks);
    v("ra", x.return_ask);
    v("pa", x.pause_ask);
    v("ea", x.extension_ask);
    v("ext", x.extensions);
    v("red", x.redos);
    v("reo", x.reopenings);
    v("of", x.review_of);
    v("rvs", x.reviewers);
    v("dsb", x.dissatisfied_before);
    v("mi", x.merged_into);
    v("acc", x.accepted_at);
    v("dsp", x.dispatched_at);
    v("so", x.signed_off_at);
    v("re", x.responded_at);
    v("su", x.submitted_at);
    v("end", x.closed_at);
    v("res", x.result);
    v("rm", x.result_media);
}

}  // namespace mashang::schema
