#include "schema/queries/at_rest.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "dispatch/lifecycle.hpp"
#include "schema/codec/case_json.hpp"
#include "schema/pack.hpp"
#include "schema/queries.hpp"
#include "schema/session.hpp"

namespace mashang::schema {
namespace {

constexpr std::size_t cases_a_question_max = 64;

// `ask(first, count)` for stretches of a power of two: few texts, so that each stays prepared.
template <class Ask>
void in_stretches(std::size_t total, Ask ask) {
    for (std::size_t first = 0; first < total;) {
        std::size_t count = cases_a_question_max;
        while (count > total - first) count /= 2;
        ask(first, count);
        first += count;
    }
}

std::string nth_case(std::size_t n) {
    return "case_id_" + std::to_string(n);
}

// " and case_id in (…)" for so many cases, a text for each power of two.
std::string in_cases(std::size_t count) {
    std::string text = " and case_id in (";
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ", :" : ":") + nth_case(i);
    return text + ")";
}

template <class Row>
std::vector<Row> rows_of_cases(Tx& tx, int district, const std::vector<CaseId>& ids,
                               const std::string& select, const std::string& order) {
    std::vector<Row> all;
    in_stretches(ids.size(), [&](std::size_t first, std::size_t count) {
        Query query(tx, select + " where district = :district" + in_cases(count) + order);
        query.in("district", district);
        for (std::size_t i = 0; i < count; ++i) query.in(nth_case(i), ids[first + i]);
        auto rows = query.all<Row>();
        std::move(rows.begin(), rows.end(), std::back_inserter(all));
    });
    return all;
}

using TextsByCase = std::map<CaseId, std::vector<TextRow>>;

TextsByCase texts_of_cases(Tx& tx, int district, const std::vector<CaseId>& ids) {
    using Columns = std::tuple<CaseId, std::int32_t, std::string, std::string>;
    TextsByCase texts;
    for (auto& [id, number, salt, body] :
         rows_of_cases<Columns>(tx, district, ids, "select case_id, number, salt, body from texts",
                                " order by case_id, number")) {
        TextRow row{district, id, number, std::move(salt), std::move(body)};
        auto& here = texts[id];
        if (number != packed_texts_number) {
            here.push_back(std::move(row));
            continue;
        }
        auto apart = unpack_texts(row);
        std::move(apart.begin(), apart.end(), std::back_inserter(here));
    }
    return texts;
}

bool is_pack(const JournalRow& row) {
    return row.type == pack_type;
}

bool is_at_rest(const CaseRow& row) {
    return row.state == state_in_journal;
}

using Journals = std::map<CaseId, std::vector<JournalRow>>;

Journals journals_of_cases(Tx& tx, int district, const std::vector<CaseId>& ids) {
    using Columns = std::tuple<CaseId, int, std::string, int, Instant, std::string, std::string, std::string,
                               std::string>;
    std::vector<JournalRow> stored;
    for (auto& columns : rows_of_cases<Columns>(
             tx, district, ids,
             "select case_id, seq, type, version, at, actor, payload, prev_hash, hash from journal",
             " order by case_id, seq")) {
        JournalRow row;
        row.district = district;
        std::tie(row.case_id, row.seq, row.type, row.version, row.at, row.actor, row.payload, row.prev_hash,
                 row.hash) = std::move(columns);
        stored.push_back(std::move(row));
    }
    Journals journals;
    for (auto& row : laid_out(tx, district, std::move(stored)))
        journals[row.case_id].push_back(std::move(row));
    return journals;
}

// The folded state as the case's row would hold it.
void fold_into(CaseRow& row, const std::vector<JournalRow>& journal) {
    std::vector<Event> events;
    for (const auto& stored : journal) {
        auto event = decode_event(stored);
        if (!event) return;
        events.push_back(std::move(*event));
    }
    if (!events.empty()) row.state = encode_case(replay(row.district, row.id, events));
}

std::optional<JournalRow> pack_of(Tx& tx, int district, CaseId id) {
    using Columns = std::tuple<int, Instant, std::string, std::string>;
    const auto found = Query(tx,
                             "select seq, at, payload, hash from journal where district = :district"
                             " and case_id = :case_id and type = 'pack'")
                           .in("district", district)
                           .in("case_id", id)
                           .one<Columns>();
    if (!found) return std::nullopt;
    JournalRow pack;
    pack.district = district;
    pack.case_id = id;
    pack.type = pack_type;
    std::tie(pack.seq, pack.at, pack.payload, pack.hash) = *found;
    return pack;
}

}  // namespace

std::vector<JournalRow> laid_out(Tx& tx, int district, std::vector<JournalRow> stored) {
    std::vector<CaseId> ids;
    for (const auto& row : stored)
        if (is_pack(row)) ids.push_back(row.case_id);
    if (ids.empty()) return stored;
    auto texts = texts_of_cases(tx, district, ids);
    std::vector<JournalRow> rows;
    for (auto& row : stored) {
        if (is_pack(row)) {
            const auto& said = texts[row.case_id];
            auto apart = unpack_journal(std::move(row), said);
            std::move(apart.begin(), apart.end(), std::back_inserter(rows));
        } else {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<CaseRow> laid_open(Tx& tx, std::vector<CaseRow> stored) {
    std::vector<CaseId> ids;
    for (auto& row : stored) {
        if (is_at_rest(row)) {
            ids.push_back(row.id);
        } else if (auto state = unpacked(row.state)) {
            row.state = std::move(*state);
        }
    }
    if (ids.empty()) return stored;
    const auto journals = journals_of_cases(tx, stored.front().district, ids);
    for (auto& row : stored)
        if (const auto found = journals.find(row.id); is_at_rest(row) && found != journals.end())
            fold_into(row, found->second);
    return stored;
}

void pack_texts_of(Tx& tx, int district, CaseId id, const std::vector<TextRow>& texts) {
    const auto row = pack_texts(texts);
    if (!row) return;
    Query(tx, "delete from texts where district = :district and case_id = :case_id")
        .in("district", district)
        .in("case_id", id)
        .run();
    insert_text(tx, *row);
}

void unpack_text(Tx& tx, int district, CaseId id, std::int32_t number) {
    auto texts = texts_of(tx, district, id);
    if (const auto pack = pack_of(tx, district, id)) {
        const auto rows = unpack_journal(*pack, texts);
        if (rows.size() == 1 && is_pack(rows.front())) return;  // its chain is broken as it is
        std::vector<TextRow> kept = texts;
        std::erase_if(kept, [&](const TextRow& text) { return text.number == number; });
        Query(tx,
              "update journal set payload = :payload where district = :district and case_id = :case_id"
              " and seq = :seq")
            .in("payload", pack_journal(rows, kept).payload)
            .in("district", district)
            .in("case_id", id)
            .in("seq", pack->seq)
            .run();
    }
    using Number = std::tuple<std::int32_t>;
    const auto packed_row = Query(tx,
                                  "select number from texts where district = :district"
                                  " and case_id = :case_id and number = 0")
                                .in("district", district)
                                .in("case_id", id)
                                .one<Number>();
    if (!packed_row) return;
    Query(tx, "delete from texts where district = :district and case_id = :case_id")
        .in("district", district)
        .in("case_id", id)
        .run();
    for (const auto& text : texts) insert_text(tx, text);
}

}  // namespace mashang::schema
