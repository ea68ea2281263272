#include "server/timers.hpp"

#include <spdlog/spdlog.h>

#include "schema/chain.hpp"
#include "server/app.hpp"
#include "server/packing.hpp"
#include "server/stored.hpp"

namespace mashang::server {
namespace {

constexpr std::chrono::seconds drain_every{2};
constexpr std::chrono::milliseconds stall{10};
constexpr int stalls_max = 100;
constexpr std::chrono::minutes house_every{1};
constexpr std::chrono::hours idempotency_kept{72};
constexpr std::chrono::hours unclaimed_kept{24};
// A minute's packing, in transactions that hold no report up.
constexpr std::size_t packing_looks = 100, packing_looked_at = 50, packing_at_once = 10,
                      packing_forgotten = 500;

struct Fired {
    std::vector<Changed> changes;
    std::vector<CaseId> poisoned;
    std::optional<Instant> oldest;
};

}  // namespace

asio::awaitable<std::optional<Instant>> Timers::next_due() {
    using Found = std::optional<Instant>;
    auto next = co_await read<Found>(*app_.store, [this](schema::Tx& tx) -> Result<Found> {
        return schema::next_timer(tx, app_.district());
    });
    co_return next ? *next : std::nullopt;
}

asio::awaitable<Result<std::size_t>> Timers::fire_oldest(std::size_t most) {
    const Instant now = app_.time.now();
    const auto data = app_.data();
    auto fired = co_await write<Fired>(*app_.store, [&](schema::Tx& tx) -> Result<Fired> {
        Fired f;
        f.oldest = schema::next_timer(tx, app_.district());
        f.changes = app_.casebook.fire_due(tx, *data, now, most, &f.poisoned);
        return f;
    });
    if (!fired) co_return fired.error();
    if (fired->oldest && *fired->oldest <= now) app_.gauges.timer_fired(now - *fired->oldest);
    for (const auto id : fired->poisoned) alarm_of(id);
    for (auto& change : fired->changes) app_.announce(std::move(change));
    co_return fired->changes.size() + fired->poisoned.size();
}

void Timers::alarm_of(CaseId poisoned) {
    spdlog::error("the timer of case {} could not be fired and was set aside", raw(poisoned));
    app_.gauges.timer_poisoned();
}

asio::awaitable<Result<std::size_t>> Timers::fire_batch() {
    auto fired = co_await fire_oldest(batch_cases_max);
    if (fired || fired.error().code != Errc::internal) co_return fired;
    co_return co_await fire_apart();
}

// One case of a batch broke its transaction: each alone, and whoever fails again is set aside.
asio::awaitable<Result<std::size_t>> Timers::fire_apart() {
    std::size_t all = 0;
    for (std::size_t i = 0; i < batch_cases_max; ++i) {
        auto one = co_await fire_oldest(1);
        if (!one && one.error().code == Errc::internal) one = co_await set_aside_oldest();
        if (!one) co_return one.error();
        if (*one == 0) break;
        all += *one;
    }
    co_return all;
}

asio::awaitable<Result<std::size_t>> Timers::set_aside_oldest() {
    const Instant now = app_.time.now();
    using Found = std::optional<CaseId>;
    auto aside = co_await write<Found>(*app_.store, [&](schema::Tx& tx) -> Result<Found> {
        return app_.casebook.set_aside_oldest(tx, app_.district(), now);
    });
    if (!aside) co_return aside.error();
    if (*aside) alarm_of(**aside);
    co_return *aside ? 1 : 0;
}

asio::awaitable<std::size_t> Timers::drain_waiting() {
    using Changes = std::vector<Changed>;
    const Instant now = app_.time.now();
    const auto data = app_.data();
    auto drained = co_await write<Changes>(*app_.store, [&](schema::Tx& tx) -> Result<Changes> {
        return app_.casebook.drain(tx, *data, now, batch_cases_max);
    });
    if (!drained) co_return 0;
    for (auto& change : *drained) app_.announce(std::move(change));
    co_return drained->size();
}

asio::awaitable<void> Timers::seal() {
    const Instant now = app_.time.now();
    auto done = co_await write<bool>(*app_.store, [this, now](schema::Tx& tx) -> Result<bool> {
        const auto last = schema::last_seal(tx, app_.district());
        const Instant from = last ? last->first : Instant{};
        const auto heads = schema::heads_between(tx, app_.district(), from, now);
        if (heads.empty()) return true;
        const std::string prev = last ? last->second : "";
        schema::insert_seal(tx, app_.district(), now, schema::seal_root(prev, heads), prev,
                            static_cast<int>(heads.size()));
        return true;
    });
    if (!done) spdlog::warn("the journal was not sealed: {}", done.error().key);
}

asio::awaitable<void> Timers::keep_house() {
    const Instant now = app_.time.now();
    using Files = std::vector<std::string>;
    auto files = co_await write<Files>(*app_.store, [this, now](schema::Tx& tx) -> Result<Files> {
        const int district = app_.district();
        schema::forget_idempotent_before(tx, district, now - idempotency_kept);
        schema::delete_sessions_before(tx, district, now);
        Files orphaned;
        for (const auto& row :
             schema::unclaimed_media_before(tx, district, now - unclaimed_kept, batch_cases_max)) {
            schema::delete_media(tx, district, row.id);
            if (schema::media_with_content(tx, district, row.content) == 0) orphaned.push_back(row.content);
        }
        return orphaned;
    });
    if (!files) co_return;
    for (const auto& content : *files)
        co_await on_pool<bool>(app_.pool, [&] { return app_.media.remove(content).has_value(); });
    co_await seal();
    co_await pack();
}

// A little of it every minute, round and round: who is passed by while open is met again in the next round.
asio::awaitable<void> Timers::pack() {
    if (app_.config.pack_after_days == 0) co_return;
    const Instant before = app_.time.now() - std::chrono::days{app_.config.pack_after_days};
    co_await write<std::size_t>(*app_.store, [&](schema::Tx& tx) -> Result<std::size_t> {
        return schema::forget_messages(tx, app_.district(), before, packing_forgotten);
    });
    for (std::size_t looks = 0; looks < packing_looks; ++looks) {
        const auto round =
            co_await write<PackingRound>(*app_.store, [&](schema::Tx& tx) -> Result<PackingRound> {
                return pack_round(tx, app_.district(), packed_to_, before, packing_looked_at,
                                  packing_at_once);
            });
        if (!round) co_return;
        packed_to_ = round->end ? CaseId{} : round->last;
        if (round->end) co_return;
    }
}

// The operator is told once when the machine's clock steps back, and once when it has caught up (T27).
void Timers::watch_clock() {
    const Millis behind = app_.time.behind();
    const bool alarmed = behind >= TimeSource::behind_alarmed;
    if (alarmed && !clock_behind_)
        spdlog::error(
            "the machine's clock stepped back: it stands {} ms behind what was told, and time is held",
            behind.count());
    if (!alarmed && clock_behind_) spdlog::warn("the machine's clock has caught up with what was told");
    clock_behind_ = alarmed;
}

asio::awaitable<void> Timers::run() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (true) {
        timer.expires_after(tick);
        co_await timer.async_wait(asio::use_awaitable);
        const Instant now = app_.time.now();
        watch_clock();
        const auto next = co_await next_due();
        if (next && *next <= now) {
            // A backlog is worked off without a break, but for the turns of what comes below.
            auto fired = co_await fire_batch();
            while (fired && *fired == batch_cases_max && app_.time.now() - drained_at_ < drain_every)
                fired = co_await fire_batch();
        }
        if (now - drained_at_ >= drain_every) {
            const bool more = co_await drain_waiting() == batch_cases_max;
            if (!more) drained_at_ = now;
        }
        if (now - housed_at_ >= house_every) {
            housed_at_ = now;
            co_await keep_house();
        }
    }
}

asio::awaitable<Result<std::size_t>> Timers::advance(Instant target) {
    std::size_t fired = 0;
    int stalls = 0;
    // Each step goes to the next instant at which something is due, and no further than the target.
    while (true) {
        const auto next = co_await next_due();
        if (!next || *next > target) break;
        app_.time.move_to(*next);
        auto some = co_await fire_batch();
        if (!some) co_return some.error();
        fired += *some;
        const auto after = co_await next_due();
        if (*some > 0 || after != next) continue;
        // Another server, or our own tick, may have it in hand; if not, better late than never to answer.
        if (++stalls > stalls_max) break;
        asio::steady_timer moment(co_await asio::this_coro::executor, stall);
        co_await moment.async_wait(asio::use_awaitable);
    }
    app_.time.move_to(target);
    for (std::size_t some = batch_cases_max; some == batch_cases_max; fired += some)
        some = co_await drain_waiting();
    co_return fired;
}

}  // namespace mashang::server
