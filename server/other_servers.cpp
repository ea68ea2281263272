#include "server/other_servers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <optional>
#include <sstream>

#include "dispatch/lifecycle.hpp"
#include "server/app.hpp"
#include "server/change_notes.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

struct CaseNote {
    CaseId id{};
    int seq_before = 0, seq = 0;
};

// The case right after the change, and the events of it.
Result<Changed> changed_by(schema::Tx& tx, int district, const CaseNote& note) {
    auto events = events_of(tx, district, note.id, note.seq);
    if (!events) return events.error();
    Changed changed;
    changed.c = replay(district, note.id, *events);
    const auto before = std::min(static_cast<std::size_t>(note.seq_before), events->size());
    changed.events.assign(events->begin() + static_cast<std::ptrdiff_t>(before), events->end());
    return changed;
}

}  // namespace

OtherServers::OtherServers(App& app, asio::io_context& io)
    : app_(app), strand_(asio::make_strand(io)), more_(strand_) {}

void OtherServers::heard(const std::string& note) {
    {
        const std::lock_guard lock(mutex_);
        if (notes_.size() >= notes_max) notes_.assign(1, "");  // missed, from here
        notes_.push_back(note);
    }
    asio::post(strand_, [this] { more_.cancel(); });
}

std::vector<std::string> OtherServers::take() {
    const std::lock_guard lock(mutex_);
    const auto n = static_cast<std::ptrdiff_t>(std::min(notes_.size(), batch_max));
    std::vector<std::string> some(std::make_move_iterator(notes_.begin()),
                                  std::make_move_iterator(notes_.begin() + n));
    notes_.erase(notes_.begin(), notes_.begin() + n);
    return some;
}

asio::awaitable<void> OtherServers::run() {
    while (true) {
        auto notes = take();
        if (!notes.empty()) {
            co_await tell(std::move(notes));
            continue;
        }
        // Within the strand: whoever brings a note from here on finds the timer waiting, and cancels it.
        more_.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code cancelled;
        co_await more_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
}

asio::awaitable<void> OtherServers::tell(std::vector<std::string> notes) {
    std::vector<CaseNote> cases;
    bool reload = false, missed = false;
    for (const auto& note : notes) {
        std::istringstream in(note);
        std::string word, session;
        std::int64_t id = 0;
        CaseNote one;
        in >> word;
        if (word == case_word && in >> id >> one.seq_before >> one.seq) {
            one.id = CaseId{id};
            cases.push_back(one);
        } else if (word == log_out_word && in >> session) {
            app_.accounts.forget(session);
        } else {
            reload = reload || word == data_word || word.empty();
            missed = missed || word.empty();
        }
    }
    if (missed) app_.accounts.forget_all();
    if (reload) {
        const bool good =
            co_await on_pool<bool>(app_.pool, [this] { return app_.reload_data().has_value(); });
        if (!good) spdlog::error("what another server changed could not be loaded");
    }
    // Nobody watches: whoever comes back loads afresh, and nothing has to be read for it.
    if (missed || (!cases.empty() && app_.live.subscribers() == 0)) {
        app_.live.forget();
        co_return;
    }
    using Changes = std::vector<Changed>;
    auto changes = co_await read<Changes>(*app_.store, [&](schema::Tx& tx) -> Result<Changes> {
        Changes all;
        for (const auto& note : cases) {
            auto changed = changed_by(tx, app_.district(), note);
            if (!changed) return changed.error();
            all.push_back(std::move(*changed));
        }
        return all;
    });
    if (!changes) {
        app_.live.forget();
        co_return;
    }
    for (auto& change : *changes) app_.announce(std::move(change));
}

}  // namespace mashang::server
