// What every handler answers with: JSON, problem documents, and the language of the asker.
#pragma once

#include "schema/texts.hpp"
#include "server/api/codec/encode.hpp"
#include "server/app.hpp"

namespace mashang::server {

http::Response json(int status, std::string body);
// The one switch from errors to HTTP; Retry-After where it helps.
http::Response problem(const http::Request& request, const Error& error);
int status_of(Errc code);

schema::Language language_of(const http::Request& request);
std::string body_hash(std::string_view body);
// 16 to 64 visible characters; "" when absent and not required.
Result<std::string> idempotency_key(const http::Request& request, bool required);
// A handler's data and instant for the time of one answer. Bind it to a name: GCC 12 destroys some unnamed
// aggregates of a coroutine twice, so it is no aggregate and handlers keep it in a variable.
struct Asked {
    Asked(std::shared_ptr<const DecisionData> data_, schema::Language language_, Instant now_)
        : data(std::move(data_)), language(language_), now(now_) {}

    std::shared_ptr<const DecisionData> data;
    schema::Language language;
    Instant now;
    View view(const Actor* actor = nullptr) const { return View{*data, language, now, actor}; }
};
Asked asked(App& app, const http::Request& request);
// A list's page size: `limit` 1..200, 50 unless told.
Result<std::size_t> page_limit(const http::Request& request);

}  // namespace mashang::server
