// The timeline of a what-if: reports come, cases change hands and end, and two books of loads are kept beside
// each other, as it was and as it would have been.
#include "dispatch/simulate.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "dispatch/second_life.hpp"

namespace mashang {
namespace {

constexpr std::size_t progress_every = 1000;
constexpr std::size_t drains_after_release = 3;
constexpr std::size_t sweep_cases_max = 64;
constexpr std::chrono::minutes sweep_every{15};

// Loads of everybody as cases come into and out of their hands.
class LoadBook {
  public:
    Load of(PersonId id) const {
        const auto found = entries_.find(raw(id));
        return found == entries_.end() ? Load{} : found->second.load;
    }

    // As the service counts: an assignment is remembered when the case comes into other hands than before.
    void change(const LoadShare& was, const LoadShare& is, Instant at) {
        if (was == is) return;
        if (was.who) {
            Load& load = entries_[raw(*was.who)].load;
            --load.open;
            load.weighted -= was.weighted;
        }
        if (!is.who) return;
        Entry& entry = entries_[raw(*is.who)];
        ++entry.load.open;
        entry.load.weighted += is.weighted;
        entry.peak = std::max(entry.peak, entry.load.open);
        if (was.who != is.who) entry.load.last_assigned = std::max(entry.load.last_assigned, at);
    }

    void assign(PersonId id) { ++entries_[raw(id)].assigned; }

    // Peaks count from here.
    void begin_span() {
        for (auto& [id, entry] : entries_) entry.peak = entry.load.open;
    }

    struct Entry {
        Load load;
        int peak = 0;
        std::size_t assigned = 0;
    };
    const std::unordered_map<std::int64_t, Entry>& entries() const { return entries_; }

  private:
    std::unordered_map<std::int64_t, Entry> entries_;
};

// A case that waits at a desk of the draft's, for somebody who was free in truth.
struct Held {
    Case c;
    Dispatched would;
};

// Where a case stands in the counterfactual.
struct Course {
    bool same_hands = true;  // it goes on as it really did
    PersonId owner{};
    Priority priority = Priority::ordinary;
    LoadShare was, would;  // in the two books
    std::optional<Held> held;
};

struct Step {
    Instant at{};
    bool late = false;  // reports come after the changes of the same instant, with what follows them at once
    CaseId id{};
    std::size_t of = 0, turn = 0;  // turn 0: the report itself

    auto order() const { return std::tuple(at, late, id, turn); }
};

// Waiting cases, most urgent first, as the service drains them.
struct WaitingOrder {
    int urgency = 0;  // 0 emergency
    CaseId id{};
    std::size_t of = 0;

    auto operator<=>(const WaitingOrder&) const = default;
};

WaitingOrder waiting_as(Priority priority, CaseId id, std::size_t of) {
    return {static_cast<int>(Priority::emergency) - static_cast<int>(priority), id, of};
}

class Timeline {
  public:
    Timeline(std::span<const PastCase> past, const Policy& draft, const WhatIf& what)
        : past_(past), draft_(draft), what_(what), courses_(past.size()) {
        draft_.workload.load = [this](PersonId id) { return would_.of(id); };
        draft_.workload.at_place.reset();
        made_.from = what.from;
        made_.to = what.to;
        made_.as_of = what.as_of;
        const std::array stages{Stage::sign_off, Stage::response, Stage::closure};
        for (std::size_t i = 0; i < stages.size(); ++i) made_.breaches[i].stage = stages[i];
        all_ = static_cast<std::size_t>(
            std::count_if(past.begin(), past.end(), [this](const PastCase& c) { return judged(c); }));
    }
    Timeline(const Timeline&) = delete;  // the workload looks into this one

    Result<Simulation> run() {
        for (const Step& step : steps()) {
            if (!in_span_ && step.at >= what_.from) begin_span();
            sweep(step.at);
            if (step.turn == 0) {
                if (!report(step.of)) return make_error(Errc::conflict, "error.stopped");
            } else {
                turn(step.of, step.turn);
            }
        }
        if (!in_span_) begin_span();
        while (!waiting_.empty()) release_held(waiting_.begin()->of);
        sum_up();
        return std::move(made_);
    }

  private:
    bool judged(const PastCase& c) const { return what_.from <= c.at && c.at < what_.to; }

    std::vector<Step> steps() const {
        std::vector<Step> all;
        for (std::size_t i = 0; i < past_.size(); ++i) {
            const CaseId id = past_[i].report.id;
            all.push_back({past_[i].at, true, id, i, 0});
            for (std::size_t t = 1; t < past_[i].turns.size(); ++t) {
                const Instant at = past_[i].turns[t].at;
                all.push_back({at, at == past_[i].at, id, i, t});
            }
        }
        std::sort(all.begin(), all.end(), [](const Step& a, const Step& b) { return a.order() < b.order(); });
        return all;
    }

    void begin_span() {
        in_span_ = true;
        was_.begin_span();
        would_.begin_span();
    }

    // ---- a report ----------------------------------------------------------------------------------------

