#include "server/http/router.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <stdexcept>

namespace mashang::http {

std::string plain_problem(int status, std::string_view key) {
    // Keys and reason phrases are ours and hold nothing that JSON would escape.
    const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    std::string body = R"({"type":"about:blank","title":")";
    body.append(reason.data(), reason.size());
    body += R"(","status":)" + std::to_string(status) + R"(,"key":")";
    body += key;
    return body + R"("})";
}

Response problem_response(const TransportProblem& problem, int status, std::string_view key) {
    return Response::of(status, "application/problem+json",
                        problem ? problem(status, key) : plain_problem(status, key));
}

void RouteMatcher::add(Method method, std::string_view pattern) {
    const auto bad = [&](const char* why) { throw std::logic_error(std::string{pattern} + ": " + why); };
    if (!pattern.starts_with('/')) bad("a pattern starts with a slash");
    Pattern made{method, {}, patterns_.size()};
    for (auto rest = pattern; !rest.empty();) {
        rest.remove_prefix(1);
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        if (!segment.starts_with('{')) {
            if (segment.find_first_of("{}") != segment.npos) bad("a parameter opens its segment");
            made.pieces.push_back({std::string{segment}, ""});
            continue;
        }
        const auto end = segment.find('}');
        if (end == segment.npos || end == 1) bad("a parameter has a name and a closing brace");
        made.pieces.push_back(
            {std::string{segment.substr(end + 1)}, std::string{segment.substr(1, end - 1)}});
    }
    const auto before = [](const Pattern& a, const Pattern& b) {
        return std::ranges::lexicographical_compare(a.pieces, b.pieces, [](const Piece& x, const Piece& y) {
            if (x.rank() != y.rank()) return x.rank() < y.rank();
            if (x.text.size() != y.text.size()) return x.text.size() > y.text.size();
            return x.text < y.text;
        });
    };
    const auto same = [&](const Pattern& other) {
        return other.method == method &&
               std::ranges::equal(other.pieces, made.pieces, [](const Piece& x, const Piece& y) {
                   return x.rank() == y.rank() && x.text == y.text;
               });
    };
    if (std::ranges::any_of(patterns_, same)) bad("two routes for the same path");
    patterns_.insert(std::ranges::upper_bound(patterns_, made, before), std::move(made));
}

bool RouteMatcher::fits(const Pattern& pattern, const std::vector<std::string>& segments) {
    return std::ranges::equal(pattern.pieces, segments, [](const Piece& piece, const std::string& segment) {
        if (piece.param.empty()) return piece.text == segment;
        return segment.size() > piece.text.size() && segment.ends_with(piece.text);
    });
}

RouteMatch RouteMatcher::match(Method method, const std::vector<std::string>& segments) const {
    RouteMatch result;
    std::vector<std::string_view> allowed;
    // "OPTIONS *" asks about the server as a whole (RFC 9110, 9.3.7): any method may be allowed somewhere.
    if (segments.empty() && method == Method::options) result.kind = Matched::options;
    const auto wanted = method == Method::head ? Method::get : method;
    for (const auto& pattern : patterns_) {
        if (!fits(pattern, segments)) continue;
        if (pattern.method == wanted) {
            result.kind = Matched::route;
            result.index = pattern.index;
            for (std::size_t i = 0; i < segments.size(); ++i) {
                const auto& piece = pattern.pieces[i];
                if (piece.param.empty()) continue;
                result.params.emplace_back(piece.param,
                                           segments[i].substr(0, segments[i].size() - piece.text.size()));
            }
            return result;
        }
        allowed.push_back(to_string(pattern.method));
        if (pattern.method == Method::get) allowed.push_back("HEAD");
    }
    if (allowed.empty()) return result;
    result.kind = method == Method::options ? Matched::options : Matched::method_not_allowed;
    allowed.push_back("OPTIONS");
    std::ranges::sort(allowed);
    allowed.erase(std::ranges::unique(allowed).begin(), allowed.end());
    for (const auto name : allowed) result.allow += (result.allow.empty() ? "" : ", ") + std::string{name};
    return result;
}

}  // namespace mashang::http
