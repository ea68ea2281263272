#include "dispatch/counterfactual.hpp"

#include <algorithm>
#include <set>

namespace mashang {
namespace {

using What = FactChange::What;

constexpr std::size_t pairs_max = 4000;  // a pair costs a dispatch: 4,000 of them some tens of milliseconds

Submission submission_of(const Event& e) {
    const Opening& o = *e.opening;
    Submission s;
    s.day = o.day;
    s.serial = o.serial;
    s.actor.party = e.actor;
    s.place = o.place;
    s.matter = o.matter;
    s.priority = o.priority;
    s.condition = o.condition;
    s.reporter = o.reporter;
    if (o.distance_m >= 0) s.distance_m = o.distance_m;
    s.words = o.words;
    return s;
}

// What the rules tell apart, each with a value that makes a difference to some condition.
class Spoken {
  public:
    explicit Spoken(const Rulebook& rulebook) {
        for (const Rule& rule : rulebook.rules()) look(rule.when);
    }

    std::vector<std::string> matters;  // prefixes
    std::set<std::string> place_kinds, words;
    std::set<int> metres, minutes;

  private:
    void look(const Condition& c) {
        std::visit([this](const auto& leaf) { take(leaf); }, c.is);
    }
    void all(const std::vector<Condition>& of) {
        for (const Condition& c : of) look(c);
    }
    void take(const All& c) { all(c.of); }
    void take(const Any& c) { all(c.of); }
    void take(const Not& c) { all(c.of); }
    void take(const MatterIs& c) { matters.insert(matters.end(), c.prefixes.begin(), c.prefixes.end()); }
    void take(const PlaceKindIs& c) { place_kinds.insert(c.kinds.begin(), c.kinds.end()); }
    void take(const HasWord& c) { words.insert(c.any.begin(), c.any.end()); }
    void take(const DistanceAtLeast& c) { metres.insert({c.metres, c.metres - 1}); }
    void take(const LocalTimeIn& c) { minutes.insert({c.from_minute, c.to_minute}); }
    void take(const DivisionIs&) {}  // the place is where it is
    void take(const ReporterIs&) {}
    void take(const PriorityIs&) {}
    void take(const WeekdayIn&) {}
    void take(const WorkingTimeIs&) {}
    void take(const JoinedAtLeast&) {}  // the first report of a case is alone
};

// The catalogue's matters, those first that share most with the one that was reported: "had it been the
// matter next to it" says more than one of another kind.
std::vector<std::string> matters_by_nearness(const Catalogue& catalogue, const std::string& own) {
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const Matter& m : catalogue.matters()) {
        const auto [a, b] = std::mismatch(m.code.begin(), m.code.end(), own.begin(), own.end());
        if (m.code != own) ranked.emplace_back(static_cast<std::size_t>(a - m.code.begin()), m.code);
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> codes;
    for (auto& [shared, code] : ranked) codes.push_back(std::move(code));
    return codes;
}

class Considered {
  public:
    Considered(const Event& submitted, const Policy& policy, const Catalogue& catalogue)
        : e_(submitted), o_(*submitted.opening), policy_(policy), catalogue_(catalogue) {}

    std::vector<FactChange> take() {
        people();
        const Spoken spoken(policy_.rulebook);
        for (auto& code : matters_by_nearness(catalogue_, o_.matter)) add({What::matter, std::move(code)});
        for (const auto& word : spoken.words) {
            const bool said = std::find(o_.words.begin(), o_.words.end(), word) != o_.words.end();
            add({said ? What::word_left_out : What::word_said, word});
        }
        for (const auto& kind : spoken.place_kinds)
            if (kind != o_.place.kind) add({What::place_kind, kind});
        for (const auto kind :
             {ReporterKind::resident, ReporterKind::enterprise, ReporterKind::staff, ReporterKind::agent})
            if (kind != o_.reporter) add({What::reporter, std::string(to_string(kind))});
        for (const int metres : spoken.metres)
            if (metres >= 0 && metres != o_.distance_m) add({What::distance, std::to_string(metres)});
        instants(spoken);
        return std::move(all_);
    }

  private:
    void add(FactChange change) { all_.push_back(std::move(change)); }

    // Those who were looked at: who was passed over might have been there, who has it might have been away.
    void people() {
        if (!e_.owner || !e_.decision) return;
        const Party& owner = *e_.owner;
        for (const auto& cand : e_.decision->candidates) {
            if (cand.id == owner.id) continue;
            add({What::present, "", cand.id});
            if (cand.open > 0) add({What::open_cases, "0", cand.id});
        }
        if (!owner.desk) add({What::away, "", owner.id});
    }

    // The borders of working time around the report, and those that rules speak of on its day.
    void instants(const Spoken& spoken) {
        const Calendar& calendar = policy_.calendar;
        const std::chrono::hours around{24 * 10};
        std::set<Instant> borders;
        const auto before = calendar.counted(e_.at - around, e_.at, 64);
        const auto after = calendar.counted(e_.at, e_.at + around, 2);
        if (!before.empty()) borders.insert({before.back().open, before.back().close});
        for (const auto& interval : after) borders.insert({interval.open, interval.close});
        const Instant midnight = calendar.start_of(calendar.day_of(e_.at));
        for (const int minute : spoken.minutes) borders.insert(midnight + std::chrono::minutes{minute});
        borders.erase(e_.at);
        for (const Instant at : borders) add({What::instant, "", {}, at});
    }

