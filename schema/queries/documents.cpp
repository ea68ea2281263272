#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, DocumentRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("kind", row.kind);
    v("version", row.version);
    v("body", row.body);
    v("created_at", row.created_at);
    v("activated_at", row.activated_at);
    v("author_id", row.author_id);
    v("author", row.author);
    v("note", row.note);
}

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, NoticeRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("notice_id", row.id);
    v("prefix", row.prefix);
    v("title_zh", row.title_zh);
    v("title_en", row.title_en);
    v("text_zh", row.text_zh);
    v("text_en", row.text_en);
    v("at", row.at);
}

namespace {

const std::string select_documents =
    "select district, kind, version, body, created_at, activated_at, author_id, author, note from documents";

}  // namespace

void insert_document(Tx& tx, const DocumentRow& row) {
    Query(tx,
          "insert into documents (district, kind, version, body, created_at, activated_at, author_id, author,"
          " note) values (:district, :kind, :version, :body, :created_at, :activated_at, :author_id, :author,"
          " :note)")
        .in_row(row)
        .run();
}

void activate_document(Tx& tx, int district, const std::string& kind, int version, Instant at) {
    note(tx, "data");  // other servers decide from it too
    Query(tx,
          "update documents set activated_at = :at"
          " where district = :district and kind = :kind and version = :version")
        .in("at", at)
        .in("district", district)
        .in("kind", kind)
        .in("version", version)
        .run();
}

std::vector<DocumentRow> all_documents(Tx& tx, int district, const std::string& kind) {
    static const auto text =
        select_documents + " where district = :district and kind = :kind order by version";
    return Query(tx, text).in("district", district).in("kind", kind).all<DocumentRow>();
}

std::optional<DocumentRow> active_document(Tx& tx, int district, const std::string& kind) {
    static const auto text = select_documents +
                             " where district = :district and kind = :kind and activated_at is not null"
                             " order by activated_at desc, version desc limit 1";
    return Query(tx, text).in("district", district).in("kind", kind).one<DocumentRow>();
}

std::optional<DocumentRow> document(Tx& tx, int district, const std::string& kind, int version) {
    static const auto text =
        select_documents + " where district = :district and kind = :kind and version = :version";
    return Query(tx, text)
        .in("district", district)
        .in("kind", kind)
        .in("version", version)
        .one<DocumentRow>();
}

int next_document_version(Tx& tx, int district, const std::string& kind) {
    return Query(tx,
                 "select coalesce(max(version), 0) + 1 from documents"
                 " where district = :district and kind = :kind")
        .in("district", district)
        .in("kind", kind)
        .value<int>();
}

std::vector<DocumentRow> documents_before(Tx& tx, int district, const std::string& kind, int version,
                                          std::size_t most) {
    return Query(
               tx,
               "select district, kind, version, '' as body, created_at, activated_at, author_id, author, note"
               " from documents where district = :district and kind = :kind and version < :version"
               " order by version desc limit :most")
        .in("district", district)
        .in("kind", kind)
        .in("version", version)
        .in("most", most)
        .all<DocumentRow>();
}

void insert_notice(Tx& tx, const NoticeRow& given) {
    auto row = given;
    if (row.id == 0) row.id = take_numbers(tx, row.district, "notice", 1);
    Query(tx,
          "insert into notices (district, notice_id, prefix, title_zh, title_en, text_zh, text_en, at)"
          " values (:district, :notice_id, :prefix, :title_zh, :title_en, :text_zh, :text_en, :at)")
        .in_row(row)
        .run();
}

std::vector<NoticeRow> notices_for(Tx& tx, int district, const std::string& grid_code, std::size_t most) {
    return Query(tx,
                 "select district, notice_id, prefix, title_zh, title_en, text_zh, text_en, at from notices"
                 " where district = :district and substr(:grid_code, 1, length(prefix)) = prefix"
                 " order by at desc, notice_id desc limit :most")
        .in("district", district)
        .in("grid_code", grid_code)
        .in("most", most)
        .all<NoticeRow>();
}

}  // namespace mashang::schema
