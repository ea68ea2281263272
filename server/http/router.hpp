// The route table: which function answers which method and path, and how large its body may be.
//
// A part of server/api writes its routes as one constexpr table and the app joins the tables in one Router. A
// pattern is a path whose segments may be parameters ("/api/v1/cases/{number}/{command}"), one of them with a
// suffix ("/api/v1/codes/{id}.svg"). The most exact pattern wins, compared segment by segment from the left:
// text before "{id}.svg" before "{id}". A parameter never matches an empty segment. HEAD is answered by GET's
// handler. Built once, read by all threads. A malformed or doubled pattern throws std::logic_error at start.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <span>

#include "server/http/request.hpp"
#include "server/http/response.hpp"

namespace mashang::http {

namespace asio = boost::asio;

// Makes the body of an error the transport answers by itself (application/problem+json): the HTTP status and
// the key of the sentence. Injected by the app, which knows the sentences; called on any io thread.
using TransportProblem = std::function<std::string(int status, std::string_view key)>;
std::string plain_problem(int status, std::string_view key);
Response problem_response(const TransportProblem& problem, int status, std::string_view key);

enum class Matched : std::uint8_t { route, not_found, method_not_allowed, options };

struct RouteMatch {
    Matched kind = Matched::not_found;
    std::size_t index = 0;  // of the route, when kind is route
    Pairs params;
    std::string allow;  // for 405 and OPTIONS: "GET, HEAD, OPTIONS, POST"
};

// The table without the handlers: all the matching, compiled once.
class RouteMatcher {
  public:
    void add(Method method, std::string_view pattern);
    RouteMatch match(Method method, const std::vector<std::string>& segments) const;

  private:
    struct Piece {
        std::string text;   // exact text, or the suffix behind a parameter
        std::string param;  // empty: exact text
        int rank() const { return param.empty() ? 0 : text.empty() ? 2 : 1; }
    };
    struct Pattern {
        Method method;
        std::vector<Piece> pieces;
        std::size_t index;
    };
    static bool fits(const Pattern& pattern, const std::vector<std::string>& segments);
    std::vector<Pattern> patterns_;  // the most exact first
};

template <class Context>
struct Route {
    Method method;
    std::string_view pattern;
    asio::awaitable<Response> (*handler)(Context&, const Request&);
    std::size_t body_bytes_max = 0;
};

template <class Context>
class Router {
  public:
    explicit Router(std::span<const Route<Context>> routes = {}) { add(routes); }

    void add(std::span<const Route<Context>> routes) {
        for (const auto& route : routes) {
            matcher_.add(route.method, route.pattern);
            routes_.push_back(route);
        }
    }

    RouteMatch match(const Request& request) const {
        return matcher_.match(request.method, request.segments);
    }
    const Route<Context>& route(const RouteMatch& match) const { return routes_[match.index]; }

    // nullopt: no route takes a body here, so none is read (the answer will be 404, 405 or the options).
    std::optional<std::size_t> body_bytes_max(const Request& head) const {
        const auto found = match(head);
        if (found.kind != Matched::route) return std::nullopt;
        return routes_[found.index].body_bytes_max;
    }

    // Finds the route and runs it; 404, 405 with Allow, and OPTIONS are answered here.
    // `context` and `request` must outlive the coroutine.
    asio::awaitable<Response> answer(Context& context, Request& request, TransportProblem problem) const {
        auto found = match(request);
        switch (found.kind) {
            case Matched::route:
                request.params = std::move(found.params);
                co_return co_await routes_[found.index].handler(context, request);
            case Matched::not_found:
                co_return problem_response(problem, 404, "error.not_found");
            case Matched::method_not_allowed: {
                auto response = problem_response(problem, 405, "error.method_not_allowed");
                response.set("Allow", found.allow);
                co_return response;
            }
            case Matched::options: {
                Response response;
                response.status = 204;
                response.set("Allow", found.allow);
                co_return response;
            }
        }
        co_return problem_response(problem, 404, "error.not_found");
    }

  private:
    RouteMatcher matcher_;
    std::vector<Route<Context>> routes_;
};

}  // namespace mashang::http
