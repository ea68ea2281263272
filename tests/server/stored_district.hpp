// The small district of tests/build over the embedded store: cases are played through the casebook and the
// real writer, as the service plays them. Tests only. Calls wait for the commit; a refusal that a test does
// not ask for throws std::logic_error with its key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schema/store.hpp"
#include "server/casebook.hpp"
#include "server/waiting.hpp"
#include "tests/build/world.hpp"
#include "tests/schema/store_rows.hpp"

namespace mashang::build {

using server::Changed;

class StoredDistrict {
  public:
    static constexpr int code = 330106;
    static constexpr int places = 40;  // site codes from 1 on, all in the one grid: continuity binds none

    StoredDistrict();

    World world;  // people, documents and commands of the tests; its `now` is the instant of everything here
    std::shared_ptr<server::DecisionData> data;  // what decisions are made from; a test may change it
    test::Folder folder;
    std::unique_ptr<schema::Store> store;

    // People as they are from now on.
    void people(std::vector<Person> all);

    server::SubmitReport report(int place = 1);
    Result<Changed> tried(const server::SubmitReport& report);
    Case submitted(int place = 1);
    server::GiveCommand command(const Case& c, CommandKind kind, const Actor& actor,
                                const World::Change& change = {}) const;
    Result<Case> tried(CaseId id, const server::GiveCommand& give);
    Case give(const Case& c, CommandKind kind, const Actor& actor, const World::Change& change = {});
    Case by_owner(const Case& c, CommandKind kind, const World::Change& change = {});
    std::vector<Changed> fired(std::size_t most = 64, std::vector<CaseId>* poisoned = nullptr);
    std::vector<Changed> drained(std::size_t most = 64);

    Case stored(CaseId id);    // the row's
    Case replayed(CaseId id);  // the journal's
    schema::CaseRow row(CaseId id);
    schema::WorkloadRow load(PersonId id);
    std::vector<Event> journal(CaseId id);
    std::vector<schema::OutboxRow> messages(PersonId id);
    // Any number that one SQL question answers, of a connection of its own.
    std::int64_t count(const std::string& sql);
    // One statement on a connection of its own: a trigger that makes a table refuse, a row broken by hand.
    void execute(const std::string& sql);

    // In one transaction of its own that is kept, or one that is only looked at.
    template <class T, class Job>
    Result<T> write(Job job) {
        return server::write_now<T>(*store, job);
    }
    template <class T, class Job>
    T read(Job job) {
        auto found = server::read_now<T>(*store, job);
        if (!found) throw std::logic_error(found.error().key);
        return std::move(*found);
    }

    server::CaseIds ids{1};
    server::Casebook casebook{ids, schema::SecretKey{}};

  private:
    int keys_ = 0;
};

}  // namespace mashang::build
