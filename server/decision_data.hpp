// What decisions are made from, as one immutable snapshot in memory: documents, roster, map, catalogue.
//
// Loaded from the store inside a transaction and swapped whole; whoever holds a shared_ptr keeps a consistent
// set. Every version that an open case was dispatched under stays available (T17). Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "dispatch/catalogue.hpp"
#include "dispatch/lifecycle.hpp"
#include "dispatch/territory.hpp"
#include "schema/queries.hpp"

namespace mashang::server {

template <class T>
struct Versioned {
    std::map<int, std::shared_ptr<const T>> all;
    int current = 0;

    const T& now() const { return *all.at(current); }
    // The frozen version; the current one where a version was never kept (a document of another node).
    const T& at(int version) const {
        const auto it = all.find(version);
        return it == all.end() ? now() : *it->second;
    }
};

struct DecisionData {
    int district = 0;
    std::string name;
    Versioned<Calendar> calendars;
    Versioned<TimeStandards> standards;
    Versioned<Rulebook> rulebooks;
    Versioned<Catalogue> catalogues;
    std::shared_ptr<const Territory> territory;
    std::shared_ptr<const Roster> roster;
    std::string territory_geojson;
    std::unordered_map<std::string, PersonId> logins;
    bool ignore_capacity = false;

    Versions versions() const;
    // For a new case: the documents in force.
    Policy policy(Workload workload) const;
    // For a case: the documents frozen for it; people as they are now.
    Policy policy(const Versions& frozen, Workload workload) const;
    const Matter* matter(const std::string& code) const { return catalogues.now().find(code); }
};

// Refuses with the document's own errors (pointers) when a stored document does not decode.
Result<std::shared_ptr<const DecisionData>> load_decision_data(schema::Tx& tx, int district);

Person person_of(const schema::AccountRow& account);
schema::AccountRow account_of(int district, const Person& person, std::string login, std::string hash);

}  // namespace mashang::server
