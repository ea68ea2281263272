#include "schema/pack.hpp"

#include <zstd.h>

#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>

#include "schema/base64url.hpp"
#include "schema/chain.hpp"

extern "C" {
extern const char mashang_doc_pack_1[];
extern const char mashang_doc_pack_1_end[];
extern const char mashang_doc_pack_2[];
extern const char mashang_doc_pack_2_end[];
}

namespace mashang::schema {
namespace {

constexpr std::string_view pack_mark_1 = "z1:", pack_mark = "z2:";
constexpr std::string_view frame_magic = "\x28\xb5\x2f\xfd";  // what every zstd frame begins with
constexpr int pack_level = 9;                                 // beyond it a few bytes cost twice the time
constexpr std::size_t unpacked_bytes_max = 64 << 20;

std::string_view dictionary_1() {
    return {mashang_doc_pack_1, static_cast<std::size_t>(mashang_doc_pack_1_end - mashang_doc_pack_1)};
}

std::string_view dictionary_2() {
    return {mashang_doc_pack_2, static_cast<std::size_t>(mashang_doc_pack_2_end - mashang_doc_pack_2)};
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
    void raw(char c) { text_ += c; }
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
    std::size_t left() const { return rest_.size(); }

  private:
    std::string_view rest_;
    bool good_ = true;
};

Owned<ZSTD_CCtx> packing_context() {
    Owned<ZSTD_CCtx> context(ZSTD_createCCtx());
    const auto dict = dictionary_2();
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, pack_level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_loadDictionary(context.get(), dict.data(), dict.size());
    return context;
}

std::optional<std::string> unpacked_frame(std::string_view frame, const ZSTD_DDict* dict) {
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > unpacked_bytes_max)
        return std::nullopt;
    thread_local const Owned<ZSTD_DCtx> context(ZSTD_createDCtx());
    std::string plain(size, '\0');
    const auto got = ZSTD_decompress_usingDDict(context.get(), plain.data(), plain.size(), frame.data(),
                                                frame.size(), dict);
    if (ZSTD_isError(got) || got != size) return std::nullopt;
    return plain;
}

// Within a packed payload: what can be told from elsewhere. JSON holds none of these characters.
constexpr char hash_mark = 1;     // then the number of the text whose hash stood here
constexpr char instant_mark = 2;  // the event's own instant in decimal
constexpr char plain_mark = 3;    // then one of the three, as it stood
constexpr std::size_t hash_chars = 43;

using NumberOfHash = std::map<std::string, std::int32_t, std::less<>>;

std::string without_the_told(std::string_view payload, std::int64_t at, const NumberOfHash& texts) {
    const std::string instant = std::to_string(at);
    PackWriter out;
    for (std::size_t i = 0; i < payload.size();) {
        const char c = payload[i];
        const bool begins = i > 0 && payload[i - 1] == '"' && i + hash_chars <= payload.size();
        const auto text = begins ? texts.find(payload.substr(i, hash_chars)) : texts.end();
        if (text != texts.end()) {
            out.raw(hash_mark);
            out.number(static_cast<std::uint64_t>(text->second));
            i += hash_chars;
        } else if (c == instant.front() && payload.substr(i, instant.size()) == instant) {
            out.raw(instant_mark);
            i += instant.size();
        } else {
            if (c >= hash_mark && c <= plain_mark) out.raw(plain_mark);
            out.raw(c);
            ++i;
        }
    }
    return out.text();
}

std::optional<std::string> with_the_told(std::string_view packed, std::int64_t at,
                                         const std::map<std::int32_t, std::string>& hashes) {
    std::string payload;
    for (std::size_t i = 0; i < packed.size(); ++i) {
        const char c = packed[i];
        if (c == hash_mark) {
            PackReader rest(packed.substr(i + 1));
            const auto before = rest.left();
            const auto hash = hashes.find(static_cast<std::int32_t>(rest.number()));
            if (!rest.good() || hash == hashes.end()) return std::nullopt;
            payload += hash->second;
            i += before - rest.left();
        } else if (c == instant_mark) {
            payload += std::to_string(at);
        } else {
            if (c == plain_mark && ++i == packed.size()) return std::nullopt;
            payload += packed[i];
        }
    }
    return payload;
}

// One event of a pack of the first kind or the second.
std::optional<JournalRow> next_row(PackReader& reader, std::int64_t& at, bool first_kind,
                                   const std::map<std::int32_t, std::string>& hashes) {
    JournalRow row;
    row.type = reader.bytes();
    row.version = static_cast<int>(reader.number());
    at += static_cast<std::int64_t>(reader.number());
    row.at = Instant{std::chrono::milliseconds{at}};
    row.actor = reader.bytes();
    const auto payload = reader.bytes();
    if (!reader.good()) return std::nullopt;
    auto whole = first_kind ? std::optional(payload) : with_the_told(payload, at, hashes);
    if (!whole) return std::nullopt;
    row.payload = std::move(*whole);
    return row;
}

std::string bytes_of(const std::vector<unsigned char>& bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string to_seven_bits(std::string_view bytes) {
    constexpr unsigned seven = 0x7f;
    std::string text;
    text.reserve(bytes.size() * 8 / 7 + bytes.size() / 64 + 2);
    unsigned kept = 0, bits = 0;
    const auto put = [&](unsigned value) {
        if (value == 0) {
            text += "\xc2\x80";  // a zero ends a text in too many places: U+0080 stands for it
        } else {
            text += static_cast<char>(value);
        }
    };
    for (const char byte : bytes) {
        kept |= static_cast<unsigned>(static_cast<unsigned char>(byte)) << bits;
        for (bits += 8; bits >= 7; bits -= 7, kept >>= 7) put(kept & seven);
    }
    if (bits > 0) put(kept & seven);
    return text;
}

std::optional<std::string> from_seven_bits(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    unsigned kept = 0, bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = static_cast<unsigned char>(text[i]);
        if (value == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0x80) {
            value = 0;
            ++i;
        } else if (value == 0 || value >= 0x80) {
            return std::nullopt;
        }
        kept |= value << bits;
        bits += 7;
        if (bits < 8) continue;
        bytes += static_cast<char>(kept & 0xff);
        kept >>= 8;
        bits -= 8;
    }
    if (bits >= 7 || kept != 0) return std::nullopt;
    return bytes;
}

std::string packed(std::string_view text) {
    thread_local const Owned<ZSTD_CCtx> context = packing_context();
    thread_local std::string room;
    room.resize(ZSTD_compressBound(text.size()));
    const auto size = ZSTD_compress2(context.get(), room.data(), room.size(), text.data(), text.size());
    if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
    const auto frame = std::string_view(room).substr(0, size);
    return std::string(pack_mark) + to_seven_bits(frame.substr(frame_magic.size()));
}

std::optional<std::string> unpacked(std::string_view text) {
    if (!text.starts_with('z')) return std::string(text);
    const auto rest = text.size() < pack_mark.size() ? std::string_view() : text.substr(pack_mark.size());
    if (text.starts_with(pack_mark)) {
        static const Owned<ZSTD_DDict> dict(ZSTD_createDDict(dictionary_2().data(), dictionary_2().size()));
        const auto frame = from_seven_bits(rest);
        if (!frame) return std::nullopt;
        return unpacked_frame(std::string(frame_magic) + *frame, dict.get());
    }
    if (text.starts_with(pack_mark_1)) {
        static const Owned<ZSTD_DDict> dict(ZSTD_createDDict(dictionary_1().data(), dictionary_1().size()));
        const auto frame = from_base64url(rest);
        if (!frame) return std::nullopt;
        return unpacked_frame(bytes_of(*frame), dict.get());
    }
    return std::nullopt;
}

JournalRow pack_journal(const std::vector<JournalRow>& rows, const std::vector<TextRow>& texts) {
    NumberOfHash numbers;
    for (const auto& text : texts) numbers.emplace(text_hash(text.salt, text.body), text.number);
    PackWriter writer;
    std::int64_t before = 0;
    for (const auto& row : rows) {
        const auto at = row.at.time_since_epoch().count();
        writer.bytes(row.type);
        writer.number(static_cast<std::uint64_t>(row.version));
        writer.number(static_cast<std::uint64_t>(at - before));  // instants never go back within a case
        writer.bytes(row.actor);
        writer.bytes(without_the_told(row.payload, at, numbers));
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

std::vector<JournalRow> unpack_journal(JournalRow pack, const std::vector<TextRow>& texts) {
    std::vector<JournalRow> rows;
    std::map<std::int32_t, std::string> hashes;
    for (const auto& text : texts) hashes.emplace(text.number, text_hash(text.salt, text.body));
    if (const auto plain = unpacked(pack.payload)) {
        PackReader reader(*plain);
        std::int64_t at = 0;
        bool good = true;
        while (good && reader.more()) {
            auto row = next_row(reader, at, pack.payload.starts_with(pack_mark_1), hashes);
            good = row.has_value();
            if (!good) break;
            row->district = pack.district;
            row->case_id = pack.case_id;
            row->seq = static_cast<int>(rows.size()) + 1;
            link(*row, rows.empty() ? std::string() : rows.back().hash);
            rows.push_back(std::move(*row));
        }
        good = good && reader.good() && !rows.empty();
        if (good && rows.back().seq == pack.seq && rows.back().at == pack.at) {
            rows.back().hash = pack.hash;
            return rows;
        }
    }
    rows.clear();
    rows.push_back(std::move(pack));
    return rows;
}

std::optional<TextRow> pack_texts(const std::vector<TextRow>& texts) {
    if (texts.empty()) return std::nullopt;
    std::string salts;
    PackWriter bodies;
    for (const auto& text : texts) {
        const auto salt = from_base64url(text.salt);
        if (!salt || salt->size() != salt_bytes || to_base64url(*salt) != text.salt) return std::nullopt;
        salts += bytes_of(*salt);
        bodies.number(static_cast<std::uint64_t>(text.number));
        bodies.bytes(text.body);
    }
    TextRow row = texts.front();
    row.number = packed_texts_number;
    row.salt = to_seven_bits(salts);  // beside the frame: nothing can be saved of what is random
    row.body = packed(bodies.text());
    return row;
}

std::vector<TextRow> unpack_texts(const TextRow& packed_row) {
    std::vector<TextRow> texts;
    const auto salts = from_seven_bits(packed_row.salt);
    const auto bodies = unpacked(packed_row.body);
    if (!salts || !bodies) return {};
    PackReader reader(*bodies);
    while (reader.more()) {
        const auto from = texts.size() * salt_bytes;
        if (from + salt_bytes > salts->size()) return {};
        TextRow text = packed_row;
        text.number = static_cast<std::int32_t>(reader.number());
        text.body = reader.bytes();
        const auto* first = reinterpret_cast<const unsigned char*>(salts->data()) + from;
        text.salt = to_base64url({first, salt_bytes});
        texts.push_back(std::move(text));
    }
    if (!reader.good()) return {};
    return texts;
}

}  // namespace mashang::schema
