// Private to the casebook: what one decision needs while it is being written.
#pragma once

#include "server/casebook.hpp"

namespace mashang::server {

struct Casebook::Writing {
    schema::Tx& tx;
    const DecisionData& data;
    Instant now;

    Policy policy(CodeId place) const { return data.policy(workload_in(tx, data, place)); }
    Policy policy(const Case& c) const {
        return data.policy(c.versions, workload_in(tx, data, c.place.code));
    }

    // Appends the events to the journal and brings row, load, outbox and parts up to the folded case.
    Case write(const Case& before, const std::vector<Event>& events, bool is_new) const;
    // The same for an event that moves due instants, with what has changed and moved added.
    void move(const Case& before, std::vector<Event> events, Extended& all) const;
};

// A command decided and not yet written.
struct Casebook::Prepared {
    Case c;
    std::vector<Event> events;
    std::vector<schema::TextRow> texts;
    std::vector<std::string> media;
};

}  // namespace mashang::server
