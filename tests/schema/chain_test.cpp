#include "schema/chain.hpp"

#include <sodium.h>

#include <catch2/catch.hpp>

#include "schema/secrets.hpp"
#include "schema/session.hpp"
#include "store_rows.hpp"

using namespace mashang;
using namespace mashang::schema;
using namespace mashang::test;

namespace {

// Five linked rows of case 1, written by the store.
void write_chain(Store& store) {
    REQUIRE(write(store, [](Tx& tx) -> Result<void> {
                std::vector<JournalRow> rows;
                std::string head;
                for (int seq = 1; seq <= 5; ++seq) {
                    rows.push_back(journal_row(1, seq, head));
                    head = rows.back().hash;
                }
                append_journal(tx, rows);
                return {};
            }).has_value());
}

Result<int> verified(Store& store) {
    Result<int> count = 0;
    REQUIRE(read(store, [&](Tx& tx) -> Result<void> {
                count = verify_chain(tx, test::district, case_row(1).id);
                return {};
            }).has_value());
    return count;
}

}  // namespace

TEST_CASE("an untouched chain verifies and says how many rows it has") {
    Folder folder;
    auto store = opened(folder);
    CHECK(*verified(*store) == 0);
    write_chain(*store);
    CHECK(*verified(*store) == 5);
}

TEST_CASE("a change of any column of a row breaks the chain at that row") {
    const std::string changes[] = {
        "type = 'approved'", "version = 2",      "at = at + 1",      "actor = 'staff:7'",
        "payload = '{}'",    "prev_hash = hash", "hash = prev_hash", "district = district + 0, seq = 9"};
    for (const auto& change : changes) {
        INFO(change);
        Folder folder;
        auto store = opened(folder);
        write_chain(*store);
        store->close();
        Session session(folder.database(), Session::Use::write);
        session.execute("update journal set " + change + " where seq = 3");
        Tx tx(session);
        const auto result = verify_chain(tx, test::district, case_row(1).id);
        REQUIRE(result.has_error());
        CHECK(result.error().code == Errc::internal);
        CHECK(result.error().args.back().second == "3");
    }
}

TEST_CASE("a row moved to another case or taken out of the middle breaks the chain") {
    Folder folder;
    auto store = opened(folder);
    write_chain(*store);
    store->close();
    Session session(folder.database(), Session::Use::write);
    Tx tx(session);
    session.execute("update journal set case_id = case_id + 1");
    const CaseId moved{raw(case_row(1).id) + 1};
    CHECK(verify_chain(tx, test::district, moved).error().args.back().second == "1");
    session.execute("update journal set case_id = case_id - 1");
    CHECK(*verify_chain(tx, test::district, case_row(1).id) == 5);
    session.execute("delete from journal where seq = 2");
    CHECK(verify_chain(tx, test::district, case_row(1).id).error().args.back().second == "2");
}

TEST_CASE("erasing what was said leaves the chain verifying") {
    Folder folder;
    auto store = opened(folder);
    write_chain(*store);
    CHECK(write(*store, [](Tx& tx) -> Result<void> {
              insert_report(tx, report_row(1));
              insert_text(tx, {test::district, case_row(1).id, 2, new_salt(), "上门看过"});
              return {};
          }).has_value());
    CHECK(write(*store, [](Tx& tx) -> Result<void> {
              erase_text(tx, test::district, case_row(1).id, 2);
              erase_report(tx, test::district, case_row(1).id, ReportId{1});
              return {};
          }).has_value());
    CHECK(*verified(*store) == 5);
    CHECK(read(*store, [](Tx& tx) -> Result<void> {
              CHECK(texts_of(tx, test::district, case_row(1).id).empty());
              const auto left = report(tx, test::district, case_row(1).id, ReportId{1});
              REQUIRE(left);
              CHECK(left->text.empty());
              CHECK(left->person.empty());
              CHECK(left->extra.empty());
              return {};
          }).has_value());
}

TEST_CASE("the hash of a row is BLAKE2b-256 over its fields, each behind its length") {
    // Built here byte by byte from the description in chain.hpp, not with the code under test.
    JournalRow row = journal_row(1, 1, "");
    std::string bytes;
    const auto number = [&](std::int64_t v) {
        for (int i = 0; i < 8; ++i) bytes += static_cast<char>((v >> (8 * i)) & 0xff);
    };
    const auto text = [&](const std::string& v) {
        number(static_cast<std::int64_t>(v.size()));
        bytes += v;
    };
    const auto integer = [&](std::int64_t v) {
        number(8);
        number(v);
    };
    text("");
    integer(330106);
    integer(raw(row.case_id));
    integer(1);
    text("noted");
    integer(1);
    integer(row.at.time_since_epoch().count());
    text("staff:1042");
    text(R"({"by":{"id":1042}})");
    unsigned char hash[32];
    crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                       nullptr, 0);
    char word[64];
    sodium_bin2base64(word, sizeof word, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    CHECK(row.hash == word);
    CHECK(row.hash.size() == 43);
}

TEST_CASE("a text's hash is BLAKE2b-256 of salt and text, and salts differ") {
    // Published vector of BLAKE2b-256 for "abc" (keyless), in hexadecimal.
    unsigned char hash[32];
    std::size_t size = 0;
    const auto word = text_hash("a", "bc");
    REQUIRE(sodium_base642bin(hash, sizeof hash, word.data(), word.size(), nullptr, &size, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0);
    char hex[65];
    sodium_bin2hex(hex, sizeof hex, hash, size);
    CHECK(std::string(hex) == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK(new_salt().size() == 22);
    CHECK(new_salt() != new_salt());
}

TEST_CASE("a seal's root changes with any head, their order and the root before") {
    const std::vector<std::pair<CaseId, std::string>> heads{{CaseId{1}, "aa"}, {CaseId{2}, "bb"}};
    const auto root = seal_root("before", heads);
    CHECK(root == seal_root("before", heads));
    CHECK(root != seal_root("other", heads));
    CHECK(root != seal_root("before", {heads[1], heads[0]}));
    CHECK(root != seal_root("before", {{CaseId{1}, "aab"}, {CaseId{2}, "b"}}));
    CHECK(root != seal_root("before", {heads[0]}));
}

TEST_CASE("a sealed secret opens with its key, for its own row, unchanged; and not otherwise") {
    SecretKey key{};
    key[0] = 7;
    SecretKey another = key;
    another[31] = 1;
    const auto sealed = seal_secret(key, "张伟\n13800138000", "330106/77/1");
    CHECK(sealed.find("张伟") == std::string::npos);
    CHECK(*open_secret(key, sealed, "330106/77/1") == "张伟\n13800138000");
    CHECK(seal_secret(key, "张伟\n13800138000", "330106/77/1") != sealed);  // a new nonce every time
    CHECK(open_secret(another, sealed, "330106/77/1").has_error());
    CHECK(open_secret(key, sealed, "330106/78/1").error().code == Errc::internal);
    auto changed = sealed;
    changed[40] = changed[40] == 'A' ? 'B' : 'A';
    CHECK(open_secret(key, changed, "330106/77/1").has_error());
    CHECK(open_secret(key, "", "330106/77/1").has_error());
    CHECK(open_secret(key, "not base64!", "330106/77/1").has_error());
    CHECK(*open_secret(key, seal_secret(key, "", "x"), "x") == "");
}
