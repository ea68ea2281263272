#include "server/api/answer.hpp"

#include <charconv>

#include "schema/chain.hpp"

namespace mashang::server {

int status_of(Errc code) {
    switch (code) {
        case Errc::invalid:
            return 400;
        case Errc::unauthenticated:
            return 401;
        case Errc::not_found:
            return 404;
        case Errc::forbidden:
            return 403;
        case Errc::conflict:
            return 409;
        case Errc::refused:
            return 422;
        case Errc::gone:
            return 410;
        case Errc::too_large:
            return 413;
        case Errc::unsupported:
            return 415;
        case Errc::busy:
            return 503;
        case Errc::unavailable:
            return 503;
        case Errc::internal:
            return 500;
    }
    return 500;
}

http::Response json(int status, std::string body) {
    auto response = http::Response::of(status, "application/json", std::move(body));
    response.set("Cache-Control", "no-store");
    return response;
}

http::Response problem(const http::Request& request, const Error& error) {
    int status = status_of(error.code);
    std::string retry;
    for (const auto& [name, value] : error.args)
        if (name == "seconds") retry = value;
    // A budget is the client's, a full queue is ours.
    if (error.code == Errc::busy && !retry.empty()) status = 429;
    if (status == 503 && retry.empty()) retry = "1";
    auto response = http::Response::of(status, "application/problem+json",
                                       encode_problem(error, status, language_of(request)));
    response.set("Cache-Control", "no-store");
    if (!retry.empty()) response.set("Retry-After", retry);
    return response;
}

schema::Language language_of(const http::Request& request) {
    if (const auto lang = request.query_value("lang"))
        return *lang == "en" ? schema::Language::en : schema::Language::zh;
    return schema::language_of(request.header("accept-language").value_or(""));
}

std::string body_hash(std::string_view body) {
    return schema::text_hash("", body);
}

Result<std::string> idempotency_key(const http::Request& request, bool required) {
    const auto key = request.header("idempotency-key");
    if (!key) {
        if (required) return invalid_field("/headers/Idempotency-Key", "error.idempotency_key");
        return std::string();
    }
    bool good = key->size() >= 16 && key->size() <= 64;
    for (const char ch : *key) good = good && ch > ' ' && ch < 0x7f;
    if (!good) return invalid_field("/headers/Idempotency-Key", "error.idempotency_key");
    return std::string(*key);
}

Asked asked(App& app, const http::Request& request) {
    return {app.data(), language_of(request), app.time.now()};
}

Result<std::size_t> page_limit(const http::Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return std::size_t{50};
    std::size_t n = 0;
    const auto end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, n);
    if (parsed.ec != std::errc{} || parsed.ptr != end || n < 1 || n > 200)
        return invalid_field("/query/limit", "error.out_of_range", {{"min", "1"}, {"max", "200"}});
    return n;
}

}  // namespace mashang::server
