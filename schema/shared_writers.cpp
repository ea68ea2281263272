#include "schema/shared_writers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "schema/queries/ahead.hpp"
#include "schema/writer.hpp"

namespace mashang::schema {
namespace {

using namespace std::chrono_literals;
using Cause = StoreFault::Cause;

constexpr int attempts_max = 8;    // at the same jobs, while others are in the way
constexpr int duplicates_max = 2;  // a unique index twice in the same place is the job's own fault
constexpr int put_offs_max = 20;   // then it waits, alone, whatever it holds
constexpr auto connect_every = 250ms;
constexpr int connects_max = 20;  // five seconds: a restart of the server, a change of the primary
constexpr int fates_max = 20;

Error failed() {
    return make_error(Errc::unavailable, "error.store_failed");
}

Error contended() {
    return make_error(Errc::busy, "error.busy");
}

}  // namespace

SharedWriters::SharedWriters(Connect connect, Doubled doubled, int threads, std::size_t queue_jobs_max,
                             std::size_t group_jobs_max)
    : connect_(std::move(connect)),
      doubled_(std::move(doubled)),
      queue_jobs_max_(queue_jobs_max),
      group_jobs_max_(group_jobs_max) {
    for (int i = 0; i < std::max(1, threads); ++i) {
        auto& worker = workers_.emplace_back(std::make_unique<Worker>());
        worker->session = connect_();
        worker->dice.seed(static_cast<unsigned>(i + 1));
    }
    for (auto& worker : workers_) threads_.emplace_back([this, &worker] { loop(*worker); });
}

SharedWriters::~SharedWriters() {
    close();
}

bool SharedWriters::refused(Error* error) const {
    if (closing_) {
        *error = make_error(Errc::unavailable, "error.unavailable");
    } else if (stopped_ || connections_lost_ == static_cast<int>(workers_.size())) {
        *error = failed();
    } else if (queue_.size() >= queue_jobs_max_) {
        *error = contended();
    } else {
        return false;
    }
    return true;
}

void SharedWriters::push(Store::Job job, Store::Done done, std::optional<Foreseen> foreseen) {
    Error error;
    {
        const std::lock_guard lock(mutex_);
        if (!refused(&error)) {
            queue_.push_back({std::move(job), std::move(done), std::move(foreseen)});
            wake_.notify_one();
            return;
        }
    }
    tell(done, std::move(error));
}

StoreHealth SharedWriters::health() const {
    const std::lock_guard lock(mutex_);
    StoreHealth h{true, "", queue_.size(), commits_, jobs_};
    if (stopped_ || connections_lost_ == static_cast<int>(workers_.size())) {
        h.writable = false;
        h.reason = stopped_ ? reason_ : "PostgreSQL cannot be reached";
    }
    return h;
}

void SharedWriters::stop_writing(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (!stopped_) reason_ = reason;
    stopped_ = true;
}

void SharedWriters::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_all();
    }
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

bool SharedWriters::take(Worker& worker, Group& group) {
    group = std::move(worker.put_off);
    worker.put_off.clear();
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return closing_ || !queue_.empty() || !group.empty(); };
    // Without a connection it keeps on trying, so that the store is writable again by itself.
    if (worker.session) {
        wake_.wait(lock, ready);
    } else {
        wake_.wait_for(lock, connect_every, ready);
    }
    if (closing_ && queue_.empty() && group.empty()) return false;
    // Its share only: the others have connections too.
    const auto share = (queue_.size() + workers_.size() - 1) / workers_.size();
    const auto most = std::min(group_jobs_max_, std::max<std::size_t>(share, group.empty() ? 1 : 0));
    for (std::size_t i = 0; i < most && !queue_.empty(); ++i) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return true;
}

void SharedWriters::loop(Worker& worker) {
    Group group;
    while (take(worker, group)) {
        if (group.empty()) {
            connected(worker);
            continue;
        }
        run(worker, group);
        const bool stuck = group.front().state == State::put_off;
        for (auto& item : group) {
            if (item.state == State::put_off) {
                item.state = State::waiting;
                ++item.put_offs;
                worker.put_off.push_back(std::move(item));
            } else {
                ++jobs_;
                tell(item.done, std::move(item.result));
            }
        }
        if (std::exchange(worker.doubled, false) && worker.session) doubled_(*worker.session);
        if (stuck) pause(worker, worker.put_off.front().put_offs);  // who holds the row needs a moment
    }
}

void SharedWriters::run(Worker& worker, Group& group) {
    const auto refuse_all = [&group](const Error& error) {
        for (auto& item : group) {
            item.result = error;
            item.state = State::done;
        }
    };
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return refuse_all(failed());
    }
    if (group.front().put_offs >= put_offs_max) {
        for (auto& item : group) run_alone(worker, item);
        return;
    }
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        if (!connected(worker)) return refuse_all(failed());
        switch (run_together(worker, group)) {
            case Outcome::kept:
                return;
            case Outcome::unknown:
                return refuse_all(failed());
            case Outcome::apart:
                for (auto& item : group) run_alone(worker, item);
                return;
            case Outcome::again:
                pause(worker, attempt);
                break;
            case Outcome::lost:
                break;
        }
    }
    refuse_all(contended());
}

