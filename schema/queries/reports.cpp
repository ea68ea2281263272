#include <algorithm>

#include "schema/queries.hpp"
#include "schema/queries/ahead.hpp"
#include "schema/queries/later.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, ReportRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("case_id", row.case_id);
    v("report_id", row.id);
    v("seq", row.seq);
    v("accepted_at", row.accepted_at);
    v("kind", row.kind);
    v("anonymous", row.anonymous);
    v("text", row.text);
    v("salt", row.salt);
    v("text_number", row.text_number);
    v("person", row.person);
    v("extra", row.extra);
    v("idem_scope", row.idem_scope);
    v("idem_key", row.idem_key);
    v("body_hash", row.body_hash);
}

namespace {

const std::string select_reports =
    "select district, case_id, report_id, seq, accepted_at, kind, anonymous, text, salt, text_number, "
    "person, "
    "extra, idem_scope, idem_key, body_hash from reports";

// An empty key is stored as null, which the unique index leaves out.
constexpr std::string_view insert_report_sql =
    "insert into reports (district, case_id, report_id, seq, accepted_at, kind, anonymous, text, salt, "
    "text_number, person, extra, idem_scope, idem_key, body_hash) values (:district, :case_id, :report_id, "
    ":seq, :accepted_at, :kind, :anonymous, :text, :salt, :text_number, :person, :extra, "
    "nullif(:idem_scope, ''), nullif(:idem_key, ''), :body_hash)";

}  // namespace

void insert_report(Tx& tx, const ReportRow& row) {
    if (auto* later = tx.session().later()) return later->reports.push_back(row);
    Query(tx, insert_report_sql).in_row(row).run();
}

Together together(std::span<const ReportRow> rows) {
    return {insert_report_sql, RowArrays::of<ReportRow>(rows)};
}

std::vector<ReportRow> reports_of(Tx& tx, int district, CaseId id) {
    static const auto text =
        select_reports + " where district = :district and case_id = :case_id order by report_id";
    return Query(tx, text).in("district", district).in("case_id", id).all<ReportRow>();
}

std::int64_t count_reports(Tx& tx, int district) {
    return Query(tx, "select count(*) from reports where district = :district")
        .in("district", district)
        .value<std::int64_t>();
}

std::optional<ReportRow> report(Tx& tx, int district, CaseId id, ReportId report_id) {
    static const auto text =
        select_reports + " where district = :district and case_id = :case_id and report_id = :report_id";
    return Query(tx, text)
        .in("district", district)
        .in("case_id", id)
        .in("report_id", report_id)
        .one<ReportRow>();
}

std::vector<std::pair<CaseId, std::string>> first_texts(Tx& tx, int district, CaseId first, CaseId last) {
    Query query(tx,
                "select case_id, text from reports where district = :district and case_id >= :first"
                " and case_id <= :last and report_id = 1 order by case_id");
    query.in("district", district).in("first", first).in("last", last);
    std::vector<std::pair<CaseId, std::string>> texts;
    for (auto& [id, text] : query.all<std::tuple<CaseId, std::string>>())
        texts.emplace_back(id, std::move(text));
    return texts;
}

std::optional<ReportRow> report_by_key(Tx& tx, int district, const std::string& scope,
                                       const std::string& key) {
    static const auto text = select_reports +
                             " where district = :district and idem_scope = :scope and idem_key = :key"
                             " and idem_key is not null";
    const auto* later = tx.session().unsent();
    const bool unsent =
        later && std::any_of(later->reports.begin(), later->reports.end(), [&](const auto& row) {
            return row.district == district && row.idem_key == key && row.idem_scope == scope;
        });
    const auto* ahead = tx.session().ahead();
    if (ahead && !unsent && ahead->fresh_keys.contains({district, scope, key})) return std::nullopt;
    return Query(tx, text, unsent ? Query::Unsent::goes_first : Query::Unsent::stays)
        .in("district", district)
        .in("scope", scope)
        .in("key", key)
        .one<ReportRow>();
}

void erase_report(Tx& tx, int district, CaseId id, ReportId report_id) {
    Query(tx,
          "update reports set text = '', salt = '', person = '', extra = ''"
          " where district = :district and case_id = :case_id and report_id = :report_id")
        .in("district", district)
        .in("case_id", id)
        .in("report_id", report_id)
        .run();
}

}  // namespace mashang::schema
