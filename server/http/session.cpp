#include "server/http/session.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http/head_check.hpp"
#include "server/http/target.hpp"
#include "server/http/wire.hpp"
#include "server/http/wire_io.hpp"

namespace mashang::http {

namespace {

namespace beast = boost::beast;
using namespace asio::experimental::awaitable_operators;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t read_bytes = 64 * 1024;
constexpr Refusal too_slow{408, "error.request_timeout"};
constexpr Refusal too_large{413, "error.body_too_large"};

// What waiting for the client came to: io says whether it is still there, refusal what is wrong with what it
// sent.
struct Arrival {
    Io io = Io::ok;
    std::optional<Refusal> refusal;
    bool good() const { return io == Io::ok && !refusal; }
};

Arrival refused(Refusal refusal) {
    return {Io::ok, refusal};
}

enum class Next : std::uint8_t { another, good_bye, hang_up };

// Fields of one name become one value: a list, or for cookies their own separator (RFC 9113, 8.2.3).
Pairs joined(const Pairs& fields) {
    Pairs result;
    for (const auto& [name, value] : fields) {
        const auto it = std::ranges::find_if(result, [&](const auto& field) { return field.first == name; });
        if (it == result.end()) {
            result.emplace_back(name, value);
        } else {
            it->second += (name == "cookie" ? "; " : ", ") + value;
        }
    }
    return result;
}

std::string lower_case(std::string_view text) {
    std::string lower{text};
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower;
}

const std::string& date_now(const SessionShared& shared) {
    thread_local std::int64_t second = -1;
    thread_local std::string text;
    if (const auto now = shared.hooks.unix_seconds(); now != second) {
        text = format_date(now);
        second = now;
    }
    return text;
}

std::string_view bytes_in(const beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// However the answer ends, by an exception or by the io_context's end too, the hub hears that nobody listens,
// and no waker outlives the connection.
struct StreamEnd {
    explicit StreamEnd(std::shared_ptr<EventStream> events) : stream(std::move(events)) {}
    ~StreamEnd() {
        if (stream) stream->detach();
    }
    StreamEnd(const StreamEnd&) = delete;
    StreamEnd& operator=(const StreamEnd&) = delete;
    const std::shared_ptr<EventStream> stream;
};

class Session {
  public:
    Session(SessionShared& shared, SessionHandle& handle, asio::ip::tcp::socket socket)
        : shared_(shared), handle_(handle), io_(std::move(socket)) {
        boost::system::error_code error;
        io_.socket().set_option(asio::ip::tcp::no_delay(true), error);
        const auto peer = io_.socket().remote_endpoint(error);
        if (!error) remote_address_ = peer.address().to_string();
        handle_.drain = [this] { drain(); };
        ++shared_.open;
    }
    ~Session() {
        forget_stream();
        handle_.drain = nullptr;
        --shared_.open;
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    asio::awaitable<void> run();
    asio::awaitable<void> refuse_all();
    asio::awaitable<void> watch() { return io_.watch(); }

  private:
    asio::awaitable<Next> serve_one();
    asio::awaitable<Arrival> read_head(std::size_t& head_bytes);
    std::optional<Refusal> take_head(Parser& parser, std::size_t head_bytes, HeadFacts& facts,
                                     Request& request);
    asio::awaitable<Arrival> read_body(Parser& parser, const HeadFacts& facts, std::size_t limit);
    asio::awaitable<Response> ask(Request& request);
    asio::awaitable<Next> refuse(const Request* request, Refusal refusal);
    asio::awaitable<Next> answer(const Request* request, Response response, WireFacts facts);
    asio::awaitable<void> stream_events(EventStream& stream);
    asio::awaitable<void> pump(EventStream& stream, asio::steady_timer& wake, bool& going);
    asio::awaitable<void> notice_leaving(EventStream& stream, const bool& going);
    void forget_stream();
    void drain();
    std::string next_id();

    SessionShared& shared_;
    SessionHandle& handle_;
    TimedSocket io_;
    beast::flat_buffer buffer_;
    std::string remote_address_;
    std::size_t served_ = 0;
    bool idle_ = false;
    EventStream* stream_ = nullptr;
};

asio::awaitable<void> Session::run() {
    try {
        auto next = Next::another;
        while (next == Next::another) next = co_await serve_one();
        if (next == Next::good_bye) co_await io_.linger(shared_.limits.linger_time);
    } catch (const std::exception& e) {
        spdlog::warn("connection ended: {}", e.what());
    }
    io_.stop();
}

asio::awaitable<void> Session::refuse_all() {
    try {
        const auto next = co_await refuse(nullptr, Refusal{503, "error.connections_exhausted"});
        if (next == Next::good_bye) co_await io_.linger(shared_.limits.linger_time);
    } catch (const std::exception& e) {
        spdlog::warn("connection ended: {}", e.what());
    }
    io_.stop();
}

void Session::drain() {
    if (idle_) io_.cancel();
    if (stream_ != nullptr) stream_->close();
}

std::string Session::next_id() {
    return fmt::format("{:08x}-{:x}", shared_.id_prefix, shared_.ids++);
}

asio::awaitable<Next> Session::serve_one() {
    std::size_t head_bytes = 0;
    auto arrival = co_await read_head(head_bytes);
    if (arrival.io != Io::ok) co_return Next::hang_up;
    if (arrival.refusal) co_return co_await refuse(nullptr, *arrival.refusal);

    Parser parser;
    HeadFacts facts;
    Request request;
    if (const auto refusal = take_head(parser, head_bytes, facts, request)) {
        co_return co_await refuse(&request, *refusal);
    }
    const auto limit = shared_.hooks.body_bytes_max(request);
    if (limit && facts.has_body) {
        arrival = co_await read_body(parser, facts, *limit);
        if (arrival.io != Io::ok) co_return Next::hang_up;
        if (arrival.refusal) co_return co_await refuse(&request, *arrival.refusal);
        request.body = std::move(parser.get().body());
    }
    request.received = Clock::now();
    io_.disarm();

    ++shared_.requests;
    auto response = co_await ask(request);
    WireFacts wire;
    wire.http_1_1 = facts.http_1_1;
    wire.keep_alive = parser.keep_alive() && (limit || !facts.has_body) && !response.close &&
                      ++served_ < shared_.limits.requests_per_connection_max && !shared_.draining;
    co_return co_await answer(&request, std::move(response), wire);
}

asio::awaitable<Arrival> Session::read_head(std::size_t& head_bytes) {
    const auto& limits = shared_.limits;
    if (buffer_.size() == 0) {
        if (shared_.draining) co_return Arrival{Io::ended, {}};
        if (buffer_.capacity() > 2 * limits.header_bytes_max) buffer_.shrink_to_fit();  // after a large body
        idle_ = true;
        io_.arm(Clock::now() + limits.idle_time);
        const auto io = co_await io_.read_into(buffer_, limits.header_bytes_max);
        idle_ = false;
        if (io != Io::ok) co_return Arrival{Io::ended, {}};
    }
    io_.arm(Clock::now() + limits.header_time);
    for (;;) {
        buffer_.consume(leading_line_breaks(bytes_in(buffer_)));
        const auto scan = scan_head(bytes_in(buffer_), limits);
        if (scan.refusal) co_return refused(*scan.refusal);
        head_bytes = scan.head_bytes;
        if (head_bytes > 0) co_return Arrival{};
        const auto io = co_await io_.read_into(buffer_, limits.header_bytes_max);
        if (io == Io::timed_out) co_return refused(too_slow);
        if (io == Io::ended) co_return Arrival{io, {}};
    }
}

// The parser gets exactly the header that scan_head saw, so the two cannot disagree about where it ends.
std::optional<Refusal> Session::take_head(Parser& parser, std::size_t head_bytes, HeadFacts& facts,
                                          Request& request) {
    constexpr Refusal malformed{400, "error.request_malformed"};
    request.id = next_id();
    request.remote_address = remote_address_;
    parser.header_limit(static_cast<std::uint32_t>(head_bytes + 1));
    parser.body_limit(boost::none);  // the route's own limit follows, before the body is parsed
    beast::error_code error;
    const auto used = parser.put(asio::buffer(buffer_.data(), head_bytes), error);
    buffer_.consume(head_bytes);
    if (error || used != head_bytes || !parser.is_header_done()) return malformed;

    const auto& head = parser.get();
    Pairs fields;
    for (const auto& field : head) {
        const auto name = field.name_string();
        const auto value = field.value();
        fields.emplace_back(lower_case({name.data(), name.size()}), std::string{value.data(), value.size()});
    }
    request.headers = joined(fields);
    facts.http_1_1 = head.version() == 11;
    const auto method = parse_method({head.method_string().data(), head.method_string().size()});
    if (method) request.method = *method;  // known before any refusal: one of HEAD has no body either
    if (const auto refusal = check_head(fields, facts)) return refusal;

    if (!method) return Refusal{501, "error.method_unknown"};
    request.raw_target.assign(head.target().data(), head.target().size());
    auto target = parse_target(request.raw_target);
    if (!target || (target->path == "*" && *method != Method::options)) {
        return Refusal{400, "error.target_invalid"};
    }
    request.path = std::move(target->path);
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
    if (!target->authority.empty()) {  // it overrules the Host field, RFC 9112, 3.2.2
        std::erase_if(request.headers, [](const auto& field) { return field.first == "host"; });
        request.headers.emplace_back("host", target->authority);
    }
    return std::nullopt;
}

asio::awaitable<Arrival> Session::read_body(Parser& parser, const HeadFacts& facts, std::size_t limit) {
    const auto& limits = shared_.limits;
    if (facts.content_length && *facts.content_length > limit) co_return refused(too_large);
    if (facts.expects_continue && buffer_.size() == 0) {
        const auto io = co_await io_.write("HTTP/1.1 100 Continue\r\n\r\n", "", limits);
        if (io != Io::ok) co_return Arrival{Io::ended, {}};
    }
    parser.body_limit(limit);
    parser.eager(true);
    const auto started = Clock::now();
    for (;;) {
        beast::error_code error;
        if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
        if (error == beast::http::error::body_limit) co_return refused(too_large);
        if (error && error != beast::http::error::need_more) {
            co_return refused(Refusal{400, "error.framing_invalid"});
        }
        if (parser.is_done()) co_return Arrival{};
        // What the parser leaves is part of a chunk's size line or of the trailer: headers, by any other
        // name.
        if (buffer_.size() > limits.header_bytes_max) {
            co_return refused(Refusal{431, "error.header_too_large"});
        }
        const auto body_bytes = parser.get().body().size();
        const auto earned = std::chrono::milliseconds{body_bytes * 1000 / limits.body_rate_min};
        io_.arm(started + limits.body_time + earned);
        const auto io = co_await io_.read_into(buffer_, read_bytes);
        if (io == Io::timed_out) co_return refused(too_slow);
        if (io == Io::ended) co_return Arrival{io, {}};
    }
}

asio::awaitable<Response> Session::ask(Request& request) {
    try {
        co_return co_await shared_.hooks.service(request);
    } catch (const std::exception& e) {
        spdlog::error("request {} {}: {}", request.id, to_string(request.method), e.what());
    } catch (...) {
        spdlog::error("request {} {}: unknown exception", request.id, to_string(request.method));
    }
    co_return problem_response(shared_.hooks.problem, 500, "error.internal");
}

asio::awaitable<Next> Session::refuse(const Request* request, Refusal refusal) {
    ++shared_.refusals;
    auto response = problem_response(shared_.hooks.problem, refusal.status, refusal.key);
    if (refusal.status == 503) response.set("Retry-After", "1");
    WireFacts wire;
    wire.keep_alive = false;  // where the next request would start is not known
    co_return co_await answer(request, std::move(response), wire);
}

asio::awaitable<Next> Session::answer(const Request* request, Response response, WireFacts facts) {
    const auto& hooks = shared_.hooks;
    const StreamEnd end{response.stream};
    if (response.stream) facts.keep_alive = false;
    if (request != nullptr) {
        response.set("X-Request-Id", request->id);
        compress(response, request->header("accept-encoding").value_or(""), shared_.limits);
    }
    if (hooks.finish) hooks.finish(request, response);
    auto head = write_head(response, facts, date_now(shared_));
    if (!head) {
        spdlog::error("request {}: a response with an impossible status or header",
                      request != nullptr ? request->id : "");
        response = problem_response(hooks.problem, 500, "error.internal");
        facts.keep_alive = false;
        head = write_head(response, facts, date_now(shared_));
    }
    const bool head_only = request != nullptr && request->method == Method::head;
    const bool bare = head_only || response.stream || !may_have_body(response.status);
    const auto body = bare ? std::string_view{} : std::string_view{response.content()};
    const auto io = co_await io_.write(*head, body, shared_.limits);
    if (response.stream && io == Io::ok && !head_only) co_await stream_events(*response.stream);
    if (io != Io::ok) co_return Next::hang_up;
    co_return facts.keep_alive ? Next::another : Next::good_bye;
}

// The timer is shared with the waker, which may be called after the session has gone.
asio::awaitable<void> Session::stream_events(EventStream& stream) {
    const auto wake = std::make_shared<asio::steady_timer>(handle_.strand);
    stream.attach([wake] { asio::post(wake->get_executor(), [wake] { wake->cancel(); }); });
    stream_ = &stream;
    ++shared_.streams;
    if (shared_.draining) stream.close();
    bool going = true;
    co_await (pump(stream, *wake, going) && notice_leaving(stream, going));
    forget_stream();
}

void Session::forget_stream() {
    if (std::exchange(stream_, nullptr) != nullptr) --shared_.streams;
}

asio::awaitable<void> Session::pump(EventStream& stream, asio::steady_timer& wake, bool& going) {
    std::string text;
    auto io = Io::ok;
    while (io == Io::ok) {
        text.clear();
        const auto taken = stream.take(text);
        if (taken == EventStream::Taken::ended) break;
        if (taken == EventStream::Taken::nothing) {
            wake.expires_after(stream.ping_every());
            const auto [error] = co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
            if (error) continue;
            text = ": ping\n\n";
        }
        io = co_await io_.write(text, "", shared_.limits);
    }
    stream.close();
    going = false;
    io_.cancel();
}

asio::awaitable<void> Session::notice_leaving(EventStream& stream, const bool& going) {
    co_await io_.discard(going);
    stream.close();
}

}  // namespace

asio::awaitable<void> serve_connection(std::shared_ptr<SessionShared> shared,
                                       std::shared_ptr<SessionHandle> handle, asio::ip::tcp::socket socket) {
    Session session{*shared, *handle, std::move(socket)};
    co_await (session.run() && session.watch());
}

asio::awaitable<void> refuse_connection(std::shared_ptr<SessionShared> shared,
                                        std::shared_ptr<SessionHandle> handle, asio::ip::tcp::socket socket) {
    Session session{*shared, *handle, std::move(socket)};
    co_await (session.refuse_all() && session.watch());
}

}  // namespace mashang::http
