#include "dispatch/rule_domain.hpp"

#include <algorithm>
#include <set>

namespace mashang::checking {
namespace {

constexpr int mid_morning = 10 * 60;  // what a witness says where the hour does not matter
constexpr std::size_t matter_length = 12, grid_length = 15;

// A leaf's wanted values, each with its length before it, so that no two leaves read alike.
class Content {
  public:
    std::string operator()(const MatterIs& c) { return list('m', c.prefixes); }
    std::string operator()(const PlaceKindIs& c) { return list('p', c.kinds); }
    std::string operator()(const DivisionIs& c) { return list('d', c.prefixes); }
    std::string operator()(const ReporterIs& c) { return numbers('r', c.kinds); }
    std::string operator()(const PriorityIs& c) { return numbers('u', c.priorities); }
    std::string operator()(const LocalTimeIn& c) {
        return numbers('t', std::array{c.from_minute, c.to_minute});
    }
    std::string operator()(const WeekdayIn& c) { return numbers('w', c.days); }
    std::string operator()(const WorkingTimeIs& c) { return numbers('h', std::array{c.working}); }
    std::string operator()(const HasWord& c) { return list('x', c.any); }
    std::string operator()(const JoinedAtLeast& c) { return numbers('j', std::array{c.n}); }
    std::string operator()(const DistanceAtLeast& c) { return numbers('f', std::array{c.metres}); }
    std::string operator()(const All&) { return "all"; }
    std::string operator()(const Any&) { return "any"; }
    std::string operator()(const Not&) { return "not"; }

  private:
    static std::string list(char kind, const std::vector<std::string>& of) {
        std::string text(1, kind);
        for (const std::string& item : of) text += std::to_string(item.size()) + ':' + item;
        return text;
    }
    template <class List>
    static std::string numbers(char kind, const List& of) {
        std::string text(1, kind);
        for (const auto item : of) text += std::to_string(static_cast<int>(item)) + ',';
        return text;
    }
};

struct FactOf {
    Fact operator()(const MatterIs&) const { return Fact::matter; }
    Fact operator()(const PlaceKindIs&) const { return Fact::place_kind; }
    Fact operator()(const DivisionIs&) const { return Fact::division; }
    Fact operator()(const ReporterIs&) const { return Fact::reporter; }
    Fact operator()(const PriorityIs&) const { return Fact::priority; }
    Fact operator()(const LocalTimeIn&) const { return Fact::local_time; }
    Fact operator()(const WeekdayIn&) const { return Fact::weekday; }
    Fact operator()(const WorkingTimeIs&) const { return Fact::working_time; }
    Fact operator()(const HasWord&) const { return Fact::word; }
    Fact operator()(const JoinedAtLeast&) const { return Fact::joined_reports; }
    Fact operator()(const DistanceAtLeast&) const { return Fact::distance; }
    template <class Group>
    Fact operator()(const Group&) const {
        return Fact::word;  // never asked
    }
};

// Where nobody says what there is: for every beginning that is named, one text that goes on with each digit.
// So every difference that prefixes can make is met by some text, "begins with none of them" among them.
std::set<std::string> texts_beginning(const std::set<std::string>& prefixes, std::size_t length) {
    std::set<std::string> texts;
    for (const std::string& prefix : prefixes) {
        for (std::size_t kept = 0; kept <= std::min(prefix.size(), length - 1); ++kept) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                std::string text = prefix.substr(0, kept) + digit;
                text.resize(length, '0');
                texts.insert(std::move(text));
            }
        }
        if (prefix.size() == length) texts.insert(prefix);
    }
    return texts;
}

// What the rules name, for a world that does not say what there is.
struct Named {
    std::set<std::string> matters{"S"}, place_kinds, divisions{"0"};
    std::set<int> minutes{0}, joined{0}, metres{0};

