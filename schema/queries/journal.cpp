#include <algorithm>
#include <limits>

#include "schema/pack.hpp"
#include "schema/queries.hpp"
#include "schema/queries/at_rest.hpp"
#include "schema/queries/case_filter.hpp"
#include "schema/queries/later.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, JournalRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("case_id", row.case_id);
    v("seq", row.seq);
    v("type", row.type);
    v("version", row.version);
    v("at", row.at);
    v("actor", row.actor);
    v("payload", row.payload);
    v("prev_hash", row.prev_hash);
    v("hash", row.hash);
}

namespace {

constexpr std::string_view insert_journal_sql =
    "insert into journal (district, case_id, seq, type, version, at, actor, payload, prev_hash, hash)"
    " values (:district, :case_id, :seq, :type, :version, :at, :actor, :payload, :prev_hash, :hash)";

}  // namespace

void append_journal(Tx& tx, const std::vector<JournalRow>& rows) {
    if (auto* later = tx.session().later()) {
        later->journal.insert(later->journal.end(), rows.begin(), rows.end());
        return;
    }
    for (const auto& row : rows) Query(tx, insert_journal_sql).in_row(row).run();
}

Together together(std::span<const JournalRow> rows) {
    return {insert_journal_sql, RowArrays::of<JournalRow>(rows)};
}

std::vector<JournalRow> journal_of(Tx& tx, int district, CaseId id, int seq_max) {
    // A pack has the number of its last row.
    auto rows = laid_out(
        tx, district,
        Query(tx,
              "select district, case_id, seq, type, version, at, actor, payload, prev_hash, hash from "
              "journal"
              " where district = :district and case_id = :case_id and (seq <= :seq_max or type = 'pack')"
              " order by seq")
            .in("district", district)
            .in("case_id", id)
            .in("seq_max", seq_max)
            .all<JournalRow>());
    while (!rows.empty() && rows.back().seq > seq_max) rows.pop_back();
    return rows;
}

void pack_journal_of(Tx& tx, int district, CaseId id) {
    const auto rows = journal_of(tx, district, id, std::numeric_limits<int>::max());
    if (rows.empty()) return;
    const auto texts = texts_of(tx, district, id);
    const auto pack = pack_journal(rows, texts);
    Query(tx, "delete from journal where district = :district and case_id = :case_id")
        .in("district", district)
        .in("case_id", id)
        .run();
    append_journal(tx, {pack});
    pack_texts_of(tx, district, id, texts);
}

std::vector<JournalRow> journals_accepted(Tx& tx, int district, Instant from, Instant to, CaseId after,
                                          std::size_t cases_max) {
    const CaseId before_first{raw(first_id_at(from)) - 1};
    return laid_out(
        tx, district,
        Query(tx,
              "select district, case_id, seq, type, version, at, actor, payload, prev_hash, hash from "
              "journal"
              " where district = :district and case_id > :after and case_id <="
              " (select coalesce(max(case_id), 0) from (select case_id from cases"
              " where district = :district and case_id > :after and case_id < :before"
              " order by case_id limit :most) page)"
              " order by case_id, seq")
            .in("district", district)
            .in("after", std::max(after, before_first))
            .in("before", first_id_at(to))
            .in("most", cases_max)
            .all<JournalRow>());
}

std::string last_hash(Tx& tx, int district, CaseId id, int seq) {
    return Query(tx,
                 "select hash from journal where district = :district and case_id = :case_id and seq = :seq")
        .in("district", district)
        .in("case_id", id)
        .in("seq", seq)
        .value<std::string>();
}

std::vector<CaseId> case_ids_after(Tx& tx, int district, CaseId after, std::size_t most) {
    std::vector<CaseId> ids;
    Query query(tx,
                "select case_id from cases where district = :district and case_id > :after"
                " union select case_id from journal where district = :district and case_id > :after"
                " order by case_id limit :most");
    query.in("district", district).in("after", after).in("most", most);
    for (const auto& [id] : query.all<std::tuple<CaseId>>()) ids.push_back(id);
    return ids;
}

std::vector<std::pair<CaseId, std::string>> heads_between(Tx& tx, int district, Instant from, Instant to) {
    // `at` never goes back within a case, so the last row in the span is the one with the greatest seq.
    Query query(
        tx,
        "select j.case_id, j.hash from journal j join (select case_id, max(seq) as seq from journal"
        " where district = :district and at > :from_at and at <= :to_at group by case_id) h"
        " on j.case_id = h.case_id and j.seq = h.seq where j.district = :district order by j.case_id");
    query.in("district", district).in("from_at", from).in("to_at", to);
    std::vector<std::pair<CaseId, std::string>> heads;
    for (auto& [id, hash] : query.all<std::tuple<CaseId, std::string>>())
        heads.emplace_back(id, std::move(hash));
    return heads;
}

void insert_seal(Tx& tx, int district, Instant at, const std::string& root, const std::string& prev,
                 int heads) {
    Query(tx,
          "insert into seals (district, at, root, prev_root, heads)"
          " values (:district, :at, :root, :prev_root, :heads)")
        .in("district", district)
        .in("at", at)
        .in("root", root)
        .in("prev_root", prev)
        .in("heads", heads)
        .run();
}

std::optional<std::pair<Instant, std::string>> last_seal(Tx& tx, int district) {
    // Two servers that sealed at once would each chain to the same seal. (A reader takes no part in it.)
    tx.session().alone("seal");
    const auto row =
        Query(tx, "select at, root from seals where district = :district order by at desc limit 1")
            .in("district", district)
            .one<std::tuple<Instant, std::string>>();
    if (!row) return std::nullopt;
    return std::pair{std::get<0>(*row), std::get<1>(*row)};
}

}  // namespace mashang::schema
