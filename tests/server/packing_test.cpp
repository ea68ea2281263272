// Cases at rest, packed in a real store: nobody can tell, but by the room they take.
#include "server/packing.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "schema/chain.hpp"
#include "server/audit.hpp"
#include "stored_district.hpp"

using namespace mashang;
using namespace mashang::build;
using K = CommandKind;

namespace {

// A whole store says which district it is of; the small one of the tests has to be told.
struct NamedDistrict : StoredDistrict {
    NamedDistrict() {
        (void)write<bool>([](schema::Tx& tx) -> Result<bool> {
            schema::set_meta(tx, code, "name", "district of the tests");
            return true;
        });
    }
};

Case closed_case(StoredDistrict& d, int place) {
    Case c = d.by_owner(d.submitted(place), K::sign_off);
    c = d.by_owner(c, K::close);
    return d.give(c, K::review, d.world.as(staff::reviewer));
}

std::vector<schema::JournalRow> journal_rows(StoredDistrict& d, CaseId id, int seq_max = 1000) {
    return d.read<std::vector<schema::JournalRow>>(
        [&](schema::Tx& tx) -> Result<std::vector<schema::JournalRow>> {
            return schema::journal_of(tx, StoredDistrict::code, id, seq_max);
        });
}

bool equal(const std::vector<schema::JournalRow>& a, const std::vector<schema::JournalRow>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.seq == y.seq && x.type == y.type && x.at == y.at && x.actor == y.actor &&
               x.payload == y.payload && x.prev_hash == y.prev_hash && x.hash == y.hash;
    });
}

std::int64_t packs(StoredDistrict& d) {
    return d.count("select count(*) from journal where type = 'pack'");
}

bool all_sound(StoredDistrict& d) {
    const auto replayed = server::replay_cases(*d.store), verified = server::verify_chains(*d.store);
    return replayed && verified && replayed->cases > 0 && replayed->differ == 0 && verified->differ == 0;
}

Result<std::size_t> packed_before(StoredDistrict& d, Instant before) {
    return server::pack_all(*d.store, before);
}

}  // namespace

TEST_CASE("a packed case reads as it did: row, journal at every seq, chain, replay [T12]") {
    NamedDistrict d;
    const Case c = closed_case(d, 1);
    const auto rows = journal_rows(d, c.id);
    const auto row = d.row(c.id);
    REQUIRE(rows.size() > 3);
    REQUIRE(*packed_before(d, at(24, 0)) == 1);

    CHECK(d.count("select count(*) from journal") == 1);
    CHECK(d.count("select count(*) from cases where state = 'zj'") == 1);
    CHECK(d.row(c.id) == row);
    CHECK(d.stored(c.id) == c);
    CHECK(d.replayed(c.id) == c);
    for (int seq = 0; seq <= static_cast<int>(rows.size()); ++seq)
        CHECK(equal(journal_rows(d, c.id, seq), {rows.begin(), rows.begin() + seq}));
    CHECK(all_sound(d));
    CHECK(*packed_before(d, at(24, 0)) == 0);  // once is enough
}

TEST_CASE("only what is closed and has not been touched since is packed") {
    NamedDistrict d;
    d.submitted(1);
    const Case early = closed_case(d, 2);
    d.world.now = at(25, 9);
    const Case late = closed_case(d, 3);
    CHECK(*packed_before(d, early.last_at) == 0);  // its last event is no older than that
    CHECK(*packed_before(d, late.last_at) == 1);
    CHECK(packs(d) == 1);
    CHECK(d.stored(early.id) == early);
    CHECK(all_sound(d));
}

TEST_CASE("a command opens a packed case again, and it can be packed anew [T19]") {
    NamedDistrict d;
    Case c = closed_case(d, 1);
    REQUIRE(*packed_before(d, at(24, 0)) == 1);
    c = d.give(c, K::reopen, d.world.as(staff::reviewer));
    CHECK(is_open(c.status));
    CHECK(d.stored(c.id) == c);
    CHECK(d.replayed(c.id) == c);
    CHECK(d.count("select count(*) from cases where state like '{%'") == 1);
    CHECK(all_sound(d));
    CHECK(*packed_before(d, at(30, 0)) == 0);  // open
    c = d.by_owner(c, K::sign_off);
    c = d.by_owner(c, K::close);
    c = d.give(c, K::review, d.world.as(staff::reviewer));
    const auto rows = journal_rows(d, c.id);
    CHECK(*packed_before(d, at(30, 0)) == 1);
    CHECK(d.count("select count(*) from journal") == 1);
    CHECK(equal(journal_rows(d, c.id), rows));
    CHECK(d.stored(c.id) == c);
    CHECK(all_sound(d));
}