    void take(const Condition& leaf) {
        const auto add = [](auto& to, const auto& from) { to.insert(from.begin(), from.end()); };
        if (const auto* m = std::get_if<MatterIs>(&leaf.is)) add(matters, m->prefixes);
        if (const auto* p = std::get_if<PlaceKindIs>(&leaf.is)) add(place_kinds, p->kinds);
        if (const auto* d = std::get_if<DivisionIs>(&leaf.is)) add(divisions, d->prefixes);
        if (const auto* t = std::get_if<LocalTimeIn>(&leaf.is)) {
            minutes.insert({t->from_minute % minutes_a_day, t->to_minute % minutes_a_day});
        }
        if (const auto* j = std::get_if<JoinedAtLeast>(&leaf.is)) joined.insert(j->n);
        if (const auto* f = std::get_if<DistanceAtLeast>(&leaf.is)) metres.insert(f->metres);
    }
};

template <class List, class Put>
std::vector<Facts> candidates(const List& values, Put put) {
    std::vector<Facts> list;
    for (const auto& value : values) put(list.emplace_back(), value);
    return list;
}

std::vector<Facts> matters_of(const CheckedWorld& world, const Named& named) {
    std::vector<std::string> codes;
    if (world.catalogue != nullptr) {
        for (const Matter& m : world.catalogue->matters()) codes.push_back(m.code);
    } else {
        for (const std::string& text : texts_beginning(named.matters, matter_length)) {
            if (is_matter_prefix(text)) codes.push_back(text);  // not those of the empty beginning
        }
    }
    codes.emplace_back();
    return candidates(codes, [](Facts& f, const std::string& code) { f.matter = code; });
}

std::vector<Facts> place_kinds_in(const CheckedWorld& world, const Named& named) {
    std::vector<std::string> kinds;
    if (world.place_kinds != nullptr) {
        kinds = *world.place_kinds;
    } else if (world.catalogue != nullptr) {
        kinds = place_kinds_of(*world.catalogue);
    } else {
        kinds.assign(named.place_kinds.begin(), named.place_kinds.end());
        std::string other = "another";
        while (named.place_kinds.contains(other)) other += '_';
        kinds.push_back(std::move(other));
    }
    kinds.emplace_back();
    return candidates(kinds, [](Facts& f, const std::string& kind) { f.place_kind = kind; });
}

// A place always has its grid, so a missing one is no value here.
std::vector<Facts> grids_of(const CheckedWorld& world, const Named& named) {
    const auto put = [](Facts& f, const std::string& code) { f.grid_code = code; };
    if (world.territory == nullptr) return candidates(texts_beginning(named.divisions, grid_length), put);
    auto list = candidates(world.territory->grids(), [&](Facts& f, const Grid& g) { put(f, g.code); });
    if (list.empty()) list.emplace_back();
    return list;
}

std::vector<Facts> distances(const Named& named) {
    auto list = candidates(named.metres, [](Facts& f, int metres) { f.distance_m = metres; });
    list.emplace_back();
    return list;
}

std::vector<Facts> minutes_of_day(const Named& named) {
    std::vector<int> minutes{mid_morning};
    minutes.insert(minutes.end(), named.minutes.begin(), named.minutes.end());
    return candidates(minutes, [](Facts& f, int minute) { f.local_minute = minute; });
}

// Not in working time, or within the hours of some kind of day.
Condition no_work_outside(const CalendarSpec& spec) {
    Any any{{{WorkingTimeIs{false}}}};
    std::set<std::pair<int, int>> hours;
    const auto take = [&](const DayPattern& day) {
        for (const DayInterval& open : day) hours.emplace(open.open_minute, open.close_minute);
    };
    for (const DayPattern& day : spec.weekly) take(day);
    take(spec.working_day);
    for (const auto& [day, pattern] : spec.overrides) take(pattern);
    for (const auto& [open, close] : hours) any.of.push_back({LocalTimeIn{open, close}});
    return {any};
}

bool missing(Fact fact, const Facts& f) {
    return (fact == Fact::matter && f.matter.empty()) || (fact == Fact::place_kind && f.place_kind.empty()) ||
           (fact == Fact::distance && !f.distance_m);
}

