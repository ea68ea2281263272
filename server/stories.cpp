#include "server/stories.hpp"

#include <algorithm>
#include <array>

#include "dispatch/lifecycle.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t story_ids_page = 1000;
constexpr std::size_t messages_max = 1'000'000;
constexpr std::array story_roles = {Role::worker, Role::leader,   Role::reviewer,
                                    Role::unit,   Role::agent,    Role::community,
                                    Role::street, Role::district, Role::integrator};

bool stands_alone(const std::vector<Event>& events) {
    return events.front().opening &&
           std::none_of(events.begin(), events.end(), [](const Event& e) { return e.other.has_value(); });
}

Result<void> add_photos(schema::Tx& tx, int district, Story& story) {
    for (const auto& e : story.events)
        for (const auto& id : e.media) {
            const auto row = schema::media_by_id(tx, district, id);
            if (!row) return make_error(Errc::not_found, "error.not_found");
            story.media.push_back(*row);
        }
    return {};
}

using Messages = std::unordered_map<std::int64_t, std::vector<schema::OutboxRow>>;

Messages messages_by_case(schema::Tx& tx, const DecisionData& data) {
    Messages all;
    for (const auto& person : data.roster->people())
        for (auto& row : schema::outbox_for(tx, data.district, person.party.id, far_future, messages_max))
            all[raw(row.case_id)].push_back(std::move(row));
    return all;
}

Result<Story> story_of(schema::Tx& tx, const Casebook& casebook, const schema::CaseRow& row,
                       std::vector<Event> events) {
    Story story;
    story.at = row.accepted_at;
    story.open = is_open(row.status);
    story.next_timer = row.next_timer;
    story.events = std::move(events);
    story.reports = schema::reports_of(tx, row.district, row.id);
    for (const auto& report : story.reports) {
        auto person = casebook.person_of(report);
        if (!person) return person.error();
        story.people.push_back(report.person.empty() ? "" : *person);
    }
    story.texts = schema::texts_of(tx, row.district, row.id);
    if (auto ok = add_photos(tx, row.district, story); !ok) return ok.error();
    return story;
}

template <class Visit>
void each_instant(Event& e, Visit visit) {
    const auto maybe = [&](std::optional<Instant>& t) {
        if (t && *t != far_future) visit(*t);
    };
    visit(e.at);
    maybe(e.clock_start);
    maybe(e.until);
    if (e.decision)
        for (auto& candidate : e.decision->candidates)
            if (candidate.last_assigned != Instant{}) visit(candidate.last_assigned);
    for (auto& effect : e.clocks) {
        maybe(effect.at);
        maybe(effect.due);
        maybe(effect.until);
    }
}

template <class Visit>
void each_party(Event& e, Visit visit) {
    visit(e.actor);
    if (e.owner) visit(*e.owner);
    if (e.passed)
        for (auto& told : e.passed->told) visit(told);
    for (auto& effect : e.clocks)
        if (effect.party) visit(*effect.party);
}

}  // namespace

Result<std::vector<Story>> read_stories(schema::Tx& tx, const DecisionData& data, const Casebook& casebook) {
    auto messages = messages_by_case(tx, data);
    std::vector<Story> stories;
    CaseId after{};
    while (true) {
        const auto ids = schema::case_ids_after(tx, data.district, after, story_ids_page);
        if (ids.empty()) break;
        after = ids.back();
        for (const auto id : ids) {
            const auto row = schema::case_by_id(tx, data.district, id);
            auto events = events_of(tx, data.district, id);
            if (!events) return events.error();
            if (!row || !stands_alone(*events)) continue;
            auto story = story_of(tx, casebook, *row, std::move(*events));
            if (!story) return story.error();
            if (auto told = messages.find(raw(id)); told != messages.end())
                story->messages = std::move(told->second);
            stories.push_back(std::move(*story));
        }
    }
    std::sort(stories.begin(), stories.end(), [](const Story& a, const Story& b) { return a.at < b.at; });
    return stories;
}

const Posts::Grid& Posts::grid(const std::string& code) {
    const auto found = grids_.find(code);
    if (found != grids_.end()) return found->second;
    Grid grid;
    for (const Role role : story_roles) grid.people.push_back(roster_.covering(code, role));
    grid.people.push_back(roster_.backups(code));
    for (const auto& people : grid.people) grid.key += std::to_string(people.size()) + " ";
    return grids_.emplace(code, std::move(grid)).first->second;
}

const std::string& Posts::key(const std::string& grid_code) {
    return grid(grid_code).key;
}

const Party* Posts::counterpart(PersonId who, const std::string& from, const std::string& to) {
    const Grid& here = grid(from);
    const Grid& there = grid(to);
    for (std::size_t post = 0; post < here.people.size(); ++post)
        for (std::size_t i = 0; i < here.people[post].size() && i < there.people[post].size(); ++i)
            if (here.people[post][i]->party.id == who) return &there.people[post][i]->party;
    const Person* himself = roster_.find(who);
    return himself ? &himself->party : nullptr;
}

Retold retell(const Story& story, const Place& place, Posts& posts) {
    Retold told{&story, story.at, story.events, story.messages, story.media};
    const std::string& from = story.place().grid_code;
    const auto id_there = [&](PersonId who) {
        const Party* party = posts.counterpart(who, from, place.grid_code);
        return party ? party->id : who;
    };
    for (auto& e : told.events) {
        each_party(e, [&](Party& party) {
            if (raw(party.id) == 0) return;  // a resident, or the system
            if (const Party* there = posts.counterpart(party.id, from, place.grid_code)) party = *there;
        });
        if (!e.decision) continue;
        for (auto& candidate : e.decision->candidates) candidate.id = id_there(candidate.id);
        e.decision->continuity.reset();  // the case it speaks of is not told again
    }
    told.events.front().opening->place = place;
    for (auto& message : told.messages) message.recipient = id_there(message.recipient);
    constexpr std::string_view staff = "staff:";
    for (auto& photo : told.media)
        if (photo.uploader.starts_with(staff)) {
            const PersonId who{std::stoll(photo.uploader.substr(staff.size()))};
            photo.uploader = std::string(staff) + std::to_string(raw(id_there(who)));
        } else {
            photo.uploader = "code:" + std::to_string(raw(place.code));
        }
    return told;
}

void Retold::move_to(Instant accepted) {
    const Millis by = accepted - at;
    for (auto& e : events) each_instant(e, [by](Instant& t) { t += by; });
    for (auto& message : messages) message.at += by;
    for (auto& photo : media) photo.created_at += by;
    at = accepted;
}

void Retold::rename_media(std::size_t which, const std::string& id) {
    for (auto& e : events) std::replace(e.media.begin(), e.media.end(), media[which].id, id);
    media[which].id = id;
}

}  // namespace mashang::server