// The job's result; false when it threw, or wrote although it fails: the transaction must go.
bool SharedWriters::run_job(Worker& worker, Item& item, bool alone, Cause& cause) {
    auto& session = *worker.session;
    const auto changes = session.changes();
    item.state = State::done;
    cause = Cause::own;
    try {
        Tx tx(session);
        item.result = item.job(tx);
        // Whose rows are refused at COMMIT nobody knows in a group, which is then run apart; alone it is he.
        if (alone && item.result.has_value()) session.send_later();
    } catch (const StoreFault& fault) {
        cause = fault.cause;
        if (cause == Cause::held && session.changes() == changes) {
            item.state = State::put_off;
            return true;
        }
        if (cause == Cause::own) spdlog::error("store: {}", fault.what());
        item.result =
            fault.code == Errc::unavailable ? failed() : make_error(Errc::internal, "error.internal");
        return false;
    } catch (const std::exception& e) {
        spdlog::error("store: a job threw: {}", e.what());
        item.result = make_error(Errc::internal, "error.internal");
        return false;
    }
    if (!session.is_sound()) {  // a fault that the job swallowed has ended the transaction all the same
        item.result = make_error(Errc::internal, "error.internal");
        return false;
    }
    return item.result.has_value() || session.changes() == changes;
}

// What was put off waits for its rows first, while the transaction holds none yet.
void SharedWriters::begin_together(Worker& worker, const Group& group) {
    worker.session->begin(Session::Patience::waits_first);
    const bool first_waits = group.front().put_offs > 0;
    if (first_waits && !group.front().foreseen) return;
    std::vector<const Foreseen*> reports;
    for (const auto& item : group)
        if (item.foreseen && (reports.empty() || item.foreseen->district == reports.front()->district))
            reports.push_back(&*item.foreseen);
    Tx tx(*worker.session);
    ask_ahead(tx, reports, first_waits);
}

SharedWriters::Outcome SharedWriters::run_together(Worker& worker, Group& group) {
    try {
        begin_together(worker, group);
    } catch (const StoreFault& fault) {
        spdlog::error("store: {}", fault.what());
        if (fault.cause != Cause::lost) worker.session->rollback();
        return fault.cause == Cause::lost ? Outcome::lost : Outcome::apart;
    }
    for (auto& item : group) {
        Cause cause{};
        const bool good = run_job(worker, item, false, cause);
        if (good) continue;
        worker.session->rollback();
        if (cause == Cause::race) return Outcome::again;
        if (cause == Cause::own && group.size() == 1) return Outcome::kept;  // it was alone already
        return cause == Cause::lost ? Outcome::lost : Outcome::apart;
    }
    return commit(worker);
}

void SharedWriters::run_alone(Worker& worker, Item& item) {
    int duplicates = 0;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        if (!connected(worker)) {
            item.result = failed();
            item.state = State::done;
            return;
        }
        Cause cause{};
        bool good = false;
        try {
            worker.session->begin(Session::Patience::waits);
            good = run_job(worker, item, true, cause);
        } catch (const StoreFault& fault) {
            cause = fault.cause;
            item.result = failed();
        }
        if (good && item.result.has_value()) {
            const auto outcome = commit(worker);
            if (outcome == Outcome::kept) return;
            item.result = failed();
            if (outcome == Outcome::unknown || outcome == Outcome::apart) return;
            pause(worker, attempt);
            continue;
        }
        worker.session->rollback();
        if (cause == Cause::duplicate && ++duplicates < duplicates_max) continue;
        if (cause != Cause::race && cause != Cause::lost) return;
        pause(worker, attempt);
    }
    if (item.result.has_error() && item.result.error().code == Errc::unavailable) item.result = contended();
}

SharedWriters::Outcome SharedWriters::commit(Worker& worker) {
    try {
        worker.session->commit();
    } catch (const StoreFault& fault) {
        spdlog::warn("store: commit: {}", fault.what());
        if (fault.cause == Cause::lost) return fate(worker, worker.session->transaction());
        worker.session->rollback();
        return fault.cause == Cause::race ? Outcome::again : Outcome::apart;
    }
    const auto commits = ++commits_;
    worker.doubled = worker.doubled || (commits >= 4 && (commits & (commits - 1)) == 0);
    return Outcome::kept;
}

// The answer to COMMIT was lost, but the server knows: it keeps what became of each transaction.
SharedWriters::Outcome SharedWriters::fate(Worker& worker, std::string transaction) {
    if (transaction.empty()) return Outcome::lost;  // it had not come to COMMIT, or had nothing to keep
    for (int attempt = 0; attempt < fates_max; ++attempt) {
        if (!connected(worker)) break;
        try {
            switch (worker.session->fate_of(transaction)) {
                case Session::Fate::committed:
                    ++commits_;
                    return Outcome::kept;
                case Session::Fate::undone:
                    return Outcome::lost;
                case Session::Fate::unknown:
                    break;  // still under way in the server
            }
        } catch (const StoreFault& fault) {
            spdlog::error("store: {}", fault.what());
        }
        std::this_thread::sleep_for(connect_every);
    }
    spdlog::critical(
        "store: nobody can say whether a commit came through; its callers are told to ask again");
    return Outcome::unknown;
}

bool SharedWriters::connected(Worker& worker) {
    if (worker.session && !worker.session->is_lost()) return true;
    // The first who comes here tells the others, and push, that this one cannot write.
    const bool had = worker.session != nullptr;
    worker.session.reset();
    const int tries = had ? connects_max : 1;
    for (int i = 0; i < tries; ++i) {
        if (i > 0) std::this_thread::sleep_for(connect_every);
        try {
            worker.session = connect_();
            const std::lock_guard lock(mutex_);
            if (!had) --connections_lost_;
            return true;
        } catch (const StoreFault& fault) {
            if (i == 0 && had) spdlog::error("store: {}", fault.what());
        }
    }
    const std::lock_guard lock(mutex_);
    if (had) ++connections_lost_;
    return false;
}

void SharedWriters::pause(Worker& worker, int attempt) {
    std::uniform_int_distribution<int> up_to(1, 4 << std::min(attempt, 5));
    std::this_thread::sleep_for(std::chrono::milliseconds(up_to(worker.dice)));
}

}  // namespace mashang::schema
