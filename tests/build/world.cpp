#include "world.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "district.hpp"

namespace mashang::build {

using K = CommandKind;

Instant at(int day, int hour, int minute, int second) {
    const std::chrono::sys_days first{std::chrono::year{2026} / 11 / 1};
    return first + std::chrono::days{day - 1} + std::chrono::hours{hour - 8} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

std::string wall(std::optional<Instant> t) {
    if (!t) return "none";
    if (*t == far_future) return "never";
    const auto local = *t + std::chrono::hours{8};
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const auto ms = (local - day).count();
    char text[48];
    const auto month = static_cast<unsigned>(date.month());
    int n = 0;
    if (month != 11) n = std::snprintf(text, sizeof text, "%02u-", month);
    n += std::snprintf(text + n, sizeof text - static_cast<std::size_t>(n), "%02u %02d:%02d",
                       static_cast<unsigned>(date.day()), static_cast<int>(ms / 3600000),
                       static_cast<int>(ms / 60000 % 60));
    if (ms % 60000 != 0)
        std::snprintf(text + n, sizeof text - static_cast<std::size_t>(n), ":%02d.%03d",
                      static_cast<int>(ms / 1000 % 60), static_cast<int>(ms % 1000));
    return text;
}

// Documents never change, so every world begins with the same ones: properties build tens of thousands.
World::World() {
    static const auto hours = office_hours();
    static const auto usual_limits = limits();
    static const auto usual_rules = rules();
    static const auto everybody = roster_of(people());
    calendar = hours;
    standards = usual_limits;
    rulebook = usual_rules;
    roster = everybody;
}

Policy World::policy() const {
    Policy p{*calendar, *standards, *rulebook, *roster, {}, {3, 7, 4, 1, 1, 5}};
    p.workload.load = [this](PersonId id) {
        const auto found = loads_.find(raw(id));
        return found == loads_.end() ? Load{} : found->second;
    };
    return p;
}

Submission World::report() const {
    Submission s;
    s.district = 330106;
    s.id = CaseId{cases_ + 1};
    s.day = 261123;
    s.serial = static_cast<std::int32_t>(cases_ + 1);
    s.actor = resident();
    s.place = {CodeId{142}, grid, "bicycle_stand", "求是路自行车停放点", "求是路 3 号", 30.26, 120.12};
    s.matter = matter::ordinary;
    s.text = {1, "hash of text 1"};
    return s;
}

Case World::submitted(const Submission& report) {
    const auto events = submit(report, now, policy());
    if (!events) throw std::logic_error("submission refused: " + events.error().key);
    ++cases_;
    Case c;
    c.district = report.district;
    c.id = report.id;
    return keep(c, *events);
}

Case World::submitted(const std::string& matter_code) {
    Submission s = report();
    s.matter = matter_code;
    return submitted(s);
}

Actor World::as(PersonId id) const {
    const Person* p = roster->find(id);
    if (p == nullptr) throw std::logic_error("nobody has the id " + std::to_string(raw(id)));
    return {p->party, p->scope, {}};
}

Actor World::owner(const Case& c) const {
    return as(c.owner.id);
}

Actor World::resident(int report) {
    Actor a;
    a.party.role = Role::resident;
    a.report = ReportId{report};
    return a;
}

Actor World::system() {
    Actor a;
    a.party.role = Role::system;
    return a;
}

Command World::command(const Case& c, CommandKind kind, const Actor& actor, const Change& change) const {
    Command k;
    k.kind = kind;
    k.actor = actor;
    k.text = TextRef{c.texts + 1, "hash of text " + std::to_string(c.texts + 1)};
    k.yes = true;
    if (kind == K::assign || kind == K::transfer || kind == K::adjudicate) {
        for (const auto& p : roster->people()) {
            const bool had = std::find(c.had.begin(), c.had.end(), p.party.id) != c.had.end();
            if (p.party.role != Role::worker || had || p.party.id == c.owner.id) continue;
            if (!k.to && p.active && covers(p.scope, c.place.grid_code)) k.to = p.party.id;
        }
    }
    if (kind == K::reject) k.advice = TextRef{c.texts + 2, "hash of the advice"};
    if (kind == K::rate) k.score = 5;
    if (kind == K::pause) k.until = calendar->add(now, {Unit::working_hours, 2}).at;
    if (kind == K::request_extension) k.limit = Limit{Unit::working_hours, 4};
    if (kind == K::add_co_handler) {
        const bool taken = std::any_of(c.parts.begin(), c.parts.end(),
                                       [](const Part& p) { return p.unit.id == staff::property; });
        k.to = taken ? staff::power_company : staff::property;
    }
    if (kind == K::waive_part && !c.parts.empty()) k.number = c.parts.back().number;
    if (kind == K::finish_step) k.step = "fence";
    if (kind == K::reclassify) k.matter = c.matter == matter::slow ? matter::ordinary : matter::slow;
    if (kind == K::reprioritise)
        k.priority = c.priority == Priority::urgent ? Priority::ordinary : Priority::urgent;
    if (kind == K::merge) k.other = CaseId{raw(c.id) + 1000};
    if (kind == K::split && !c.reports.empty()) k.report = c.reports.back().id;
    if (change) change(k);
    return k;
}

Result<std::vector<Event>> World::tried(const Case& c, const Command& command) const {
    return decide(c, command, now, policy());
}

Case World::give(const Case& c, const Command& command) {
    const auto events = tried(c, command);
    if (!events)
        throw std::logic_error(std::string(to_string(command.kind)) + " refused: " + events.error().key +
                               (events.error().fields.empty() ? "" : events.error().fields.front().pointer));
    return keep(c, *events);
}

Case World::give(const Case& c, CommandKind kind, const Actor& actor, const Change& change) {
    return give(c, command(c, kind, actor, change));
}

Case World::by_owner(const Case& c, CommandKind kind, const Change& change) {
    return give(c, kind, owner(c), change);
}

std::optional<Errc> World::refusal(const Case& c, CommandKind kind, const Actor& actor,
                                   const Change& change) const {
    const auto events = tried(c, command(c, kind, actor, change));
    return events ? std::nullopt : std::optional{events.error().code};
}

Case World::fired(const Case& c, Instant instant) {
    now = instant;
    return keep(c, fire(c, now, policy()));
}

Case World::passed(const Case& c, Instant instant) {
    Case after = c;
    while (const auto next = next_timer(after, policy())) {
        if (*next > instant) break;
        const auto seq = after.seq;
        after = fired(after, std::max(*next, now));
        if (after.seq == seq) throw std::logic_error("a timer fell due and nothing happened");
    }
    now = instant;
    return after;
}

Case World::keep(const Case& c, const std::vector<Event>& events) {
    Case after = c;
    auto& journal = journals_[raw(c.id)];
    for (const auto& e : events) {
        evolve(after, e);
        journal.push_back(e);
    }
    return after;
}

std::vector<Passed> World::thresholds(const Case& c) const {
    std::vector<Passed> all;
    for (const auto& e : journal(c))
        if (e.passed) all.push_back(*e.passed);
    return all;
}

void World::burden(PersonId id, int open) {
    loads_[raw(id)] = {open, open, Instant{}};
}

void World::burden_everybody_below_the_desks() {
    for (const auto& p : roster->people())
        if (p.capacity > 0) burden(p.party.id, p.capacity);
}

void World::replace_person(const Person& person) {
    auto all = roster->people();
    for (auto& p : all)
        if (p.party.id == person.party.id) p = person;
    roster = roster_of(std::move(all));
}

void World::send_home(PersonId id) {
    Person p = *roster->find(id);
    p.active = false;
    replace_person(p);
}

namespace {
constexpr std::chrono::minutes half_an_hour{30};
}

Case World::in_hand(const std::string& matter_code) {
    now = at(23, 9);
    Case c = submitted(matter_code);
    now = at(23, 9, 10);
    c = by_owner(c, K::sign_off);
    now = at(23, 9, 20);
    return by_owner(c, K::respond);
}

Case World::signed_off() {
    const Case c = submitted();
    now += std::chrono::minutes{10};
    return by_owner(c, K::sign_off);
}

Case World::responded() {
    const Case c = signed_off();
    now += half_an_hour;
    return by_owner(c, K::respond);
}

Case World::in_review() {
    const Case c = responded();
    now += half_an_hour;
    return by_owner(c, K::close);
}

Case World::closed() {
    const Case c = in_review();
    now += half_an_hour;
    return give(c, K::review, as(staff::reviewer));
}

Clock clock_of(const Case& c, Stage stage, Instant now) {
    auto clocks = c.clocks;
    advance(clocks, now);
    const Clock* k = latest(clocks, stage);
    if (k == nullptr) throw std::logic_error("no clock of stage " + std::string(to_string(stage)));
    return *k;
}

ClockState state(const Case& c, Stage stage, Instant now) {
    return state_of(clock_of(c, stage, now), now);
}

std::string due(const Case& c, Stage stage) {
    const Clock* k = latest(c.clocks, stage);
    return k == nullptr ? "no clock" : wall(k->due);
}

std::string breach(const Case& c, Stage stage, Instant now) {
    return wall(clock_of(c, stage, now).breached_at);
}

std::string code_word(Errc code) {
    switch (code) {
        case Errc::invalid:
            return "400";
        case Errc::unauthenticated:
            return "401";
        case Errc::forbidden:
            return "403";
        case Errc::not_found:
            return "404";
        case Errc::conflict:
            return "409";
        case Errc::gone:
            return "410";
        case Errc::too_large:
            return "413";
        case Errc::unsupported:
            return "415";
        case Errc::refused:
            return "422";
        case Errc::busy:
        case Errc::unavailable:
            return "503";
        case Errc::internal:
            return "500";
    }
    return "?";
}

}  // namespace mashang::build
