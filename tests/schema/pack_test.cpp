// Packed texts and journals: what goes in comes out, and what was damaged never passes for sound.
#include "schema/pack.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "generated.hpp"
#include "schema/chain.hpp"
#include "schema/codec/case_json.hpp"

using namespace mashang;
using namespace mashang::schema;

namespace {

std::vector<JournalRow> drawn_journal() {
    std::vector<JournalRow> rows;
    const auto size = *rc::gen::inRange(1, 40);
    std::int64_t at = *rc::gen::inRange<std::int64_t>(1577836800000, 1893456000000);
    std::string head;
    for (int seq = 1; seq <= size; ++seq) {
        JournalRow row;
        row.district = 330106;
        row.case_id = CaseId{912904107612700700};
        row.seq = seq;
        row.type = *rc::gen::arbitrary<std::string>();
        row.version = *rc::gen::inRange(1, 300);
        at += *rc::gen::inRange<std::int64_t>(0, 1LL << 40);
        row.at = Instant{std::chrono::milliseconds{at}};
        row.actor = *rc::gen::arbitrary<std::string>();
        row.payload = *rc::gen::arbitrary<std::string>();
        link(row, head);
        head = row.hash;
        rows.push_back(row);
    }
    return rows;
}

bool same(const JournalRow& a, const JournalRow& b) {
    return a.district == b.district && a.case_id == b.case_id && a.seq == b.seq && a.type == b.type &&
           a.version == b.version && a.at == b.at && a.actor == b.actor && a.payload == b.payload &&
           a.prev_hash == b.prev_hash && a.hash == b.hash;
}

bool chain_holds(const std::vector<JournalRow>& rows) {
    std::string head;
    int seq = 0;
    for (const auto& row : rows) {
        if (row.seq != ++seq || !linked(row, head)) return false;
        head = row.hash;
    }
    return true;
}

}  // namespace

TEST_CASE("a packed text comes back byte for byte, whatever it holds") {
    rc::prop("any bytes, and the states of cases", [] {
        const auto text = *rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                                          rc::gen::exec([] { return encode_case(test::generated_case()); }));
        RC_ASSERT(unpacked(packed(text)) == text);
        if (!text.starts_with('z')) RC_ASSERT(unpacked(text) == text);
    });
}

TEST_CASE("a packed journal comes back row for row, each with its hash") {
    rc::prop("any journal", [] {
        const auto rows = drawn_journal();
        const auto pack = pack_journal(rows);
        RC_ASSERT(pack.seq == rows.back().seq);
        RC_ASSERT(pack.hash == rows.back().hash);
        const auto apart = unpack_journal(pack);
        RC_ASSERT(apart.size() == rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(same(apart[i], rows[i]));
    });
}

TEST_CASE("no character of a pack can be changed without breaking the chain") {
    rc::prop("one character changed, left out or put in", [] {
        const auto rows = drawn_journal();
        auto pack = pack_journal(rows);
        const auto where = *rc::gen::inRange<std::size_t>(0, pack.payload.size());
        const char before = pack.payload[where];
        const char other = *rc::gen::suchThat(rc::gen::elementOf(std::string("Aa0-_zZ9:1")),
                                              [&](char c) { return c != before; });
        switch (*rc::gen::inRange(0, 3)) {
            case 0:
                pack.payload[where] = other;
                break;
            case 1:
                pack.payload.erase(where, 1);
                break;
            default:
                pack.payload.insert(where, 1, other);
        }
        const auto apart = unpack_journal(pack);
        // Bits that base64 leaves over may change nothing; then everything is as it was.
        const bool unchanged =
            apart.size() == rows.size() && std::equal(apart.begin(), apart.end(), rows.begin(), same);
        RC_ASSERT(unchanged || !chain_holds(apart));
    });
}

TEST_CASE("a pack of a dictionary that this program does not know is not read") {
    CHECK(unpacked("z2:abcd") == std::nullopt);
    CHECK(unpacked("z1:not base64!") == std::nullopt);
    CHECK(unpacked("z1:") == std::nullopt);
    CHECK(unpacked("") == "");
}
