#include "dispatch/rulebook.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mashang {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// A verdict with the leaf that decided it.
struct Finding {
    Verdict verdict = Verdict::no;
    std::string leaf, expected, found;
    bool negated = false;
};

template <class List, class Word>
std::string joined(const List& list, Word word) {
    std::string text;
    for (const auto& item : list) {
        if (!text.empty()) text += '|';
        text += word(item);
    }
    return text;
}

std::string joined(const std::vector<std::string>& list) {
    return joined(list, [](const std::string& item) { return item; });
}

std::string wall_time(int minute) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", minute / 60, minute % 60);
    return text.data();
}

std::string weekday_word(int day) {
    return std::string(weekdays.at(static_cast<std::size_t>(day)));
}

Verdict verdict_of(bool holds) {
    return holds ? Verdict::yes : Verdict::no;
}

Finding prefix_leaf(std::string leaf, const std::vector<std::string>& prefixes, const std::string& found) {
    const bool holds = std::any_of(prefixes.begin(), prefixes.end(),
                                   [&](const std::string& p) { return found.starts_with(p); });
    return {found.empty() ? Verdict::unknown : verdict_of(holds), std::move(leaf), joined(prefixes), found};
}

// One overload a kind of condition: total over every value of its fact, missing and impossible ones included.
class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts) {}

    Finding operator()(const MatterIs& c) const { return prefix_leaf("matter", c.prefixes, facts_.matter); }
    Finding operator()(const DivisionIs& c) const {
        return prefix_leaf("division", c.prefixes, facts_.grid_code);
    }
    Finding operator()(const PlaceKindIs& c) const {
        const bool holds = std::find(c.kinds.begin(), c.kinds.end(), facts_.place_kind) != c.kinds.end();
        return {facts_.place_kind.empty() ? Verdict::unknown : verdict_of(holds), "place_kind",
                joined(c.kinds), facts_.place_kind};
    }
    Finding operator()(const ReporterIs& c) const {
        const bool holds = std::find(c.kinds.begin(), c.kinds.end(), facts_.reporter) != c.kinds.end();
        return {verdict_of(holds), "reporter_kind",
                joined(c.kinds, [](ReporterKind kind) { return to_string(kind); }),
                std::string(to_string(facts_.reporter))};
    }
    Finding operator()(const PriorityIs& c) const {
        const auto& wanted = c.priorities;
        const bool holds = std::find(wanted.begin(), wanted.end(), facts_.priority) != wanted.end();
        return {verdict_of(holds), "priority",
                joined(wanted, [](Priority priority) { return to_string(priority); }),
                std::string(to_string(facts_.priority))};
    }
    Finding operator()(const LocalTimeIn& c) const {
        Finding f{Verdict::error, "local_time", wall_time(c.from_minute) + '-' + wall_time(c.to_minute), ""};
        const int now = facts_.local_minute;
        if (now < 0 || now >= minutes_a_day) return f;
        const bool wraps = c.from_minute > c.to_minute;
        f.verdict = verdict_of(wraps ? now >= c.from_minute || now < c.to_minute
                                     : now >= c.from_minute && now < c.to_minute);
        f.found = wall_time(now);
        return f;
    }
    Finding operator()(const WeekdayIn& c) const {
        Finding f{Verdict::error, "weekday", joined(c.days, weekday_word), ""};
        if (facts_.weekday < 0 || facts_.weekday > 6) return f;
        f.verdict = verdict_of(std::find(c.days.begin(), c.days.end(), facts_.weekday) != c.days.end());
        f.found = weekday_word(facts_.weekday);
        return f;
    }
    Finding operator()(const WorkingTimeIs& c) const {
        return {verdict_of(c.working == facts_.working_time), "working_time", c.working ? "true" : "false",
                facts_.working_time ? "true" : "false"};
    }
    Finding operator()(const HasWord& c) const {
        std::vector<std::string> both;
        for (const std::string& word : c.any) {
            if (std::find(facts_.words.begin(), facts_.words.end(), word) != facts_.words.end()) {
                both.push_back(word);
            }
        }
        return {verdict_of(!both.empty()), "words", joined(c.any), joined(both)};
    }
    Finding operator()(const JoinedAtLeast& c) const {
        if (facts_.joined_reports < 0) {
            return {Verdict::error, "joined_reports", std::to_string(c.n), ""};
        }
        return {verdict_of(facts_.joined_reports >= c.n), "joined_reports", std::to_string(c.n),
                std::to_string(facts_.joined_reports)};
    }
    Finding operator()(const DistanceAtLeast& c) const {
        Finding f{Verdict::unknown, "distance_m", std::to_string(c.metres), ""};
        if (!facts_.distance_m) return f;  // never compared as if it were 0 (T30)
        f.found = std::to_string(*facts_.distance_m);
        f.verdict = *facts_.distance_m < 0 ? Verdict::error : verdict_of(*facts_.distance_m >= c.metres);
        return f;
    }

    Finding operator()(const All& c) const {
        return combined(c.of, Verdict::no, {Verdict::yes, "always", "", ""});
    }
    Finding operator()(const Any& c) const {
        return combined(c.of, Verdict::yes, {Verdict::no, "never", "", ""});
    }
    Finding operator()(const Not& c) const {
        if (c.of.size() != 1) return {Verdict::error, "not", "", ""};
        Finding f = judge(c.of.front());
        f.negated = !f.negated;
        switch (f.verdict) {
            case Verdict::yes:
                f.verdict = Verdict::no;
                break;
            case Verdict::no:
                f.verdict = Verdict::yes;
                break;
            case Verdict::unknown:
            case Verdict::error:
                break;
        }
        return f;
    }

    Finding judge(const Condition& c) const { return std::visit(*this, c.is); }

  private:
    // Kleene's logic: `deciding` settles it, else unknown, else the other verdict; an error before all. The
    // leaf told of is the first that has the verdict.
    Finding combined(const std::vector<Condition>& of, Verdict deciding, Finding empty) const {
        std::optional<Finding> error, decided, unknown, other;
        for (const Condition& c : of) {
            Finding f = judge(c);
            auto& kept = f.verdict == Verdict::error     ? error
                         : f.verdict == deciding         ? decided
                         : f.verdict == Verdict::unknown ? unknown
                                                         : other;
            if (!kept) kept = std::move(f);
        }
        for (auto* kept : {&error, &decided, &unknown, &other}) {
            if (*kept) return std::move(**kept);
        }
        return empty;
    }

    const Facts& facts_;
};

