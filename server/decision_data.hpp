// What decisions are made from, as one immutable snapshot in memory: documents, roster, map, catalogue.
//
// Loaded from the store inside a transaction and swapped whole (T32); whoever holds a shared_ptr keeps a
// consistent set. Every version that was ever in force stays available to the cases that were dispatched
// under it (T17); drafts are not in it. Any thread.
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
    Versioned<Calendar> calendars;  // as they were put in force: for replaying decisions
    // By version: what cases frozen under it count by, the years that a newer calendar knows included (T8).
    std::map<int, std::shared_ptr<const Calendar>> counting;
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
    const Calendar& calendar_for(const Versions& frozen) const {
        const auto it = counting.find(frozen.calendar);
        return it == counting.end() ? calendars.at(frozen.calendar) : *it->second;
    }
    const Matter* matter(const std::string& code) const { return catalogues.now().find(code); }
};

// A document taken as if it were in force, to be looked at before it is.
struct Candidate {
    std::string kind;
    int version = 0;
    std::string body;
};

// Refuses with the document's own errors (pointers) when a stored document, or the candidate, does not
// decode; also, at "/shifts", when people work shifts that the candidate does not have.
Result<std::shared_ptr<const DecisionData>> load_decision_data(schema::Tx& tx, int district,
                                                               const Candidate* candidate = nullptr);

Person person_of(const schema::AccountRow& account);
schema::AccountRow account_of(int district, const Person& person, std::string login, std::string hash);

}  // namespace mashang::server