// Takes one fact of `from` over.
void put(Fact fact, const Facts& from, Facts& to) {
    switch (fact) {
        case Fact::matter:
            to.matter = from.matter;
            break;
        case Fact::place_kind:
            to.place_kind = from.place_kind;
            break;
        case Fact::reporter:
            to.reporter = from.reporter;
            break;
        case Fact::priority:
            to.priority = from.priority;
            break;
        case Fact::local_time:
            to.local_minute = from.local_minute;
            break;
        case Fact::weekday:
            to.weekday = from.weekday;
            break;
        case Fact::working_time:
            to.working_time = from.working_time;
            break;
        case Fact::division:
            to.grid_code = from.grid_code;
            break;
        case Fact::joined_reports:
            to.joined_reports = from.joined_reports;
            break;
        case Fact::distance:
            to.distance_m = from.distance_m;
            break;
        case Fact::word:
            break;  // put by the caller, who knows the word
    }
}

}  // namespace

const std::vector<Condition>* operands(const Condition& c) {
    if (const auto* all = std::get_if<All>(&c.is)) return &all->of;
    if (const auto* any = std::get_if<Any>(&c.is)) return &any->of;
    if (const auto* inverse = std::get_if<Not>(&c.is)) return &inverse->of;
    return nullptr;
}

Domain::Domain(const Rulebook& rulebook, const CheckedWorld& world) {
    for (const Rule& rule : rulebook.rules()) collect(rule.when);
    for (Values& v : values_) v.of_rules = v.leaves.size();
    if (world.calendar != nullptr) possible_ = no_work_outside(world.calendar->spec());
    collect(possible_);
    Named named;
    for (const Values& v : values_) {
        for (const Condition* leaf : v.leaves) named.take(*leaf);
    }
    const auto of = [this](Fact fact) -> auto& {
        return values_.at(static_cast<std::size_t>(fact)).candidates;
    };
    of(Fact::matter) = matters_of(world, named);
    of(Fact::place_kind) = place_kinds_in(world, named);
    of(Fact::reporter) = candidates(std::array{ReporterKind::resident, ReporterKind::enterprise,
                                               ReporterKind::staff, ReporterKind::agent},
                                    [](Facts& f, ReporterKind kind) { f.reporter = kind; });
    of(Fact::priority) = candidates(std::array{Priority::ordinary, Priority::urgent, Priority::emergency},
                                    [](Facts& f, Priority priority) { f.priority = priority; });
    of(Fact::local_time) = minutes_of_day(named);
    of(Fact::weekday) =
        candidates(std::array{0, 1, 2, 3, 4, 5, 6}, [](Facts& f, int day) { f.weekday = day; });
    of(Fact::working_time) =
        candidates(std::array{true, false}, [](Facts& f, bool working) { f.working_time = working; });
    of(Fact::division) = grids_of(world, named);
    of(Fact::joined_reports) = candidates(named.joined, [](Facts& f, int n) { f.joined_reports = n; });
    of(Fact::distance) = distances(named);
    for (std::size_t i = 0; i < single_facts; ++i) classify(static_cast<Fact>(i));
    classify_words();
}

void Domain::collect(const Condition& c) {
    if (const auto* of = operands(c)) {
        for (const Condition& part : *of) collect(part);
        return;
    }
    const std::string content = std::visit(Content{}, c.is);
    const auto [place, fresh] = leaves_.try_emplace(content);
    by_place_[&c] = &place->second;
    if (!fresh) return;
    if (const auto* words = std::get_if<HasWord>(&c.is)) {
        word_leaves_[content] = words;
    } else {
        values_.at(static_cast<std::size_t>(std::visit(FactOf{}, c.is))).leaves.push_back(&c);
    }
}

void Domain::add_variable(Fact fact, std::size_t classes) {
    Variable v{fact, classes, everything_.size(), (classes + 63) / 64};
    everything_.resize(v.first + v.words, ~std::uint64_t{0});
    if (classes % 64 != 0) everything_.back() = (std::uint64_t{1} << (classes % 64)) - 1;
    variables_.push_back(v);
}

