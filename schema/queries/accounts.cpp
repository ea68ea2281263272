#include "schema/queries.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, AccountRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("person_id", row.id);
    v("login", row.login);
    v("password_hash", row.password_hash);
    v("name", row.name);
    v("role", row.role);
    v("unit", row.unit);
    v("unit_kind", row.unit_kind);
    v("shift", row.shift);
    v("desk", row.desk);
    v("active", row.active);
    v("capacity", row.capacity);
    v("scope", row.scope);
    v("backup", row.backup);
    v("skills", row.skills);
    v("leave", row.leave);
    v("quiet_from", row.quiet_from);
    v("quiet_to", row.quiet_to);
    v("messages_an_hour", row.messages_an_hour);
}

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, SessionRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("token_hash", row.token_hash);
    v("person_id", row.person);
    v("created_at", row.created_at);
    v("expires_at", row.expires_at);
}

namespace {

const std::string select_accounts =
    "select district, person_id, login, password_hash, name, role, unit, unit_kind, shift, desk, active, "
    "capacity, scope, backup, skills, leave, quiet_from, quiet_to, messages_an_hour from accounts";

}  // namespace

void insert_account(Tx& tx, const AccountRow& row) {
    note(tx, "data");  // other servers decide from it too
    Query(
        tx,
        "insert into accounts (district, person_id, login, password_hash, name, role, unit, unit_kind, shift,"
        " desk, active, capacity, scope, backup, skills, leave, quiet_from, quiet_to, messages_an_hour)"
        " values (:district, :person_id, :login, :password_hash, :name, :role, :unit, :unit_kind, :shift,"
        " :desk, :active, :capacity, :scope, :backup, :skills, :leave, :quiet_from, :quiet_to,"
        " :messages_an_hour)")
        .in_row(row)
        .run();
}

void update_account(Tx& tx, const AccountRow& row) {
    note(tx, "data");
    Query(tx,
          "update accounts set login = :login, password_hash = :password_hash, name = :name, role = :role,"
          " unit = :unit, unit_kind = :unit_kind, shift = :shift, desk = :desk, active = :active,"
          " capacity = :capacity, scope = :scope, backup = :backup, skills = :skills, leave = :leave,"
          " quiet_from = :quiet_from, quiet_to = :quiet_to, messages_an_hour = :messages_an_hour"
          " where district = :district and person_id = :person_id")
        .in_row(row)
        .run();
}

std::optional<AccountRow> account_by_login(Tx& tx, int district, const std::string& login) {
    static const auto text =
        select_accounts + " where district = :district and login = :login and login <> ''";
    return Query(tx, text).in("district", district).in("login", login).one<AccountRow>();
}

std::optional<AccountRow> account_by_id(Tx& tx, int district, PersonId id) {
    static const auto text = select_accounts + " where district = :district and person_id = :person";
    return Query(tx, text).in("district", district).in("person", id).one<AccountRow>();
}

std::vector<AccountRow> all_accounts(Tx& tx, int district) {
    static const auto text = select_accounts + " where district = :district order by person_id";
    return Query(tx, text).in("district", district).all<AccountRow>();
}

void insert_session(Tx& tx, const SessionRow& row) {
    Query(tx,
          "insert into sessions (district, token_hash, person_id, created_at, expires_at)"
          " values (:district, :token_hash, :person_id, :created_at, :expires_at)")
        .in_row(row)
        .run();
}

std::optional<SessionRow> session_by_hash(Tx& tx, int district, const std::string& token_hash) {
    return Query(tx,
                 "select district, token_hash, person_id, created_at, expires_at from sessions"
                 " where district = :district and token_hash = :token_hash")
        .in("district", district)
        .in("token_hash", token_hash)
        .one<SessionRow>();
}

void delete_session(Tx& tx, int district, const std::string& token_hash) {
    Query(tx, "delete from sessions where district = :district and token_hash = :token_hash")
        .in("district", district)
        .in("token_hash", token_hash)
        .run();
}

void delete_sessions_before(Tx& tx, int district, Instant expired_before) {
    Query(tx, "delete from sessions where district = :district and expires_at < :before")
        .in("district", district)
        .in("before", expired_before)
        .run();
}

}  // namespace mashang::schema
