// The embedded sentence catalogues.
#include <map>
#include <nlohmann/json.hpp>

#include "schema/texts.hpp"

// Symbols of schema/embedded.S: the first byte of a document and the byte after its last.
#define MASHANG_DOCUMENT(name)                  \
    extern "C" const char mashang_doc_##name[]; \
    extern "C" const char mashang_doc_##name##_end[];
MASHANG_DOCUMENT(texts_zh_server)
MASHANG_DOCUMENT(texts_zh_words)
MASHANG_DOCUMENT(texts_zh_documents)
MASHANG_DOCUMENT(texts_zh_phrases)
MASHANG_DOCUMENT(texts_en_server)
MASHANG_DOCUMENT(texts_en_words)
MASHANG_DOCUMENT(texts_en_documents)
MASHANG_DOCUMENT(texts_en_phrases)
MASHANG_DOCUMENT(calendar)
MASHANG_DOCUMENT(catalogue)
MASHANG_DOCUMENT(standards)
MASHANG_DOCUMENT(rules)
MASHANG_DOCUMENT(shifts)
MASHANG_DOCUMENT(openapi)
MASHANG_DOCUMENT(docs)
#undef MASHANG_DOCUMENT

namespace mashang::schema {
namespace {

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

using Catalogue = std::map<std::string, std::string, std::less<>>;

void read_into(Catalogue& catalogue, std::string_view text) {
    const auto document = nlohmann::json::parse(text);
    for (const auto& [key, value] : document.items()) catalogue.emplace(key, value.get<std::string>());
}

const Catalogue& catalogue_of(Language language) {
    static const Catalogue zh = [] {
        Catalogue c;
        read_into(c, between(mashang_doc_texts_zh_server, mashang_doc_texts_zh_server_end));
        read_into(c, between(mashang_doc_texts_zh_words, mashang_doc_texts_zh_words_end));
        read_into(c, between(mashang_doc_texts_zh_documents, mashang_doc_texts_zh_documents_end));
        read_into(c, between(mashang_doc_texts_zh_phrases, mashang_doc_texts_zh_phrases_end));
        return c;
    }();
    static const Catalogue en = [] {
        Catalogue c;
        read_into(c, between(mashang_doc_texts_en_server, mashang_doc_texts_en_server_end));
        read_into(c, between(mashang_doc_texts_en_words, mashang_doc_texts_en_words_end));
        read_into(c, between(mashang_doc_texts_en_documents, mashang_doc_texts_en_documents_end));
        read_into(c, between(mashang_doc_texts_en_phrases, mashang_doc_texts_en_phrases_end));
        return c;
    }();
    return language == Language::zh ? zh : en;
}

// The weight of a language in an Accept-Language header, in thousandths; -1 when it is not named.
int weight_in(std::string_view header, std::string_view tag) {
    int best = -1;
    while (!header.empty()) {
        const auto comma = header.find(',');
        std::string_view item = header.substr(0, comma);
        header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        if (item.substr(0, tag.size()) != tag) continue;
        int weight = 1000;
        if (const auto q = item.find("q="); q != std::string_view::npos) {
            weight = 0;
            int scale = 1000;
            for (const char ch : item.substr(q + 2)) {
                if (ch == '.') continue;
                if (ch < '0' || ch > '9' || scale == 0) break;
                weight += (ch - '0') * scale;
                scale /= 10;
            }
        }
        best = std::max(best, weight);
    }
    return best;
}

}  // namespace

bool has_sentence(Language language, std::string_view key) {
    const auto& c = catalogue_of(language);
    return c.find(key) != c.end();
}

std::string sentence(Language language, std::string_view key, const TextArgs& args) {
    const auto& c = catalogue_of(language);
    const auto found = c.find(key);
    if (found == c.end()) return std::string(key);
    std::string text = found->second;
    for (const auto& [name, value] : args) {
        const std::string hole = "{" + name + "}";
        for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at + value.size()))
            text.replace(at, hole.size(), value);
    }
    return text;
}

Language language_of(std::string_view accept_language) {
    return weight_in(accept_language, "en") > weight_in(accept_language, "zh") ? Language::en : Language::zh;
}

std::string_view default_document(std::string_view name) {
    if (name == "calendar") return between(mashang_doc_calendar, mashang_doc_calendar_end);
    if (name == "catalogue") return between(mashang_doc_catalogue, mashang_doc_catalogue_end);
    if (name == "standards") return between(mashang_doc_standards, mashang_doc_standards_end);
    if (name == "rules") return between(mashang_doc_rules, mashang_doc_rules_end);
    if (name == "shifts") return between(mashang_doc_shifts, mashang_doc_shifts_end);
    return {};
}

std::string_view openapi_yaml() {
    return between(mashang_doc_openapi, mashang_doc_openapi_end);
}

std::string_view docs_page() {
    return between(mashang_doc_docs, mashang_doc_docs_end);
}

}  // namespace mashang::schema
