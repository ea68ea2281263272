// A transaction's pages written at once: the log holds the same as when SQLite writes them one by one.
#include "schema/gathered_log.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

using Model = std::map<int, std::string>;

// A table of texts, written through a gathered connection whose cache holds few pages, so that a transaction
// of some size writes pages to the log, reads them back and writes them again before it commits.
struct Gathered {
    Folder folder;
    Session session{folder.database(), Session::Use::write};
    Tx tx{session};

    Gathered() {
        session.execute("pragma cache_size = 5");
        session.execute("create table texts (id integer primary key, text text not null)");
        session.execute("pragma synchronous = normal");
        REQUIRE(gather_log_writes(session.sqlite_connection()));
    }
    void put(int id, const std::string& text) {
        Query(tx,
              "insert into texts (id, text) values (:id, :text) on conflict (id) do update set text = :text")
            .in("id", id)
            .in("text", text)
            .run();
    }
    void remove(int id) { Query(tx, "delete from texts where id = :id").in("id", id).run(); }
};

Model read_by(Session& session) {
    Tx tx(session);
    Model found;
    for (auto& [id, text] : Query(tx, "select id, text from texts").all<std::tuple<int, std::string>>())
        found.emplace(id, std::move(text));
    return found;
}

// As after a loss of power that took nothing: the file and its log, without the index in shared memory.
Model read_after_crash(const std::string& database) {
    const auto folder = std::filesystem::path(database).parent_path() / "crashed";
    std::filesystem::create_directories(folder);
    std::filesystem::copy(database, folder / "copy.db");
    if (std::filesystem::exists(database + "-wal"))
        std::filesystem::copy(database + "-wal", folder / "copy.db-wal");
    Model found;
    {
        Session session((folder / "copy.db").string(), Session::Use::write);
        Tx tx(session);
        found = read_by(session);
        REQUIRE(Query(tx, "select count(*) from pragma_integrity_check where integrity_check <> 'ok'")
                    .value<std::int64_t>() == 0);
    }
    std::filesystem::remove_all(folder);
    return found;
}

std::int64_t write_calls() {
    std::ifstream io("/proc/self/io");
    for (std::string name, value; io >> name >> value;)
        if (name == "syscw:") return std::stoll(value);
    return -1;
}

}  // namespace

TEST_CASE("readers and a crash find what committed, however it was written, undone, spilled or copied",
          "[sqlite]") {
    Gathered gathered;
    Session reader(gathered.folder.database(), Session::Use::write);
    Model committed;  // by the cases before, too
    rc::prop("any transaction after any others", [&] {
        Model now = committed;
        gathered.session.begin();
        const auto changes = *rc::gen::inRange(0, 25);
        for (int i = 0; i < changes; ++i) {
            const int id = *rc::gen::inRange(0, 40);
            if (*rc::gen::inRange(0, 4) == 0) {
                gathered.remove(id);
                now.erase(id);
            } else {
                const auto size = static_cast<std::size_t>(*rc::gen::inRange(1, 6000));
                gathered.put(id,
                             now[id] = std::string(size, static_cast<char>('a' + *rc::gen::inRange(0, 26))));
            }
        }
        if (*rc::gen::inRange(0, 4) == 0) {
            gathered.session.rollback();
        } else {
            gathered.session.commit();
            committed = std::move(now);
        }
        RC_ASSERT(read_by(reader) == committed);
        if (*rc::gen::inRange(0, 40) == 0)
            RC_ASSERT(read_after_crash(gathered.folder.database()) == committed);
        if (*rc::gen::inRange(0, 10) == 0) gathered.session.execute("pragma wal_checkpoint(restart)");
    });
}

TEST_CASE("a transaction of thirty pages is one call of the system, one of a megabyte a dozen", "[sqlite]") {
    Gathered gathered;
    gathered.session.execute("pragma cache_size = -65536");
    const auto calls_of = [&](int first, int last) {
        gathered.session.begin();
        for (int id = first; id < last; ++id) gathered.put(id, std::string(3900, 'x'));
        const auto before = write_calls();
        gathered.session.commit();
        return write_calls() - before;
    };
    calls_of(0, 1);
    if (write_calls() < 0) return;  // a kernel that does not count
    CHECK(calls_of(1, 28) <= 2);    // 27 leaves and what leads to them; 120 KB a call
    CHECK(calls_of(28, 288) <= 14);
    CHECK(log_bytes_kept() == 0);
    CHECK(read_after_crash(gathered.folder.database()).size() == 288);
}
