#include "schema/migrate.hpp"

#include <sodium.h>

#include <map>

#include "schema/chain.hpp"
#include "schema/session.hpp"

namespace mashang::schema {
namespace {

constexpr std::string_view marker = "/*clustered*/";
constexpr std::string_view sqlite_only = "--sqlite ";
constexpr std::string_view postgres_only = "--postgresql ";

struct Applied {
    int number = 0;
    std::string checksum;
};

template <class V, class R>
void columns(V& v, R& row) {
    v("number", row.number);
    v("checksum", row.checksum);
}

void apply(Session& session, const Migration& migration, const std::string& checksum) {
    session.begin();
    try {
        for (const auto& statement : statements_of(migration.text, !session.is_shared()))
            session.execute(statement);
        {
            Tx tx(session);
            Query(tx, "insert into migrations (number, name, checksum) values (:number, :name, :checksum)")
                .in("number", migration.number)
                .in("name", migration.name)
                .in("checksum", checksum)
                .run();
        }
        session.commit();
    } catch (...) {
        session.rollback();
        throw;
    }
}

// SQLite compares text byte by byte, and our ranges (grid_code >= '330106' and < '330107') rest on that;
// PostgreSQL would compare as people of the database's language do.
std::string with_byte_order(std::string_view line) {
    constexpr std::string_view type = " text", added = "add column ";
    auto name = line.find_first_not_of(' ');
    if (const auto at = line.find(added); at != line.npos) {
        name = at + added.size();
    } else if (name == 0) {
        return std::string(line);  // not a column's line
    }
    const auto end = line.find(' ', name);
    if (name == line.npos || end == line.npos || line.substr(end, type.size()) != type)
        return std::string(line);
    const auto rest = line.substr(end + type.size());
    if (!rest.empty() && rest.find_first_of(" ,;") != 0) return std::string(line);
    return std::string(line.substr(0, end)) + " text collate \"C\"" + std::string(rest);
}

// One server migrates at a time; the others wait, and find it done.
class Turn {
  public:
    explicit Turn(Session& session) : session_(session) {
        if (!session_.is_shared()) return;
        session_.execute("set lock_timeout = 0");
        session_.execute("select pg_advisory_lock(hashtext('mashang migrate'), hashtext(current_schema()))");
    }
    ~Turn() {
        if (!session_.is_shared()) return;
        try {
            session_.execute(
                "select pg_advisory_unlock(hashtext('mashang migrate'), hashtext(current_schema()))");
            session_.execute("set lock_timeout = '2s'");
        } catch (const StoreFault&) {
            // The connection is gone, and the lock with it.
        }
    }
    Turn(const Turn&) = delete;

  private:
    Session& session_;
};

}  // namespace

std::vector<std::string> statements_of(std::string_view script, bool sqlite) {
    std::vector<std::string> all;
    std::string current;
    while (!script.empty()) {
        auto line = script.substr(0, script.find('\n'));
        script.remove_prefix(std::min(script.size(), line.size() + 1));
        const auto own = sqlite ? sqlite_only : postgres_only;
        if (line.starts_with(own)) line.remove_prefix(own.size());
        if (line.starts_with("--") || line.empty()) continue;
        current.append(sqlite ? std::string(line) : with_byte_order(line)).append("\n");
        if (!line.ends_with(';')) continue;
        current.resize(current.size() - 2);
        if (const auto at = current.find(marker); at != std::string::npos)
            current.replace(at, marker.size(), sqlite ? "without rowid" : "");
        all.push_back(std::exchange(current, {}));
    }
    return all;
}

Result<int> migrate(Session& session, const std::vector<Migration>& migrations) {
    const Turn turn(session);
    session.execute(
        "create table if not exists migrations (number bigint not null primary key, name text not null, "
        "checksum text not null)");
    std::map<int, std::string> applied;
    {
        Tx tx(session);
        Query query(tx, "select number, checksum from migrations order by number");
        for (auto& row : query.all<Applied>()) applied.emplace(row.number, std::move(row.checksum));
    }
    const int newest_known = migrations.empty() ? 0 : migrations.back().number;
    if (!applied.empty() && applied.rbegin()->first > newest_known) {
        return make_error(
            Errc::conflict, "error.database_newer",
            {{"database", std::to_string(applied.rbegin()->first)}, {"code", std::to_string(newest_known)}});
    }
    int done = 0;
    for (const auto& migration : migrations) {
        const auto checksum = text_hash("", migration.text);
        const auto found = applied.find(migration.number);
        if (found == applied.end()) {
            apply(session, migration, checksum);
            ++done;
        } else if (found->second != checksum) {
            return make_error(Errc::conflict, "error.migration_changed",
                              {{"name", std::string(migration.name)}});
        }
    }
    return done;
}

}  // namespace mashang::schema