    bool report(std::size_t i) {
        const PastCase& past = past_[i];
        Course& s = courses_[i];
        s.owner = past.was.owner.id;
        s.priority = past.was.priority;
        Status status = past.was.waiting ? Status::waiting : Status::dispatched;
        const bool anew = judged(past);
        if (anew) status = dispatch_anew(i).value_or(status);
        set_was(i, past.was.waiting ? Status::waiting : Status::dispatched, past.was.owner.id,
                past.was.priority, past.at);
        at_place_[raw(past.report.place.code)][past.report.id] = s.owner;
        set_would(i, load_share(status, s.owner, s.priority), past.at);
        if (!anew) return true;
        was_.assign(past.was.owner.id);
        would_.assign(s.owner);
        ++made_.reports;
        if (!what_.progress || made_.reports % progress_every != 0) return true;
        return what_.progress(made_.reports, all_);
    }

    // The engine's own decision, with the loads and open cases of the counterfactual.
    std::optional<Status> dispatch_anew(std::size_t i) {
        const PastCase& past = past_[i];
        const auto events = submit(past.report, past.at, policy_at(past.report.place.code));
        if (!events) {
            ++made_.nobody;
            return std::nullopt;
        }
        Case c;
        c.district = past.report.district;
        c.id = past.report.id;
        for (const Event& e : *events) evolve(c, e);
        Dispatched would = dispatched_by(events->front());
        Course& s = courses_[i];
        s.owner = would.owner.id;
        s.priority = would.priority;
        s.same_hands = would.owner.id == past.was.owner.id && would.waiting == past.was.waiting;
        const Status status = c.status;
        if (would.waiting && !s.same_hands) {
            s.held = Held{std::move(c), std::move(would)};
            waiting_.insert(waiting_as(s.priority, past.report.id, i));
        } else {
            const Instant begins = would.clock_start;
            settle(i, std::move(would), {std::move(c), s.same_hands, begins});
        }
        return status;
    }

    const Policy& policy_at(CodeId place) {
        auto& at_place = draft_.workload.at_place;
        at_place.reset();
        const auto found = at_place_.find(raw(place));
        if (found != at_place_.end() && !found->second.empty()) {
            const auto& [id, owner] = *found->second.rbegin();
            at_place = {owner, id};
        }
        return draft_;
    }

    // ---- what happened to it afterwards ------------------------------------------------------------------

    void turn(std::size_t i, std::size_t t) {
        const PastCase& past = past_[i];
        const Turn& now = past.turns[t];
        Course& s = courses_[i];
        set_was(i, now.status, now.owner, now.priority, now.at);
        if (now.priority != past.turns[t - 1].priority) reprioritise(i, now.priority);
        if (s.same_hands) s.owner = now.owner;
        const bool open = is_open(now.status);
        auto& here = at_place_[raw(past.report.place.code)];
        if (open) {
            here[past.report.id] = s.owner;
        } else {
            here.erase(past.report.id);
            if (s.held) release_held(i);
        }
        // What waited in truth is in its counterfactual owner's hands.
        const bool in_hand = now.status == Status::waiting && !s.same_hands;
        const Status status = in_hand ? Status::dispatched : now.status;
        set_would(i, s.held ? LoadShare{} : load_share(status, s.owner, s.priority), now.at);
    }

    void reprioritise(std::size_t i, Priority priority) {
        Course& s = courses_[i];
        if (s.held) {
            waiting_.erase(waiting_as(s.priority, past_[i].report.id, i));
            waiting_.insert(waiting_as(priority, past_[i].report.id, i));
            s.held->c.priority = priority;
        }
        s.priority = priority;
    }

    void set_was(std::size_t i, Status status, PersonId owner, Priority priority, Instant at) {
        const LoadShare is = load_share(status, owner, priority);
        was_.change(courses_[i].was, is, at);
        courses_[i].was = is;
    }

    void set_would(std::size_t i, const LoadShare& is, Instant at) {
        const LoadShare before = courses_[i].would;
        would_.change(before, is, at);
        courses_[i].would = is;
        if (before.who && before.who != is.who) drain_for(*before.who, at);
    }

    // ---- waiting cases -----------------------------------------------------------------------------------

    // Somebody has one less: the most urgent waiting cases of his places are tried.
    void drain_for(PersonId id, Instant at) {
        if (waiting_.empty()) return;
        const Person* person = draft_.roster.find(id);
        if (person == nullptr) return;
        std::vector<std::size_t> near;
        for (const WaitingOrder& w : waiting_) {
            const std::string& grid = past_[w.of].report.place.grid_code;
            if (!covers(person->scope, grid) && !covers(person->backup, grid)) continue;
            near.push_back(w.of);
            if (near.size() == drains_after_release) break;
        }
        for (const std::size_t i : near) drain_one(i, at);
    }

    // Shifts begin without anybody doing anything: now and then the most urgent of all are tried.
    void sweep(Instant at) {
        if (waiting_.empty() || at < swept_ + sweep_every) return;
        swept_ = at;
        std::vector<std::size_t> first;
        for (const WaitingOrder& w : waiting_) {
            first.push_back(w.of);
            if (first.size() == sweep_cases_max) break;
        }
        for (const std::size_t i : first) drain_one(i, at);
    }

