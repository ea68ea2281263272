#include "schema/chain.hpp"

#include <sodium.h>

#include <array>

#include "schema/base64url.hpp"
#include "schema/codec/case_json.hpp"
#include "schema/queries.hpp"

namespace mashang::schema {
namespace {

constexpr std::size_t hash_bytes = 32;

class Hash {
  public:
    Hash() { crypto_generichash_init(&state_, nullptr, 0, hash_bytes); }
    Hash& bytes(std::string_view text) {
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        return *this;
    }
    // Eight bytes, least significant first, whatever the machine's order is.
    Hash& number(std::int64_t value) {
        std::array<unsigned char, 8> room{};
        for (auto& byte : room) {
            byte = static_cast<unsigned char>(value & 0xff);
            value >>= 8;
        }
        crypto_generichash_update(&state_, room.data(), room.size());
        return *this;
    }
    // The length goes first, so that no two lists of fields give the same bytes.
    Hash& field(std::string_view text) { return number(static_cast<std::int64_t>(text.size())).bytes(text); }
    Hash& field(std::int64_t value) { return number(8).number(value); }
    std::string done() {
        std::array<unsigned char, hash_bytes> out{};
        crypto_generichash_final(&state_, out.data(), out.size());
        return to_base64url(out);
    }

  private:
    crypto_generichash_state state_;
};

std::string hash_of(const JournalRow& row, std::string_view prev_hash) {
    return Hash()
        .field(prev_hash)
        .field(row.district)
        .field(raw(row.case_id))
        .field(row.seq)
        .field(row.type)
        .field(row.version)
        .field(row.at.time_since_epoch().count())
        .field(row.actor)
        .field(row.payload)
        .done();
}

}  // namespace

void link(JournalRow& row, std::string_view prev_hash) {
    row.prev_hash = prev_hash;
    row.hash = hash_of(row, prev_hash);
}

bool linked(const JournalRow& row, std::string_view prev_hash) {
    return row.prev_hash == prev_hash && row.hash == hash_of(row, prev_hash);
}

JournalRow journal_row(const Case& c, const Event& e, std::string_view prev_hash) {
    JournalRow row;
    row.district = c.district;
    row.case_id = c.id;
    row.seq = c.seq;
    row.type = to_string(e.type);
    row.version = e.version;
    row.at = e.at;
    row.actor = actor_word(e);
    row.payload = encode_event(e);
    link(row, prev_hash);
    return row;
}

Result<int> verify_chain(Tx& tx, int district, CaseId id) {
    std::string prev_hash;
    int seq = 0;
    for (const auto& row : journal_of(tx, district, id, std::numeric_limits<int>::max())) {
        ++seq;
        if (row.seq != seq || !linked(row, prev_hash)) {
            return make_error(Errc::internal, "error.chain_broken",
                              {{"case", std::to_string(raw(id))}, {"seq", std::to_string(seq)}});
        }
        prev_hash = row.hash;
    }
    return seq;
}

std::string text_hash(std::string_view salt, std::string_view text) {
    return Hash().bytes(salt).bytes(text).done();
}

std::string new_salt() {
    std::array<unsigned char, salt_bytes> salt{};
    randombytes_buf(salt.data(), salt.size());
    return to_base64url(salt);
}

std::string seal_root(std::string_view prev_root, const std::vector<std::pair<CaseId, std::string>>& heads) {
    Hash hash;
    hash.field(prev_root);
    for (const auto& [id, head] : heads) hash.field(raw(id)).field(head);
    return hash.done();
}

}  // namespace mashang::schema
