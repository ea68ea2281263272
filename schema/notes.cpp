#include "schema/notes.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>

#include "schema/postgres.hpp"

namespace mashang::schema {
namespace {

constexpr int reconnect_every_ms = 500;
constexpr int hour_ms = 3'600'000;

}  // namespace

struct Notes::Line {
    PGconn* connection = nullptr;
    ~Line() { PQfinish(connection); }
};

std::vector<std::string> note_payloads(const std::vector<std::string>& notes, const std::string& speaker) {
    constexpr std::size_t payload_bytes_max = 7900;  // of 8000
    std::vector<std::string> payloads;
    for (const auto& note : notes) {
        if (payloads.empty() || payloads.back().size() + note.size() + 1 > payload_bytes_max)
            payloads.push_back(speaker);
        payloads.back().append("\n").append(note);
    }
    return payloads;
}

Notes::Notes(std::string url, std::string speaker, int wanted, Calls calls)
    : url_(std::move(url)),
      speaker_(std::move(speaker)),
      calls_(std::move(calls)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
    connect();
    for (node_ = wanted; node_ < nodes_max; ++node_)
        if (hold(node_)) return;
    throw StoreFault(Errc::unavailable, "every server's number is taken");
}

Notes::~Notes() {
    close();
    ::close(wake_);
}

void Notes::connect() {
    auto line = std::make_unique<Line>();
    line->connection = PQconnectdb(postgres::address(url_).c_str());
    if (PQstatus(line->connection) != CONNECTION_OK)
        throw StoreFault(Errc::unavailable, "PostgreSQL cannot be reached", StoreFault::Cause::lost);
    postgres::set_up(line->connection, Session::Use::read);
    line_ = std::move(line);
}

bool Notes::hold(int node) {
    return postgres::execute(line_->connection,
                             "select pg_try_advisory_lock(hashtext('mashang node ' || current_schema()), " +
                                 std::to_string(node) + ")") == "t";
}

void Notes::listen(Heard heard) {
    heard_ = std::move(heard);
    const auto channel =
        postgres::execute(line_->connection, "select " + std::string(postgres::note_channel));
    postgres::execute(line_->connection, "listen " + channel);
    thread_ = std::thread([this] { loop(); });
}

void Notes::close() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
}

bool Notes::wait_readable() {
    pollfd watched[] = {{wake_, POLLIN, 0}, {line_ ? PQsocket(line_->connection) : -1, POLLIN, 0}};
    ::poll(watched, 2, line_ ? hour_ms : reconnect_every_ms);
    if (const auto now = std::chrono::steady_clock::now(); line_ && now >= next_hour_) {
        calls_.hourly();
        next_hour_ = now + std::chrono::hours(1);
    }
    return watched[0].revents == 0;
}

// Each notification: who speaks, then a note a line.
void Notes::hear() {
    while (PGnotify* told = PQnotifies(line_->connection)) {
        std::string_view text = told->extra;
        const auto speaker = text.substr(0, text.find('\n'));
        if (speaker != speaker_) {
            text.remove_prefix(std::min(text.size(), speaker.size() + 1));
            while (!text.empty()) {
                const auto line = text.substr(0, text.find('\n'));
                heard_(std::string(line));
                text.remove_prefix(std::min(text.size(), line.size() + 1));
            }
        }
        PQfreemem(told);
    }
}

bool Notes::reconnect() {
    try {
        connect();
        if (!hold(node_)) {
            spdlog::critical("store: another server took the number {} while we had no connection", node_);
            calls_.robbed();
        }
        const auto channel =
            postgres::execute(line_->connection, "select " + std::string(postgres::note_channel));
        postgres::execute(line_->connection, "listen " + channel);
        spdlog::info("store: listening again");
        heard_("");
        return true;
    } catch (const StoreFault&) {
        line_.reset();
        return false;
    }
}

void Notes::loop() {
    while (wait_readable()) {
        if (!line_) {
            reconnect();
            continue;
        }
        const bool alive = PQconsumeInput(line_->connection) == 1 && !postgres::is_lost(line_->connection);
        hear();
        if (!alive) {
            spdlog::error("store: lost the connection that tells what other servers do");
            line_.reset();
        }
    }
}

}  // namespace mashang::schema
