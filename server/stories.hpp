// Stories of cases, taken whole from a store so that they can be told again at another place and time.
//
// A story is what the casebook has written of one case: its events, reports, texts, messages and photos. Told
// again, the people of its grid are those with the same posts in the other grid, and every instant moves by
// the same span. Nothing here writes. Merged and split cases are left out: they hang together with others.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "schema/queries.hpp"
#include "server/casebook.hpp"

namespace mashang::server {

struct Story {
    Instant at{};  // of its acceptance
    bool open = false;
    std::optional<Instant> next_timer;
    std::vector<Event> events;
    std::vector<schema::ReportRow> reports;
    std::vector<std::string> people;  // of each report: "name\nphone", "" where nobody gave one
    std::vector<schema::TextRow> texts;
    std::vector<schema::OutboxRow> messages;
    std::vector<schema::MediaRow> media;

    const Place& place() const { return events.front().opening->place; }
};

// In the order of acceptance. Errors: those of decoding.
Result<std::vector<Story>> read_stories(schema::Tx& tx, const DecisionData& data, const Casebook& casebook);

// Who does what in each grid, so that a story finds its people elsewhere.
class Posts {
  public:
    explicit Posts(const Roster& roster) : roster_(roster) {}
    // Grids with the same key have as many people for every post.
    const std::string& key(const std::string& grid_code);
    // The one with the same post in the other grid; himself where he has none in the first.
    const Party* counterpart(PersonId who, const std::string& from, const std::string& to);

  private:
    struct Grid {
        std::vector<std::vector<const Person*>> people;  // by role, then the backups
        std::string key;
    };
    const Grid& grid(const std::string& code);
    const Roster& roster_;
    std::unordered_map<std::string, Grid> grids_;
};

// A story on its way: the same events elsewhere, movable in time as often as wanted.
struct Retold {
    const Story* story = nullptr;
    Instant at{};
    std::vector<Event> events;
    std::vector<schema::OutboxRow> messages;
    std::vector<schema::MediaRow> media;

    void move_to(Instant accepted);
    void rename_media(std::size_t which, const std::string& id);
};
Retold retell(const Story& story, const Place& place, Posts& posts);

}  // namespace mashang::server
