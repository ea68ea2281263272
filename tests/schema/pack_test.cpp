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

Instant at_ms(std::int64_t ms) {
    return Instant{std::chrono::milliseconds{ms}};
}

// What was said in a case, some of it of one salt and body as another.
std::vector<TextRow> drawn_texts() {
    std::vector<TextRow> texts;
    const auto size = *rc::gen::inRange(0, 12);
    for (int number = 1; number <= size; ++number) {
        TextRow text{330106, CaseId{912904107612700700}, number + *rc::gen::inRange(0, 2) * 300, new_salt(),
                     ""};
        text.body = *rc::gen::arbitrary<std::string>();
        texts.push_back(text);
    }
    return texts;
}

// A payload as events have it: naming texts by hash, its own instant, and whatever else.
std::string drawn_payload(const std::vector<TextRow>& texts, std::int64_t at) {
    std::string payload = *rc::gen::arbitrary<std::string>();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        if (!texts.empty() && *rc::gen::arbitrary<bool>()) {
            const auto& text = texts[*rc::gen::inRange<std::size_t>(0, texts.size())];
            payload += "\"h\":\"" + text_hash(text.salt, text.body) + "\"";
        }
        if (*rc::gen::arbitrary<bool>()) payload += "\"at\":" + std::to_string(at);
        payload +=
            *rc::gen::elementOf(std::vector<std::string>{"\x01", "\x02", "\x03", "\x03\x01", "\"", "{}"});
    }
    return payload;
}

std::vector<JournalRow> drawn_journal(const std::vector<TextRow>& texts = {}) {
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
        row.payload = drawn_payload(texts, at);
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
    rc::prop("any journal, with or without what was said", [] {
        const auto texts = drawn_texts();
        const auto rows = drawn_journal(texts);
        const auto pack = pack_journal(rows, texts);
        RC_ASSERT(pack.seq == rows.back().seq);
        RC_ASSERT(pack.hash == rows.back().hash);
        const auto apart = unpack_journal(pack, texts);
        RC_ASSERT(apart.size() == rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(same(apart[i], rows[i]));
    });
}

TEST_CASE("no character of a pack can be changed without breaking the chain") {
    rc::prop("one character changed, left out or put in", [] {
        const auto texts = drawn_texts();
        const auto rows = drawn_journal(texts);
        auto pack = pack_journal(rows, texts);
        const auto where = *rc::gen::inRange<std::size_t>(0, pack.payload.size());
        const char before = pack.payload[where];
        const char other =
            *rc::gen::suchThat(rc::gen::arbitrary<char>(), [&](char c) { return c != before; });
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
        const auto apart = unpack_journal(pack, texts);
        // Bits of a frame that nothing depends on may change; then everything is as it was.
        const bool unchanged =
            apart.size() == rows.size() && std::equal(apart.begin(), apart.end(), rows.begin(), same);
        RC_ASSERT(unchanged || !chain_holds(apart));
    });
}

TEST_CASE("a text that was changed or taken away breaks the chain of the pack that names it") {
    TextRow text{330106, CaseId{912904107612700700}, 2, new_salt(), "已到现场，正在处理。"};
    JournalRow row;
    row.district = text.district;
    row.case_id = text.case_id;
    row.seq = 1;
    row.type = "responded";
    row.payload = R"({"t":{"n":2,"h":")" + text_hash(text.salt, text.body) + R"("}})";
    link(row, "");
    const auto pack = pack_journal({row}, {text});
    CHECK(chain_holds(unpack_journal(pack, {text})));
    auto other = text;
    other.body += "!";
    CHECK_FALSE(chain_holds(unpack_journal(pack, {other})));
    CHECK(unpack_journal(pack).front().type == "pack");
}

TEST_CASE("what was said in a case comes back as it was, each with its number and salt") {
    rc::prop("any texts", [] {
        const auto texts = drawn_texts();
        const auto row = pack_texts(texts);
        RC_ASSERT(row.has_value() == !texts.empty());
        if (!row) return;
        const auto apart = unpack_texts(*row);
        RC_ASSERT(apart.size() == texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            RC_ASSERT(apart[i].number == texts[i].number);
            RC_ASSERT(apart[i].salt == texts[i].salt);
            RC_ASSERT(apart[i].body == texts[i].body);
            RC_ASSERT(apart[i].case_id == texts[i].case_id);
        }
    });
    CHECK_FALSE(pack_texts({{330106, CaseId{1}, 1, "a salt of another kind", "body"}}).has_value());
}

TEST_CASE("any bytes become characters of seven bits, none of them zero, and come back") {
    rc::prop("any bytes", [] {
        const auto bytes = *rc::gen::arbitrary<std::string>();
        const auto text = to_seven_bits(bytes);
        RC_ASSERT(text.find('\0') == text.npos);
        RC_ASSERT(from_seven_bits(text) == bytes);
    });
    for (const char* foreign : {"\x80", "\xc2", "\xc2\x81", "\x7f\x7f", "\xc3\x80"})
        CHECK(from_seven_bits(foreign) == std::nullopt);
}

TEST_CASE("packs of the first dictionary are still read") {
    CHECK(unpacked("z1:KLUv_SPEeQgxG10AAAh9Agx_ywAVxAIC") == R"({"dis":330106,"s":"closed"})");
}

TEST_CASE("a journal of the first kind of packs is still read, and its chain holds") {
    JournalRow first{330106,       CaseId{912904107612700700},   1,  "submitted", 1, at_ms(1718935815096),
                     "resident:1", R"({"by":{"r":"resident"}})", "", ""};
    link(first, "");
    JournalRow second{330106,    CaseId{912904107612700700}, 2,  "noted", 1, at_ms(1718935875096),
                      "staff:7", R"({"by":{"id":7}})",       "", ""};
    link(second, first.hash);
    JournalRow pack = second;
    pack.type = "pack";
    pack.payload = "z1:KLUv_SPEeQgxVjUBAJC4h7zEgzIXfQVub-DUAwcPfX0G_If9R2LxZOfw4O6EEuEd3Zqx";
    const auto apart = unpack_journal(pack);
    REQUIRE(apart.size() == 2);
    CHECK(same(apart[0], first));
    CHECK(same(apart[1], second));
}

TEST_CASE("a pack of a dictionary that this program does not know is not read") {
    CHECK(unpacked("z3:abcd") == std::nullopt);
    CHECK(unpacked("z2:abcd") == std::nullopt);
    CHECK(unpacked("zj") == std::nullopt);
    CHECK(unpacked("z1:not base64!") == std::nullopt);
    CHECK(unpacked("z1:") == std::nullopt);
    CHECK(unpacked("") == "");
}