    const Event& e_;
    const Opening& o_;
    const Policy& policy_;
    const Catalogue& catalogue_;
    std::vector<FactChange> all_;
};

// The submission, its people and their loads, with changes made to them.
class Altered {
  public:
    Altered(const Event& submitted, const Policy& policy, const Catalogue& catalogue)
        : sub_(submission_of(submitted)),
          at_(submitted.at),
          policy_(policy),
          catalogue_(catalogue),
          work_(recorded_workload(submitted, policy.roster)) {
        work_.ignore_capacity = policy.workload.ignore_capacity;
    }

    void make(const FactChange& change) {
        switch (change.what) {
            case What::matter:
                sub_.matter = change.value;
                sub_.condition = "default";
                if (const Matter* m = catalogue_.find(change.value)) sub_.priority = m->priority;
                break;
            case What::place_kind:
                sub_.place.kind = change.value;
                break;
            case What::reporter:
                sub_.reporter = parse_word<ReporterKind>(change.value).value_or(sub_.reporter);
                break;
            case What::word_said:
                sub_.words.push_back(change.value);
                break;
            case What::word_left_out:
                std::erase(sub_.words, change.value);
                break;
            case What::distance:
                sub_.distance_m = std::stoi(change.value);
                break;
            case What::instant:
                at_ = change.at;
                break;
            case What::present:
                person(change.person, true);
                break;
            case What::away:
                person(change.person, false);
                break;
            case What::open_cases:
                free_.push_back(change.person);
                break;
        }
    }

    Result<Outcome> outcome() {
        Workload work = work_;
        work.load = [this](PersonId id) {
            Load load = work_.load(id);
            if (std::find(free_.begin(), free_.end(), id) != free_.end()) load.open = load.weighted = 0;
            return load;
        };
        const Roster& roster = roster_ ? *roster_ : policy_.roster;
        const Policy then{policy_.calendar, policy_.standards, policy_.rulebook,
                          roster,           std::move(work),   policy_.versions};
        auto events = submit(sub_, at_, then);
        if (!events) return events.error();
        return outcome_of(events->front());
    }

  private:
    void person(PersonId id, bool there) {
        const Roster& roster = roster_ ? *roster_ : policy_.roster;
        const Person* found = roster.find(id);
        if (found == nullptr) return;
        Person changed = *found;
        changed.active = there;
        if (there) {
            changed.leave.clear();
            changed.shift.clear();
        }
        roster_ = roster.with(std::move(changed));
    }

    Submission sub_;
    Instant at_;
    const Policy& policy_;
    const Catalogue& catalogue_;
    Workload work_;
    std::vector<PersonId> free_;
    std::shared_ptr<const Roster> roster_;
};

// One change of each kind at a time, and never two of one person.
bool together(const FactChange& a, const FactChange& b) {
    const bool people = a.person != PersonId{} && b.person != PersonId{};
    return people ? a.person != b.person : a.what != b.what;
}

}  // namespace

std::string_view to_string(What v) {
    switch (v) {
        case What::matter:
            return "matter";
        case What::place_kind:
            return "place_kind";
        case What::reporter:
            return "reporter";
        case What::word_said:
            return "word_said";
        case What::word_left_out:
            return "word_left_out";
        case What::distance:
            return "distance";
        case What::instant:
            return "instant";
        case What::present:
            return "present";
        case What::away:
            return "away";
        case What::open_cases:
            return "open_cases";
    }
    return "";
}

Outcome outcome_of(const Event& submitted) {
    Outcome out;
    if (submitted.decision) out.rule = submitted.decision->rule;
    if (submitted.owner) out.owner = *submitted.owner;
    for (const auto& effect : submitted.clocks)
        if (effect.act == ClockAct::start && effect.stage == Stage::closure) out.closure_due = effect.due;
    return out;
}

std::vector<FactChange> changes_considered(const Event& submitted, const Policy& policy,
                                           const Catalogue& catalogue) {
    if (!submitted.opening) return {};
    return Considered(submitted, policy, catalogue).take();
}

Result<Outcome> outcome_with(std::span<const FactChange> changes, const Event& submitted,
                             const Policy& policy, const Catalogue& catalogue) {
    if (!submitted.opening || !submitted.decision) return make_error(Errc::internal, "error.internal");
    Altered altered(submitted, policy, catalogue);
    for (const auto& change : changes) altered.make(change);
    return altered.outcome();
}

Counterfactuals counterfactuals(const Event& submitted, const Policy& policy, const Catalogue& catalogue) {
    Counterfactuals found;
    // By the engine of now, so that an outcome differs by the change and by nothing else.
    const auto as_it_was = outcome_with({}, submitted, policy, catalogue);
    if (!as_it_was) return found;
    const auto note = [&](std::vector<FactChange> changes) {
        const auto out = outcome_with(changes, submitted, policy, catalogue);
        if (!out) return;
        const bool later = std::any_of(changes.begin(), changes.end(),
                                       [](const FactChange& c) { return c.what == What::instant; });
        if (!found.rule && out->rule != as_it_was->rule) found.rule = {changes, *out};
        if (!found.owner && out->owner.id != as_it_was->owner.id) found.owner = {changes, *out};
        if (!found.due && !later && out->closure_due != as_it_was->closure_due) found.due = {changes, *out};
    };
    const auto all = changes_considered(submitted, policy, catalogue);
    const auto complete = [&found] { return found.rule && found.owner && found.due; };
    for (std::size_t i = 0; i < all.size() && !complete(); ++i) note({all[i]});
    std::size_t tried = 0;
    for (std::size_t i = 0; i < all.size() && !complete(); ++i)
        for (std::size_t k = i + 1; k < all.size() && tried < pairs_max && !complete(); ++k) {
            if (!together(all[i], all[k])) continue;
            ++tried;
            note({all[i], all[k]});
        }
    return found;
}

}  // namespace mashang
