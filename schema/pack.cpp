#include "schema/pack.hpp"

#include <zstd.h>

#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>

#include "schema/base64url.hpp"
#include "schema/chain.hpp"

extern "C" {
extern const char mashang_doc_pack_1[];
extern const char mashang_doc_pack_1_end[];
}

namespace mashang::schema {
namespace {

constexpr std::string_view pack_mark = "z1:";
constexpr int pack_level = 12;  // beyond it a few bytes cost twice the time
constexpr std::size_t unpacked_bytes_max = 64 << 20;

std::string_view dictionary() {
    return {mashang_doc_pack_1, static_cast<std::size_t>(mashang_doc_pack_1_end - mashang_doc_pack_1)};
}

struct Freed {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
    void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
    void operator()(ZSTD_CDict* c) const { ZSTD_freeCDict(c); }
    void operator()(ZSTD_DDict* d) const { ZSTD_freeDDict(d); }
};
template <class T>
using Owned = std::unique_ptr<T, Freed>;

// Fields of a pack: each a length or number as a varint of seven bits a byte, then the bytes.
class PackWriter {
  public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(0x80 | (value & 0x7f));
        text_ += static_cast<char>(value);
    }
    void bytes(std::string_view value) {
        number(value.size());
        text_ += value;
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

class PackReader {
  public:
    explicit PackReader(std::string_view text) : rest_(text) {}
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) break;
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fu} << shift;
            if (byte < 0x80) return value;
        }
        good_ = false;
        return 0;
    }
    std::string bytes() {
        const auto size = number();
        if (size > rest_.size()) {
            good_ = false;
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    bool more() const { return good_ && !rest_.empty(); }
    bool good() const { return good_; }

  private:
    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

std::string packed(std::string_view text) {
    static const Owned<ZSTD_CDict> dict(
        ZSTD_createCDict(dictionary().data(), dictionary().size(), pack_level));
    thread_local const Owned<ZSTD_CCtx> context(ZSTD_createCCtx());
    std::vector<unsigned char> room(ZSTD_compressBound(text.size()));
    const auto size = ZSTD_compress_usingCDict(context.get(), room.data(), room.size(), text.data(),
                                               text.size(), dict.get());
    if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
    room.resize(size);
    return std::string(pack_mark) + to_base64url(room);
}

std::optional<std::string> unpacked(std::string_view text) {
    if (!text.starts_with('z')) return std::string(text);
    if (!text.starts_with(pack_mark)) return std::nullopt;
    const auto frame = from_base64url(text.substr(pack_mark.size()));
    if (!frame) return std::nullopt;
    const auto size = ZSTD_getFrameContentSize(frame->data(), frame->size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > unpacked_bytes_max)
        return std::nullopt;
    static const Owned<ZSTD_DDict> dict(ZSTD_createDDict(dictionary().data(), dictionary().size()));
    thread_local const Owned<ZSTD_DCtx> context(ZSTD_createDCtx());
    std::string plain(size, '\0');
    const auto got = ZSTD_decompress_usingDDict(context.get(), plain.data(), plain.size(), frame->data(),
                                                frame->size(), dict.get());
    if (ZSTD_isError(got) || got != size) return std::nullopt;
    return plain;
}

JournalRow pack_journal(const std::vector<JournalRow>& rows) {
    PackWriter writer;
    std::int64_t before = 0;
    for (const auto& row : rows) {
        const auto at = row.at.time_since_epoch().count();
        writer.bytes(row.type);
        writer.number(static_cast<std::uint64_t>(row.version));
        writer.number(static_cast<std::uint64_t>(at - before));  // instants never go back within a case
        writer.bytes(row.actor);
        writer.bytes(row.payload);
        before = at;
    }
    JournalRow pack;
    pack.district = rows.back().district;
    pack.case_id = rows.back().case_id;
    pack.seq = rows.back().seq;
    pack.type = pack_type;
    pack.at = rows.back().at;
    pack.hash = rows.back().hash;
    pack.payload = packed(writer.text());
    return pack;
}

std::vector<JournalRow> unpack_journal(JournalRow pack) {
    std::vector<JournalRow> rows;
    const auto plain = unpacked(pack.payload);
    if (plain) {
        PackReader reader(*plain);
        std::int64_t at = 0;
        while (reader.more()) {
            JournalRow row;
            row.district = pack.district;
            row.case_id = pack.case_id;
            row.seq = static_cast<int>(rows.size()) + 1;
            row.type = reader.bytes();
            row.version = static_cast<int>(reader.number());
            at += static_cast<std::int64_t>(reader.number());
            row.at = Instant{std::chrono::milliseconds{at}};
            row.actor = reader.bytes();
            row.payload = reader.bytes();
            if (!reader.good()) break;
            link(row, rows.empty() ? std::string() : rows.back().hash);
            rows.push_back(std::move(row));
        }
        if (reader.good() && !rows.empty() && rows.back().seq == pack.seq && rows.back().at == pack.at) {
            rows.back().hash = pack.hash;
            return rows;
        }
    }
    rows.clear();
    rows.push_back(std::move(pack));
    return rows;
}

}  // namespace mashang::schema
