#include "schema/queries.hpp"
#include "schema/queries/counters.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, OutboxRow>
void columns(V& v, R& row) {
    v("district", row.district);
    v("outbox_id", row.id);
    v("at", row.at);
    v("channel", row.channel);
    v("recipient_id", row.recipient);
    v("case_id", row.case_id);
    v("seq", row.seq);
    v("what", row.what);
    v("args", row.args);
    v("seen_at", row.seen_at);
}

void insert_outbox(Tx& tx, const OutboxRow& given) {
    auto row = given;
    if (row.id == 0) row.id = take_numbers(tx, row.district, "outbox", 1);
    Query(tx,
          "insert into outbox (district, outbox_id, at, channel, recipient_id, case_id, seq, what, args, "
          "seen_at)"
          " values (:district, :outbox_id, :at, :channel, :recipient_id, :case_id, :seq, :what, :args, "
          ":seen_at)")
        .in_row(row)
        .run();
}

template <class V, class R>
requires std::same_as<std::remove_const_t<R>, OutboxBundle>
void columns(V& v, R& row) {
    v("at", row.at);
    v("outbox_id", row.id);
    v("messages", row.messages);
    v("case_id", row.case_id);
}

std::vector<OutboxBundle> bundles_for(Tx& tx, int district, PersonId person, Instant after, Instant now,
                                      std::size_t most) {
    return Query(tx,
                 "select b.at, b.outbox_id, b.messages, o.case_id from"
                 " (select district, recipient_id, at, max(outbox_id) as outbox_id, count(*) as messages"
                 "  from outbox where district = :district and recipient_id = :person"
                 "  and channel = 'bundle' and at > :after and at <= :now"
                 "  group by district, recipient_id, at order by at desc limit :most) b"
                 " join outbox o on o.district = b.district and o.recipient_id = b.recipient_id"
                 " and o.outbox_id = b.outbox_id order by b.at desc")
        .in("district", district)
        .in("person", person)
        .in("after", after)
        .in("now", now)
        .in("most", most)
        .all<OutboxBundle>();
}

int messages_alone(Tx& tx, int district, PersonId person, Instant from, Instant to) {
    return static_cast<int>(Query(tx,
                                  "select count(*) from outbox where district = :district"
                                  " and recipient_id = :person and channel = 'page'"
                                  " and at >= :from_at and at < :to_at")
                                .in("district", district)
                                .in("person", person)
                                .in("from_at", from)
                                .in("to_at", to)
                                .value<std::int64_t>());
}

std::int64_t lease_outbox_ids(Tx& tx, int district, std::int64_t size) {
    return take_numbers(tx, district, "outbox", size);
}

std::vector<OutboxRow> outbox_for(Tx& tx, int district, PersonId person, Instant now, std::size_t most) {
    return Query(tx,
                 "select district, outbox_id, at, channel, recipient_id, case_id, seq, what, args, seen_at"
                 " from outbox where district = :district and recipient_id = :person and at <= :now"
                 " and channel = 'page' order by outbox_id desc limit :most")
        .in("district", district)
        .in("person", person)
        .in("now", now)
        .in("most", most)
        .all<OutboxRow>();
}

void mark_outbox_seen(Tx& tx, int district, PersonId person, std::int64_t up_to, Instant at) {
    Query(tx,
          "update outbox set seen_at = :at where district = :district and recipient_id = :person"
          " and outbox_id <= :up_to and at <= :now and seen_at is null")
        .in("at", at)
        .in("district", district)
        .in("person", person)
        .in("up_to", up_to)
        .in("now", at)
        .run();
}

void drop_held_messages(Tx& tx, int district, PersonId person, CaseId id, Instant now) {
    Query(tx,
          "delete from outbox where district = :district and recipient_id = :person and case_id = :case_id"
          " and at > :now and seen_at is null")
        .in("district", district)
        .in("person", person)
        .in("case_id", id)
        .in("now", now)
        .run();
}

std::size_t forget_messages(Tx& tx, int district, Instant before, std::size_t most) {
    // By recipient, channel and instant, as an index has them; what is open keeps its own.
    const std::string old =
        "select o.outbox_id from outbox o where o.district = :district and o.recipient_id = :person"
        " and o.channel = :channel and o.at < :before and not exists (select 1 from cases c"
        " where c.district = :district and c.case_id = o.case_id and c.is_open = 1)"
        " order by o.at limit :most";
    std::size_t forgotten = 0;
    std::int64_t person = -1;
    while (forgotten < most) {
        const auto next = Query(tx,
                                "select min(recipient_id) from outbox where district = :district"
                                " and recipient_id > :person")
                              .in("district", district)
                              .in("person", person)
                              .value<std::optional<std::int64_t>>();
        if (!next) break;
        person = *next;
        for (const std::string channel : {"page", "bundle"}) {
            const auto bound = [&](Query& query) -> Query& {
                return query.in("district", district)
                    .in("person", person)
                    .in("channel", channel)
                    .in("before", before)
                    .in("most", most - forgotten);
            };
            Query count(tx, "select count(*) from (" + old + ") past");
            const auto found = static_cast<std::size_t>(bound(count).value<std::int64_t>());
            if (found == 0) continue;
            Query forget(tx,
                         "delete from outbox where district = :district and recipient_id = :person"
                         " and outbox_id in (" +
                             old + ")");
            bound(forget).run();
            forgotten += found;
        }
    }
    return forgotten;
}

std::int64_t outbox_lag(Tx& tx, int district, Instant now) {
    return Query(tx,
                 "select count(*) from outbox where district = :district and seen_at is null and at <= :now")
        .in("district", district)
        .in("now", now)
        .value<std::int64_t>();
}

}  // namespace mashang::schema