TEST_CASE("a journal that has been tampered with is not packed, and a tampered pack is found") {
    NamedDistrict d;
    const Case c = closed_case(d, 1);
    d.execute("update journal set version = version + 1 where seq = 2");
    CHECK(*packed_before(d, at(24, 0)) == 0);
    d.execute("update journal set version = version - 1 where seq = 2");
    REQUIRE(*packed_before(d, at(24, 0)) == 1);
    d.execute("update journal set payload = 'z2:' || substr(payload, 8)");
    CHECK(server::verify_chains(*d.store)->differ == 1);
    CHECK(server::replay_cases(*d.store)->differ == 1);
}

TEST_CASE(
    "what was said in a packed case can be erased: it is gone, the chain holds, the rest is as it was") {
    NamedDistrict d;
    const Case c = closed_case(d, 1);
    const auto said = [&] {
        return d.read<std::vector<schema::TextRow>>(
            [&](schema::Tx& tx) -> Result<std::vector<schema::TextRow>> {
                return schema::texts_of(tx, StoredDistrict::code, c.id);
            });
    };
    const auto before = said();
    const auto rows = journal_rows(d, c.id);
    REQUIRE(before.size() > 1);
    REQUIRE(*packed_before(d, at(24, 0)) == 1);
    CHECK(d.count("select count(*) from texts") == 1);
    const auto packed = said();
    REQUIRE(packed.size() == before.size());
    for (std::size_t i = 0; i < packed.size(); ++i) CHECK(packed[i].body == before[i].body);

    const auto number = before.front().number;
    (void)d.write<bool>([&](schema::Tx& tx) -> Result<bool> {
        schema::erase_text(tx, StoredDistrict::code, c.id, number);
        return true;
    });
    const auto left = said();
    CHECK(left.size() == before.size() - 1);
    CHECK(std::none_of(left.begin(), left.end(), [&](const auto& text) { return text.number == number; }));
    CHECK(equal(journal_rows(d, c.id), rows));
    CHECK(d.stored(c.id) == c);
    CHECK(all_sound(d));
}

TEST_CASE("messages of then are forgotten with the packing, but for those about open cases") {
    NamedDistrict d;
    const Case open = d.submitted(1);
    const Case closed = closed_case(d, 2);
    (void)d.write<bool>([&](schema::Tx& tx) -> Result<bool> {
        for (const auto& [id, when] :
             {std::pair{open.id, open.last_at}, {closed.id, closed.last_at}, {closed.id, at(24, 1)}}) {
            schema::OutboxRow row;
            row.district = StoredDistrict::code;
            row.at = when;
            row.channel = "page";
            row.recipient = PersonId{7};
            row.case_id = id;
            row.what = "told";
            schema::insert_outbox(tx, row);
        }
        return true;
    });
    const std::string told = "select count(*) from outbox where what = 'told' and case_id = ";
    REQUIRE(*packed_before(d, at(24, 0)) == 1);
    CHECK(d.count(told + std::to_string(raw(open.id))) == 1);
    CHECK(d.count(told + std::to_string(raw(closed.id))) == 1);  // the one that came later
    CHECK(d.count("select count(*) from outbox where what <> 'told' and case_id = " +
                  std::to_string(raw(closed.id))) == 0);
}

TEST_CASE("rounds take turns: each goes on where the last one stopped, and the end begins anew") {
    NamedDistrict d;
    for (int place = 1; place <= 5; ++place) closed_case(d, place);
    CaseId after{};
    std::vector<std::size_t> packed;
    for (int i = 0; i < 3; ++i) {
        const auto round = d.write<server::PackingRound>([&](schema::Tx& tx) -> Result<server::PackingRound> {
            return server::pack_round(tx, StoredDistrict::code, after, at(24, 0), 50, 2);
        });
        packed.push_back(round->packed);
        CHECK(round->end == (i == 2));
        after = round->last;
    }
    CHECK(packed == std::vector<std::size_t>{2, 2, 1});
    CHECK(all_sound(d));
}