    void drain_one(std::size_t i, Instant at) {
        Course& s = courses_[i];
        if (!s.held) return;
        const auto events = drain(s.held->c, at, policy_at(past_[i].report.place.code));
        if (!events || events->empty()) return;
        for (const Event& e : *events) evolve(s.held->c, e);
        s.owner = s.held->c.owner.id;
        const Instant begins = events->front().clock_start.value_or(at);
        let_go(i, begins);
        at_place_[raw(past_[i].report.place.code)][past_[i].report.id] = s.owner;
        set_would(i, load_share(Status::dispatched, s.owner, s.priority), at);
    }

    // Nobody was free until it really ended: the desk does it itself.
    void release_held(std::size_t i) {
        Held& held = *courses_[i].held;
        held.c.status = Status::dispatched;
        let_go(i, held.would.clock_start);
    }

    void let_go(std::size_t i, Instant begins) {
        Course& s = courses_[i];
        waiting_.erase(waiting_as(s.priority, past_[i].report.id, i));
        Held held = std::move(*s.held);
        s.held.reset();
        settle(i, std::move(held.would), {std::move(held.c), false, begins});
    }

    // ---- what comes of it --------------------------------------------------------------------------------

    void settle(std::size_t i, Dispatched would, LifeBegins life) {
        const PastCase& past = past_[i];
        const SecondLife lived = live_again(past, std::move(life), draft_, what_.as_of);
        would.late = lived.late;
        made_.refused += lived.refused;
        const Dispatched& was = past.was;
        const bool owner = was.owner.id != would.owner.id;
        const bool due = was.sign_off_due != would.sign_off_due || was.closure_due != would.closure_due;
        made_.owner_moved += owner;
        made_.priority_moved += was.priority != would.priority;
        made_.rule_moved += was.rule != would.rule;
        made_.due_moved += due;
        made_.waiting_was += was.waiting;
        made_.waiting_would += would.waiting;
        if (owner) ++moves_[{was.owner.id, would.owner.id}];
        ++rules_[was.rule].first;
        ++rules_[would.rule].second;
        count(made_.breaches[0], was.late.sign_off, would.late.sign_off);
        count(made_.breaches[1], was.late.response, would.late.response);
        count(made_.breaches[2], was.late.closure, would.late.closure);
        const bool other = was.waiting != would.waiting || was.priority != would.priority;
        if (owner || due || other) sample(past, std::move(would));
    }

    static void count(Breaches& b, bool was, bool would) {
        b.was += was;
        b.would += would;
        b.newly += !was && would;
        b.no_longer += was && !would;
    }

    // The earliest reports stay, whenever they were settled.
    void sample(const PastCase& past, Dispatched would) {
        const auto before = [](const Moved& a, const Moved& b) {
            return std::tuple(a.at, a.id) < std::tuple(b.at, b.id);
        };
        const Submission& r = past.report;
        Moved moved{r.id, r.day, r.serial, past.at, r.matter, r.place.grid_code, past.was, std::move(would)};
        auto& samples = made_.samples;
        if (samples.size() >= what_.samples_max && (samples.empty() || !before(moved, samples.back())))
            return;
        samples.insert(std::upper_bound(samples.begin(), samples.end(), moved, before), std::move(moved));
        if (samples.size() > what_.samples_max) samples.pop_back();
    }

    void sum_up() {
        for (const auto& [who, cases] : moves_) made_.moves.push_back({who.first, who.second, cases});
        std::stable_sort(made_.moves.begin(), made_.moves.end(),
                         [](const OwnerMove& a, const OwnerMove& b) { return a.cases > b.cases; });
        for (const auto& [rule, n] : rules_) made_.rules.push_back({rule, n.first, n.second});
        std::map<std::int64_t, LoadOf> loads;
        for (const auto& [id, entry] : was_.entries()) {
            loads[id].assigned_was = entry.assigned;
            loads[id].peak_was = entry.peak;
        }
        for (const auto& [id, entry] : would_.entries()) {
            loads[id].assigned_would = entry.assigned;
            loads[id].peak_would = entry.peak;
        }
        for (auto& [id, load] : loads) {
            const bool idle = load == LoadOf{};
            load.person = PersonId{id};
            if (!idle) made_.loads.push_back(load);
        }
    }

    const std::span<const PastCase> past_;
    Policy draft_;
    const WhatIf& what_;
    std::vector<Course> courses_;
    LoadBook was_, would_;
    std::unordered_map<std::int64_t, std::map<CaseId, PersonId>> at_place_;  // open cases by site code
    std::set<WaitingOrder> waiting_;
    Instant swept_{};
    bool in_span_ = false;
    std::size_t all_ = 0;
    std::map<std::pair<PersonId, PersonId>, std::size_t> moves_;
    std::map<std::string, std::pair<std::size_t, std::size_t>> rules_;
    Simulation made_;
};

}  // namespace

Result<Simulation> simulate(std::span<const PastCase> past, const Policy& draft, const WhatIf& what) {
    return Timeline(past, draft, what).run();
}

}  // namespace mashang
