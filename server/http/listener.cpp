#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <unordered_set>

#include "server/http/session.hpp"

namespace mashang::http {

namespace {

using asio::ip::tcp;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t refusing_max = 64;              // polite refusals at a time; beyond, plain closing
constexpr std::chrono::milliseconds pause_ms{100};    // when the system has no descriptor to give
constexpr std::chrono::milliseconds grace_ms{1'000};  // for cancelled coroutines to unwind

}  // namespace

// Everything below runs on one strand, so the registry of sessions needs no lock.
class Server::Core {
  public:
    explicit Core(asio::any_io_executor ex) : executor(std::move(ex)), strand(asio::make_strand(executor)) {}

    static asio::awaitable<void> accept(std::shared_ptr<Core> core, std::size_t index);
    static void admit(const std::shared_ptr<Core>& core, tcp::socket socket);
    static asio::awaitable<bool> drain(std::shared_ptr<Core> core, std::chrono::milliseconds deadline);
    asio::awaitable<bool> wait_until_empty(std::chrono::milliseconds time);
    void stop_accepting();

    asio::any_io_executor executor;
    asio::any_io_executor strand;
    std::shared_ptr<SessionShared> shared = std::make_shared<SessionShared>();
    std::vector<tcp::acceptor> acceptors;
    std::vector<std::uint16_t> ports;
    std::unordered_set<std::shared_ptr<SessionHandle>> handles;
    std::size_t refusing = 0;
    asio::steady_timer emptied{strand};
};

asio::awaitable<void> Server::Core::accept(std::shared_ptr<Core> core, std::size_t index) {
    auto& acceptor = core->acceptors[index];
    asio::steady_timer pause{core->strand};
    while (acceptor.is_open()) {
        const asio::any_io_executor connection_strand = asio::make_strand(core->executor);
        auto [error, socket] = co_await acceptor.async_accept(connection_strand, quietly);
        if (core->shared->draining || !acceptor.is_open()) co_return;
        if (!error) {
            admit(core, std::move(socket));
        } else if (error != asio::error::connection_aborted) {
            spdlog::warn("cannot accept a connection: {}", error.message());
            pause.expires_after(pause_ms);
            co_await pause.async_wait(quietly);
        }
    }
}

void Server::Core::admit(const std::shared_ptr<Core>& core, tcp::socket socket) {
    const bool full = core->handles.size() - core->refusing >= core->shared->limits.connections_max;
    if (full) {
        ++core->shared->refused;
        if (core->refusing >= refusing_max) return;
        ++core->refusing;
    }
    ++core->shared->accepted;
    auto handle = std::make_shared<SessionHandle>();
    handle->strand = socket.get_executor();
    core->handles.insert(handle);
    const auto serve = full ? &refuse_connection : &serve_connection;
    const auto slot = handle->cancel.slot();
    auto ended = [core, handle, full](const std::exception_ptr&) {
        core->handles.erase(handle);
        if (full) --core->refusing;
        if (core->handles.empty()) core->emptied.cancel();
    };
    asio::co_spawn(handle->strand, serve(core->shared, handle, std::move(socket)),
                   asio::bind_cancellation_slot(slot, asio::bind_executor(core->strand, std::move(ended))));
}

void Server::Core::stop_accepting() {
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors) acceptor.close(ignored);
}

asio::awaitable<bool> Server::Core::wait_until_empty(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (!handles.empty() && std::chrono::steady_clock::now() < until) {
        emptied.expires_at(until);
        co_await emptied.async_wait(quietly);
    }
    co_return handles.empty();
}

asio::awaitable<bool> Server::Core::drain(std::shared_ptr<Core> core, std::chrono::milliseconds deadline) {
    core->shared->draining = true;
    core->stop_accepting();
    for (const auto& handle : core->handles) {
        asio::post(handle->strand, [handle] {
            if (handle->drain) handle->drain();
        });
    }
    if (co_await core->wait_until_empty(deadline)) co_return true;
    spdlog::warn("{} connections did not end in time and are cut off", core->handles.size());
    for (const auto& handle : core->handles) {
        asio::post(handle->strand, [handle] { handle->cancel.emit(asio::cancellation_type::terminal); });
    }
    co_await core->wait_until_empty(grace_ms);
    co_return false;
}

Result<Server> Server::listen(asio::any_io_executor executor, const std::vector<Endpoint>& endpoints,
                              Limits limits, Hooks hooks) {
    auto core = std::make_shared<Core>(std::move(executor));
    core->shared->limits = limits;
    core->shared->hooks = std::move(hooks);
    core->shared->id_prefix = std::random_device{}();
    for (const auto& [text, port] : endpoints) {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(text, error);
        tcp::acceptor acceptor{core->strand};
        const tcp::endpoint endpoint{address, port};
        if (!error) acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) {
            return make_error(Errc::unavailable, "error.cannot_listen",
                              {{"address", text + ':' + std::to_string(port)}, {"reason", error.message()}});
        }
        core->ports.push_back(acceptor.local_endpoint().port());
        core->acceptors.push_back(std::move(acceptor));
    }
    return Server{std::move(core)};
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;

Server::~Server() {
    if (core_) asio::post(core_->strand, [core = core_] { core->stop_accepting(); });
}

void Server::start() {
    for (std::size_t i = 0; i < core_->acceptors.size(); ++i) {
        asio::co_spawn(core_->strand, Core::accept(core_, i), asio::detached);
    }
}

asio::awaitable<bool> Server::drain(std::chrono::milliseconds deadline) {
    const auto core = core_;
    auto draining = Core::drain(core, deadline);
    co_return co_await asio::co_spawn(core->strand, std::move(draining), asio::use_awaitable);
}

std::uint16_t Server::port(std::size_t endpoint) const {
    return core_->ports.at(endpoint);
}

Counters Server::counters() const {
    const auto& shared = *core_->shared;
    return {shared.open, shared.accepted, shared.refused, shared.requests, shared.refusals, shared.streams};
}

}  // namespace mashang::http
