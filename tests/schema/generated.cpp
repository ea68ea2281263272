#include "generated.hpp"

namespace mashang::test {
namespace {

int upto(int most) {
    return *rc::gen::inRange(0, most + 1);
}

bool coin() {
    return upto(1) == 1;
}

template <class F>
auto maybe(F make) -> std::optional<decltype(make())> {
    if (coin()) return std::nullopt;
    return make();
}

template <class F>
auto several(F make) {
    std::vector<decltype(make())> all;
    for (int n = upto(3); n > 0; --n) all.push_back(make());
    return all;
}

std::string words() {
    static const std::vector<std::string> pool{"",
                                               "plain",
                                               "求是路自行车棚",
                                               "with \"quotes\" \\ and /",
                                               std::string("nul\0inside", 10),
                                               "line\nbreak\ttab",
                                               "😀 emoji",
                                               "\x7f"};
    return pool[static_cast<std::size_t>(upto(static_cast<int>(pool.size()) - 1))];
}

Instant instant() {
    return Instant{Millis{*rc::gen::inRange<std::int64_t>(-1000, far_future.time_since_epoch().count())}};
}

Limit limit() {
    return {static_cast<Unit>(upto(7)), *rc::gen::inRange<std::int64_t>(1, 100001)};
}

template <class Id>
Id id() {
    using Raw = std::underlying_type_t<Id>;
    return Id{coin() ? *rc::gen::inRange<Raw>(0, 100) : *rc::gen::arbitrary<Raw>()};
}

int number() {
    return *rc::gen::arbitrary<int>();
}

Stage stage() {
    return static_cast<Stage>(upto(6));
}

Party party() {
    return {id<PersonId>(), words(), static_cast<Role>(upto(11)), words(), coin()};
}

TextRef text() {
    return {number(), words()};
}

ClockEffect effect() {
    ClockEffect e;
    e.act = static_cast<ClockAct>(upto(8));
    e.stage = stage();
    e.attempt = number();
    e.step = words();
    e.at = maybe(instant);
    e.due = maybe(instant);
    e.until = maybe(instant);
    e.limit = maybe(limit);
    e.standard = words();
    e.provisional = coin();
    e.hold = static_cast<HoldKind>(upto(2));
    e.party = maybe(party);
    return e;
}

Place place() {
    const auto degrees = [] { return static_cast<double>(number()) / 7e6; };
    return {id<CodeId>(), words(), words(), words(), words(), degrees(), degrees()};
}

Versions versions() {
    return {number(), upto(9), upto(9), upto(9), upto(9), upto(9)};
}

Opening opening() {
    Opening o;
    o.day = number();
    o.serial = number();
    o.place = place();
    o.matter = words();
    o.condition = words();
    o.priority = static_cast<Priority>(upto(2));
    o.reporter = static_cast<ReporterKind>(upto(3));
    o.working_time = coin();
    o.distance_m = upto(5) - 1;
    o.words = several(words);
    o.versions = versions();
    return o;
}

DecisionRecord decision() {
    const auto candidate = [] { return CandidateLoad{id<PersonId>(), upto(40), upto(40), instant()}; };
    return {words(), several(candidate), words(), coin(), maybe(id<CaseId>), upto(3), words()};
}

Passed passed() {
    const auto role = [] { return static_cast<Role>(upto(11)); };
    return {stage(), number(),       words(),      static_cast<Threshold>(upto(3)),
            upto(9), several(party), several(role)};
}

Clock clock() {
    const auto hold = [] {
        return Hold{static_cast<HoldKind>(upto(2)), instant(), coin() ? far_future : instant(),
                    maybe(instant)};
    };
    Clock c;
    c.stage = stage();
    c.attempt = number();
    c.step = words();
    c.party = party();
    c.start = instant();
    c.due = maybe(instant);
    c.original_due = maybe(instant);
    c.limit = maybe(limit);
    c.standard = words();
    c.provisional = coin();
    c.holds = several(hold);
    c.stopped = maybe(instant);
    c.cancelled = coin();
    c.breached_at = maybe(instant);
    c.earlier_breaches = several(instant);
    c.fired = upto(9);
    return c;
}

Ask ask() {
    return {party(), instant(), text(), maybe(instant), maybe(limit)};
}

}  // namespace

Event generated_event() {
    Event e;
    e.type = static_cast<EventType>(upto(static_cast<int>(EventType::versions_moved)));
    e.at = instant();
    e.actor = party();
    e.opening = maybe(opening);
    e.owner = maybe(party);
    e.clock_start = maybe(instant);
    e.decision = maybe(decision);
    e.report = maybe(id<ReportId>);
    e.text = maybe(text);
    e.advice = maybe(text);
    e.media = several(words);
    e.number = maybe(number);
    e.score = maybe([] { return upto(5); });
    e.until = maybe(instant);
    e.limit = maybe(limit);
    e.matter = maybe(words);
    e.priority = maybe([] { return static_cast<Priority>(upto(2)); });
    e.condition = maybe(words);
    e.other = maybe(id<CaseId>);
    e.passed = maybe(passed);
    e.supervise = maybe(coin);
    e.clocks = several(effect);
    e.versions = maybe(versions);
    if (coin() && e.owner) {
        for (auto& c : e.clocks) c.party = e.owner;  // as the lifecycle writes them
    }
    return e;
}

Case generated_case() {
    Case c;
    c.district = number();
    c.id = id<CaseId>();
    c.day = number();
    c.serial = number();
    c.status = static_cast<Status>(upto(8));
    c.flags = {coin(), coin(), coin(), coin(), coin()};
    c.revision = number();
    c.seq = number();
    c.texts = number();
    c.last_at = instant();
    c.place = place();
    c.matter = words();
    c.condition = words();
    c.priority = static_cast<Priority>(upto(2));
    c.versions = versions();
    c.owner = party();
    c.first_owner = coin() ? c.owner : party();
    c.had = several(id<PersonId>);
    c.hops = upto(4);
    c.binding = coin();
    c.parts = several([] {
        return Part{number(),       party(),       text(), maybe(limit), static_cast<Part::State>(upto(2)),
                    maybe(instant), several(words)};
    });
    c.orders = several([] { return Order{number(), party(), text(), maybe(text), maybe(instant)}; });
    c.reports = several([] {
        return ReportRef{id<ReportId>(),      text(),        maybe(id<CaseId>),
                         maybe(id<ReportId>), maybe(number), maybe(instant)};
    });
    c.clocks = several(clock);
    c.return_ask = maybe(ask);
    c.pause_ask = maybe(ask);
    c.extension_ask = maybe(ask);
    c.extensions = upto(2);
    c.redos = upto(2);
    c.reopenings = upto(2);
    c.review_of = static_cast<ReviewOf>(upto(1));
    c.reviewers = several(id<PersonId>);
    c.dissatisfied_before = coin();
    c.merged_into = maybe(id<CaseId>);
    c.accepted_at = instant();
    c.dispatched_at = instant();
    c.signed_off_at = maybe(instant);
    c.responded_at = maybe(instant);
    c.submitted_at = maybe(instant);
    c.closed_at = maybe(instant);
    c.result = maybe(text);
    c.result_media = several(words);
    return c;
}

}  // namespace mashang::test