void collect_words(const Condition& c, std::vector<std::string>& words) {
    const auto collect = [&words](const std::vector<Condition>& of) {
        for (const Condition& part : of) collect_words(part, words);
    };
    if (const auto* all = std::get_if<All>(&c.is)) collect(all->of);
    if (const auto* any = std::get_if<Any>(&c.is)) collect(any->of);
    if (const auto* inverse = std::get_if<Not>(&c.is)) collect(inverse->of);
    if (const auto* has = std::get_if<HasWord>(&c.is)) {
        for (const std::string& word : has->any) {
            if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
        }
    }
}

}  // namespace

Verdict evaluate(const Condition& condition, const Facts& facts) {
    return Judge(facts).judge(condition).verdict;
}

std::pair<std::string, std::string> leaf_words(const Condition& leaf) {
    const Facts nothing;
    Finding f = Judge(nothing).judge(leaf);
    return {std::move(f.leaf), std::move(f.expected)};
}

Result<std::shared_ptr<const Rulebook>> Rulebook::build(int version, std::vector<Rule> rules) {
    if (auto faults = rule_faults(rules); !faults.empty()) {
        return Error{Errc::invalid, "error.invalid_input", {}, std::move(faults)};
    }
    std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.order < b.order; });
    auto made = std::make_shared<Rulebook>();
    made->version_ = version;
    made->rules_ = std::move(rules);
    for (const Rule& rule : made->rules_) collect_words(rule.when, made->words_);
    made->word_index_ = KeywordIndex(made->words_);
    return std::shared_ptr<const Rulebook>(std::move(made));
}

Ruling Rulebook::judge(const Facts& facts) const {
    const Judge judge(facts);
    Ruling ruling;
    for (const Rule& rule : rules_) {
        Finding f = judge.judge(rule.when);
        ruling.tried.push_back(
            {&rule, f.verdict, std::move(f.leaf), std::move(f.expected), std::move(f.found), f.negated});
        if (f.verdict == Verdict::yes) {
            ruling.rule = &rule;
            return ruling;
        }
        if (f.verdict == Verdict::error) break;
    }
    // Only an error gets here: the last rule always matches.
    ruling.alarm = true;
    ruling.rule = &rules_.back();
    ruling.tried.push_back({ruling.rule, Verdict::yes, "always", "", "", false});
    return ruling;
}

std::vector<std::string> Rulebook::words_in(std::string_view text) const {
    std::vector<bool> there(words_.size(), false);
    for (const auto& f : word_index_.find(text)) there[f.word] = true;
    std::vector<std::string> found;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (there[i]) found.push_back(words_[i]);
    }
    return found;
}

}  // namespace mashang
