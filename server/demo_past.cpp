#include "server/demo_past.hpp"

#include <map>
#include <queue>

#include "dispatch/clock.hpp"
#include "schema/codec/case_json.hpp"
#include "server/passwords.hpp"
#include "server/waiting.hpp"

namespace mashang::server {

struct DemoPast::Progress {
    std::priority_queue<Action, std::vector<Action>, std::greater<>> actions;
    std::map<std::size_t, CaseId> cases;  // by item
    Played played;
};

namespace {

Actor staff_actor(const Roster& roster, PersonId id) {
    Actor actor;
    if (const Person* p = roster.find(id)) {
        actor.party = p->party;
        actor.scope = p->scope;
        actor.scope.insert(actor.scope.end(), p->backup.begin(), p->backup.end());
    }
    return actor;
}

Actor first_covering(const DecisionData& data, const Case& c, Role role) {
    for (const Person* p : data.roster->covering(c.place.grid_code, role))
        if (p->party.id != c.owner.id) return staff_actor(*data.roster, p->party.id);
    return {};
}

Actor leader_of(const DecisionData& data, const Case& c, Instant at) {
    const Ladder ladder = ladder_above(c.owner, c.place.grid_code, *data.roster, at);
    return ladder.rungs.empty() ? Actor{} : staff_actor(*data.roster, ladder.rungs.front().id);
}

Actor unit_of(const DecisionData& data, const Case& c) {
    for (const auto& p : c.parts)
        if (p.state == Part::State::open) return staff_actor(*data.roster, p.unit.id);
    return {};
}

Actor doer_of(const DecisionData& data, const Case& c, demo::Doer doer, Instant at) {
    switch (doer) {
        case demo::Doer::owner:
            return staff_actor(*data.roster, c.owner.id);
        case demo::Doer::leader:
            return leader_of(data, c, at);
        case demo::Doer::unit:
            return unit_of(data, c);
        case demo::Doer::reviewer:
        case demo::Doer::other_reviewer: {
            const Clock* review = running(c.clocks, Stage::review);
            return review ? staff_actor(*data.roster, review->party.id)
                          : first_covering(data, c, Role::reviewer);
        }
        case demo::Doer::street:
            return first_covering(data, c, Role::street);
        case demo::Doer::reporter: {
            Actor resident;
            resident.party.role = Role::resident;
            resident.report = ReportId{1};
            return resident;
        }
    }
    return {};
}

std::optional<PersonId> unit_of_kind(const DecisionData& data, const Case& c, const std::string& kind) {
    for (const Person* p : data.roster->covering(c.place.grid_code, Role::unit))
        if (p->unit_kind == kind) return p->party.id;
    return std::nullopt;
}

PlainText words(const std::string& text) {
    return text.empty() ? PlainText() : PlainText(text);
}

}  // namespace

std::string DemoPast::photo(schema::Tx& tx, const std::vector<schema::MediaRow>& from, std::size_t n,
                            const std::string& uploader, Instant at) const {
    schema::MediaRow row = from[n % from.size()];
    row.id = random_token(16);
    row.created_at = at;
    row.uploader = uploader;
    schema::insert_media(tx, row);
    return row.id;
}

void DemoPast::schedule(const DecisionData& data, Progress& progress, std::size_t item, std::size_t step,
                        Instant after) const {
    const auto& steps = items_[item].steps;
    if (step > steps.size()) return;
    const auto& next = steps[step - 1];
    const std::int64_t minutes = std::max(1, next.after_minutes);
    const Instant at = next.pace == demo::Pace::working
                           ? data.calendars.now().add(after, {Unit::working_minutes, minutes}).at
                           : after + std::chrono::minutes(minutes);
    progress.actions.push({at, item, step});
}

Result<bool> DemoPast::report(schema::Tx& tx, const Casebook& casebook, const DecisionData& data,
                              Progress& progress, const Action& action) const {
    const auto& item = items_[action.item];
    const Place& place = district_.codes[item.code].place;
    SubmitReport r;
    r.district = data.district;
    r.code = place.code;
    r.matter = item.matter;
    r.text = item.text;
    r.kind = item.reporter;
    r.anonymous = item.anonymous;
    r.name = item.name;
    r.phone = item.phone;
    r.idem_scope = "demo";
    r.idem_key = "demo-report-" + std::to_string(action.item);
    constexpr std::size_t one_in = 3;  // every third reporter sends a photo
    if (!photos_.before.empty() && action.item % one_in == 0) {
        r.media = {
            photo(tx, photos_.before, action.item, "code:" + std::to_string(raw(place.code)), action.at)};
        r.extra = "{\"media\":[\"" + r.media.front() + "\"]}";
    }
    auto changed = casebook.submit(tx, data, r, action.at);
    if (!changed) return changed.error();
    progress.cases[action.item] = changed->c.id;
    ++progress.played.reports;
    progress.played.events += changed->events.size();
    schedule(data, progress, action.item, 1, action.at);
    return true;
}

Result<bool> DemoPast::step(schema::Tx& tx, const Casebook& casebook, const DecisionData& data,
                            Progress& progress, const Action& action) const {
    const auto& plan = items_[action.item].steps[action.step - 1];
    const CaseId id = progress.cases.at(action.item);
    const auto current = [&] {
        return schema::decode_case(schema::case_by_id(tx, data.district, id)->state);
    };
    auto c = current();
    if (!c) return c.error();
    // Parts that a rule brought in are finished before the owner closes; the plan does not know of them.
    if (plan.kind == CommandKind::close) {
        while (unit_of(data, *c).party.role == Role::unit) {
            GiveCommand part;
            part.district = data.district;
            part.command.kind = CommandKind::finish_part;
            part.command.actor = unit_of(data, *c);
            if (!casebook.commands(tx, data, id, part, action.at)) break;
            c = current();
        }
    }
    GiveCommand give;
    give.district = data.district;
    give.command.kind = plan.kind;
    give.command.actor = doer_of(data, *c, plan.by, action.at);
    give.command.yes = plan.yes;
    if (plan.score > 0) give.command.score = plan.score;
    if (plan.until_minutes > 0) give.command.until = action.at + std::chrono::minutes(plan.until_minutes);
    give.command.limit = plan.limit;
    if (plan.kind == CommandKind::add_co_handler) give.command.to = unit_of_kind(data, *c, plan.unit_kind);
    give.text = words(plan.text);
    give.advice = words(plan.advice);
    give.uploader = "staff:" + std::to_string(raw(give.command.actor.party.id));
    if (plan.kind == CommandKind::close && !photos_.after.empty())
        give.command.media = {photo(tx, photos_.after, action.item, give.uploader, action.at)};
    auto changes = casebook.commands(tx, data, id, give, action.at);
    if (!changes) return true;  // the table refuses it here: the rest of this plan falls away
    progress.played.events += changes->front().events.size();
    schedule(data, progress, action.item, action.step + 1, action.at);
    return true;
}

Result<bool> DemoPast::act(schema::Tx& tx, const Casebook& casebook, const DecisionData& data,
                           Progress& progress, const Action& action) const {
    constexpr std::size_t batch = 64;
    // Time passes before anything is done in it.
    while (true) {
        const auto due = schema::next_timer(tx, data.district);
        if (!due || *due > action.at) break;
        if (casebook.fire_due(tx, data, *due, batch, nullptr).empty()) break;
    }
    casebook.drain(tx, data, action.at, batch);
    return action.step == 0 ? report(tx, casebook, data, progress, action)
                            : step(tx, casebook, data, progress, action);
}

Result<DemoPast::Played> DemoPast::play(schema::Store& store, const Casebook& casebook,
                                        const DecisionData& data, Instant until) {
    Progress progress;
    for (std::size_t i = 0; i < items_.size(); ++i) progress.actions.push({items_[i].at, i, 0});
    constexpr std::size_t actions_a_transaction = 400;
    bool more = true;
    while (more) {
        // The closure works on a copy, so that it may run twice.
        auto next = write_now<Progress>(store, [&](schema::Tx& tx) -> Result<Progress> {
            Progress p = progress;
            for (std::size_t n = 0; n < actions_a_transaction && !p.actions.empty(); ++n) {
                const Action action = p.actions.top();
                if (action.at > until) break;
                p.actions.pop();
                if (auto done = act(tx, casebook, data, p, action); !done) return done.error();
            }
            return p;
        });
        if (!next) return next.error();
        progress = std::move(*next);
        more = !progress.actions.empty() && progress.actions.top().at <= until;
    }
    return progress.played;
}

}  // namespace mashang::server
