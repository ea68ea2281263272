// The place behind a code: read for the landing page, the registry and images.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/codec/encode.hpp"
#include "server/app.hpp"

namespace mashang::server {

// A resident's view of the code: forbidden for a bad signature, not_found unknown, gone when revoked.
asio::awaitable<Result<CodeDocument>> place_behind(App& app, std::string token);
// Token and check phrase of a registered code.
CodeDocument document_of(const App& app, schema::CodeRow row);

}  // namespace mashang::server
