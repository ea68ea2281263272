// What every call about versions of decision documents begins with: who may, which kind, which version.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/answer.hpp"
#include "server/documents.hpp"

namespace mashang::server {

inline constexpr std::size_t document_body_bytes_max = 16U << 20U;

enum class DocumentUse { reading, changing };
// The kind that the path names. Administrators change, the district's office may look. Errors: forbidden;
// not_found.
Result<DocumentKind> document_kind(const http::Request& request, const SignedIn& who, DocumentUse use);
std::optional<int> document_version(std::string_view text);
Author author_of(const SignedIn& who);

struct KeptVersion {
    schema::DocumentRow row;
    int active = 0;  // the version in force
};
Result<KeptVersion> kept_version(schema::Tx& tx, int district, DocumentKind kind, int version);

// The documents in force with this one among them; a draft that does not read is refused with every finding.
// Reads on the store's threads, looks further on the pool.
asio::awaitable<Result<std::shared_ptr<const DecisionData>>> loaded_with(App& app, DocumentKind kind,
                                                                         const Candidate& draft,
                                                                         schema::Language language);

// Pointers as a client sees them: the document stands at `base` of his body.
Error error_within(Error error, const std::string& base);

}  // namespace mashang::server
