// Every sentence a person reads on the server's side, by language and key, with {name} filled in.
//
// Hides the catalogues in schema/texts, which are embedded into the binary. Immutable after load; any thread.
// A key that no catalogue has is answered by itself, so that a missing sentence is seen and never a crash.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mashang::schema {

enum class Language { zh, en };

using TextArgs = std::vector<std::pair<std::string, std::string>>;

std::string sentence(Language language, std::string_view key, const TextArgs& args = {});
bool has_sentence(Language language, std::string_view key);

// The best of ours for an Accept-Language header: English where it is preferred to Chinese, else Chinese.
Language language_of(std::string_view accept_language);

// A whole embedded document of schema/defaults by name ("calendar"); "" when there is none.
std::string_view default_document(std::string_view name);
// schema/openapi.yaml, which is written in JSON; and the page that shows it, with __NONCE__ for its script.
std::string_view openapi_yaml();
std::string_view docs_page();

}  // namespace mashang::schema