std::size_t Domain::add_set(std::size_t variable, const std::vector<std::uint32_t>& classes) {
    const std::size_t at = bits_.size();
    bits_.resize(at + variables_.at(variable).words, 0);
    for (const std::uint32_t c : classes) bits_.at(at + c / 64) |= std::uint64_t{1} << (c % 64);
    return at;
}

void Domain::classify(Fact fact) {
    Values& v = values_.at(static_cast<std::size_t>(fact));
    // By the verdicts of all leaves, behind what orders classes: a missing fact last, else the least named.
    std::map<std::pair<std::size_t, std::string>, std::vector<const Facts*>> classes;
    for (const Facts& f : v.candidates) {
        std::string verdicts;
        std::size_t named = missing(fact, f) ? v.leaves.size() + 1 : 0;
        for (std::size_t i = 0; i < v.leaves.size(); ++i) {
            const Verdict verdict = evaluate(*v.leaves[i], f);
            verdicts += static_cast<char>('0' + static_cast<int>(verdict));
            if (verdict == Verdict::yes && i < v.of_rules) ++named;
        }
        classes[{named, std::move(verdicts)}].push_back(&f);
    }
    add_variable(fact, classes.size());
    std::vector<std::vector<std::uint32_t>> yes(v.leaves.size()), no(v.leaves.size());
    std::uint32_t number = 0;
    for (const auto& [key, list] : classes) {
        v.shown.push_back(*list.front());
        auto& members = v.members.emplace_back();
        for (const Facts* f : list) {
            if (fact == Fact::matter) members.push_back(f->matter);
            if (fact == Fact::division) members.push_back(f->grid_code);
        }
        for (std::size_t i = 0; i < v.leaves.size(); ++i) {
            const auto verdict = static_cast<Verdict>(key.second[i] - '0');
            if (verdict == Verdict::yes) yes[i].push_back(number);
            if (verdict == Verdict::no) no[i].push_back(number);
        }
        ++number;
    }
    const std::size_t variable = variables_.size() - 1;
    for (std::size_t i = 0; i < v.leaves.size(); ++i) {
        Leaf& leaf = leaves_.at(std::visit(Content{}, v.leaves[i]->is));
        leaf.yes = {{variable, add_set(variable, yes[i])}};
        leaf.no = {{variable, add_set(variable, no[i])}};
    }
}

void Domain::classify_words() {
    std::map<std::string, std::set<std::string>> stands_in;  // word -> contents of its leaves
    for (const auto& [content, leaf] : word_leaves_) {
        for (const std::string& word : leaf->any) stands_in[word].insert(content);
    }
    std::map<std::set<std::string>, std::string> groups;  // the first of the words that stand in just these
    for (const auto& [word, contents] : stands_in) groups.try_emplace(contents, word);
    for (const auto& [contents, word] : groups) {
        add_variable(Fact::word, 2);
        shown_words_.push_back(word);
        const std::size_t variable = variables_.size() - 1;
        const std::size_t absent = add_set(variable, {0}), found = add_set(variable, {1});
        for (const std::string& content : contents) {
            leaves_.at(content).yes.push_back({variable, found});
            leaves_.at(content).no.push_back({variable, absent});
        }
    }
}

const Domain::Leaf& Domain::leaf(const Condition& condition) const {
    return *by_place_.at(&condition);
}

const std::vector<std::string>& Domain::members(Fact fact, std::size_t of_class) const {
    return values_.at(static_cast<std::size_t>(fact)).members.at(of_class);
}

Facts Domain::report(const Assignment& assignment) const {
    Facts f;
    for (std::size_t i = 0; i < assignment.size(); ++i) {
        if (i < single_facts) {
            put(variables_[i].fact, values_.at(i).shown.at(assignment[i]), f);
        } else if (assignment[i] == 1) {
            f.words.push_back(shown_words_.at(i - single_facts));
        }
    }
    return f;
}

}  // namespace mashang::checking
