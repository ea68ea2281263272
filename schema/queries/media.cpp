#include "schema/queries.hpp"
#include "schema/queries/locking.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, MediaRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("media_id", row.id);
    v("content", row.content);
    v("width", row.width);
    v("height", row.height);
    v("bytes", row.bytes);
    v("created_at", row.created_at);
    v("uploader", row.uploader);
    v("claimed_by", row.claimed_by);
}

namespace {

const std::string select_media =
    "select district, media_id, content, width, height, bytes, created_at, uploader, claimed_by from media";

}  // namespace

void insert_media(Tx& tx, const MediaRow& row) {
    Query(tx,
          "insert into media (district, media_id, content, width, height, bytes, created_at, uploader, "
          "claimed_by)"
          " values (:district, :media_id, :content, :width, :height, :bytes, :created_at, :uploader,"
          " :claimed_by)")
        .in_row(row)
        .run();
}

std::optional<MediaRow> media_by_id(Tx& tx, int district, const std::string& id) {
    static const auto text = select_media + " where district = :district and media_id = :media_id";
    return locked_one<MediaRow>(
        tx, text, [&](Query& q) -> Query& { return q.in("district", district).in("media_id", id); });
}

void claim_media(Tx& tx, int district, const std::string& id, CaseId by) {
    Query(tx, "update media set claimed_by = :by_case where district = :district and media_id = :media_id")
        .in("by_case", by)
        .in("district", district)
        .in("media_id", id)
        .run();
}

std::vector<MediaRow> unclaimed_media_before(Tx& tx, int district, Instant before, std::size_t most) {
    static const auto text = select_media +
                             " where district = :district and created_at < :before and claimed_by is null"
                             " order by created_at limit :most";
    return Query(tx, locked_free(tx, text))
        .in("district", district)
        .in("before", before)
        .in("most", most)
        .all<MediaRow>();
}

void delete_media(Tx& tx, int district, const std::string& id) {
    Query(tx, "delete from media where district = :district and media_id = :media_id")
        .in("district", district)
        .in("media_id", id)
        .run();
}

std::vector<MediaRow> media_after(Tx& tx, int district, const std::string& after, std::size_t most) {
    static const auto text =
        select_media + " where district = :district and media_id > :after order by media_id limit :most";
    return Query(tx, text).in("district", district).in("after", after).in("most", most).all<MediaRow>();
}

int media_with_content(Tx& tx, int district, const std::string& content) {
    return Query(tx, "select count(*) from media where district = :district and content = :content")
        .in("district", district)
        .in("content", content)
        .value<int>();
}

}  // namespace mashang::schema
