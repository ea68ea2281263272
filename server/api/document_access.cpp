#include "server/api/document_access.hpp"

#include <charconv>

#include "server/stored.hpp"

namespace mashang::server {

Result<DocumentKind> document_kind(const http::Request& request, const SignedIn& who, DocumentUse use) {
    const Role role = who.actor.party.role;
    const bool looks = use == DocumentUse::reading && role == Role::district;
    if (role != Role::administrator && !looks) return make_error(Errc::forbidden, "error.role_may_not");
    const auto kind = kind_of(request.segments.size() > 2 ? request.segments[2] : "");
    if (!kind) return make_error(Errc::not_found, "error.not_found");
    return *kind;
}

std::optional<int> document_version(std::string_view text) {
    int n = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, n);
    if (parsed.ec != std::errc{} || parsed.ptr != end || n < 1) return std::nullopt;
    return n;
}

Author author_of(const SignedIn& who) {
    return {who.actor.party.id, who.actor.party.name};
}

Result<KeptVersion> kept_version(schema::Tx& tx, int district, DocumentKind kind, int version) {
    const std::string word(stored_word(kind));
    auto row = schema::document(tx, district, word, version);
    const auto active = schema::active_document(tx, district, word);
    if (!row || !active) return make_error(Errc::not_found, "error.not_found");
    return KeptVersion{std::move(*row), active->version};
}

asio::awaitable<Result<std::shared_ptr<const DecisionData>>> loaded_with(App& app, DocumentKind kind,
                                                                         const Candidate& draft,
                                                                         schema::Language language) {
    using Loaded = std::shared_ptr<const DecisionData>;
    auto data = co_await read<Loaded>(*app.store, [&](schema::Tx& tx) -> Result<Loaded> {
        return load_decision_data(tx, app.district(), &draft);
    });
    if (data) co_return data;
    const Loaded in_force = app.data();
    Error unread = data.error();
    if (unread.code == Errc::invalid)
        unread = co_await on_pool<Error>(
            app.pool, [&] { return whole_refusal(unread, kind, draft.body, *in_force, language); });
    co_return unread;
}

Error error_within(Error error, const std::string& base) {
    for (auto& f : error.fields) f.pointer.insert(0, base);
    return error;
}

}  // namespace mashang::server
