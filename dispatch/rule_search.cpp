#include "dispatch/rule_search.hpp"

#include <algorithm>
#include <bit>

namespace mashang::checking {

NodeId Formulas::literal(Literal l) {
    const Variable& v = domain_.variables()[l.variable];
    std::vector<std::uint32_t> others;
    for (std::uint32_t c = 0; c < v.classes; ++c) {
        if ((domain_.bits()[l.set + c / 64] >> (c % 64) & 1U) == 0) others.push_back(c);
    }
    const Literal inverse{l.variable, domain_.add_set(l.variable, others)};
    const auto id = static_cast<NodeId>(nodes_.size());
    nodes_.push_back({Kind::literal, l, 0, 0, id + 1});
    nodes_.push_back({Kind::literal, inverse, 0, 0, id});
    return id;
}

NodeId Formulas::group(Kind kind, const std::vector<NodeId>& of) {
    if (of.size() == 1) return of.front();
    const auto id = static_cast<NodeId>(nodes_.size());
    const auto count = static_cast<std::uint32_t>(of.size());
    const Kind dual = kind == Kind::all ? Kind::any : Kind::all;
    nodes_.push_back({kind, {}, static_cast<std::uint32_t>(operands_.size()), count, id + 1});
    operands_.insert(operands_.end(), of.begin(), of.end());
    nodes_.push_back({dual, {}, static_cast<std::uint32_t>(operands_.size()), count, id});
    for (const NodeId part : of) operands_.push_back(nodes_[part].opposite);
    return id;
}

NodeId Formulas::yes(const Condition& c, const std::set<const Condition*>* waived) {
    return says(c, true, waived);
}

NodeId Formulas::in(std::size_t variable, std::uint32_t one_class) {
    return literal({variable, domain_.add_set(variable, {one_class})});
}

// Kleene's logic, yes and no apart: all says yes where all do and no where one does; any the other way; not
// swaps what is asked. Unknown is what neither formula takes.
NodeId Formulas::says(const Condition& c, bool yes, const std::set<const Condition*>* waived) {
    std::vector<NodeId> parts;
    const auto* of = checking::operands(c);
    if (of != nullptr) {
        const bool swaps = std::holds_alternative<Not>(c.is);
        for (const Condition& part : *of) parts.push_back(says(part, swaps ? !yes : yes, waived));
        return group(std::holds_alternative<All>(c.is) == yes ? Kind::all : Kind::any, parts);
    }
    if (waived != nullptr && waived->contains(&c)) return group(Kind::all, {});
    const Domain::Leaf& leaf = domain_.leaf(c);
    for (const Literal& l : yes ? leaf.yes : leaf.no) parts.push_back(literal(l));
    return group(yes ? Kind::any : Kind::all, parts);
}

bool Search::holds(NodeId formula, const Assignment& assignment) const {
    const Formulas::Node& n = formulas_.node(formula);
    const auto of = formulas_.operands(n);
    const auto part_holds = [&](NodeId part) { return holds(part, assignment); };
    switch (n.kind) {
        case Formulas::Kind::literal: {
            const std::uint32_t c = assignment[n.literal.variable];
            return (domain_.bits()[n.literal.set + c / 64] >> (c % 64) & 1U) != 0;
        }
        case Formulas::Kind::all:
            return std::all_of(of.begin(), of.end(), part_holds);
        case Formulas::Kind::any:
            return std::any_of(of.begin(), of.end(), part_holds);
    }
    return false;
}

Search::Status Search::status(NodeId id, const Row& open) {
    ++steps_;
    const Formulas::Node& n = formulas_.node(id);
    if (n.kind == Formulas::Kind::literal) {
        const Variable& v = domain_.variables()[n.literal.variable];
        std::uint64_t inside = 0, outside = 0;
        for (std::size_t w = 0; w < v.words; ++w) {
            const std::uint64_t now = open[v.first + w], set = domain_.bits()[n.literal.set + w];
            inside |= now & set;
            outside |= now & ~set;
        }
        return inside == 0 ? Status::impossible : outside == 0 ? Status::certain : Status::open;
    }
    // all: one impossible part decides, any: one certain part; else certain or impossible if every part is.
    const bool all = n.kind == Formulas::Kind::all;
    const Status deciding = all ? Status::impossible : Status::certain;
    bool every = true;
    for (const NodeId part : formulas_.operands(n)) {
        const Status s = status(part, open);
        if (s == deciding) return s;
        every = every && s != Status::open;
    }
    if (!every) return Status::open;
    return all ? Status::certain : Status::impossible;
}

bool Search::intersect(State& s, const Literal& l, bool& changed) const {
    const Variable& v = domain_.variables()[l.variable];
    std::uint64_t left = 0;
    for (std::size_t w = 0; w < v.words; ++w) {
        std::uint64_t& now = s.open[v.first + w];
        const std::uint64_t next = now & domain_.bits()[l.set + w];
        changed = changed || next != now;
        now = next;
        left |= next;
    }
    return left != 0;
}

bool Search::settle(State& s, NodeId id, bool& settled, bool& changed) {
    const Formulas::Node& n = formulas_.node(id);
    const auto of = formulas_.operands(n);
    settled = true;
    switch (n.kind) {
        case Formulas::Kind::literal:
            ++steps_;
            return intersect(s, n.literal, changed);
        case Formulas::Kind::all:
            s.pending.insert(s.pending.end(), of.begin(), of.end());
            return true;
        case Formulas::Kind::any:
            break;
    }
    std::size_t possible = 0;
    NodeId only = id;
    for (const NodeId part : of) {
        const Status st = status(part, s.open);
        if (st == Status::certain) return true;
        if (st == Status::impossible) continue;
        ++possible;
        only = part;
    }
    if (possible == 1) s.pending.push_back(only);
    settled = possible == 1;
    return possible > 0;
}

bool Search::narrow(State& s) {
    bool changed = true;
    while (changed && !exhausted()) {
        changed = false;
        for (std::size_t i = 0; i < s.pending.size();) {
            bool settled = false;
            if (!settle(s, s.pending[i], settled, changed)) return false;
            if (settled) {
                s.pending[i] = s.pending.back();
                s.pending.pop_back();
            } else {
                ++i;
            }
        }
    }
    return true;
}

std::optional<Assignment> Search::plainest(const State& s) const {
    Assignment a;
    a.reserve(domain_.variables().size());
    for (const Variable& v : domain_.variables()) {
        std::size_t w = 0;
        while (s.open[v.first + w] == 0) ++w;
        a.push_back(static_cast<std::uint32_t>(w * 64) +
                    static_cast<std::uint32_t>(std::countr_zero(s.open[v.first + w])));
    }
    for (const NodeId id : s.pending) {
        if (!holds(id, a)) return std::nullopt;
    }
    return a;
}

int Search::freedom(NodeId id, const Row& open) const {
    const Formulas::Node& n = formulas_.node(id);
    int least = 1000, most = 0;
    if (n.kind == Formulas::Kind::literal) {
        const Variable& v = domain_.variables()[n.literal.variable];
        int now = 0, kept = 0;
        for (std::size_t w = 0; w < v.words; ++w) {
            now += std::popcount(open[v.first + w]);
            kept += std::popcount(open[v.first + w] & domain_.bits()[n.literal.set + w]);
        }
        return kept * 1000 / now;
    }
    for (const NodeId part : formulas_.operands(n)) {
        const int f = freedom(part, open);
        least = std::min(least, f);
        most = std::max(most, f);
    }
    return n.kind == Formulas::Kind::all ? least : most;
}

NodeId Search::branch(const State& s) {
    NodeId chosen = s.pending.front();
    std::size_t fewest = ~std::size_t{0};
    for (const NodeId id : s.pending) {
        const auto of = formulas_.operands(formulas_.node(id));
        const auto possible = static_cast<std::size_t>(std::count_if(
            of.begin(), of.end(), [&](NodeId part) { return status(part, s.open) == Status::open; }));
        if (possible < fewest) {
            fewest = possible;
            chosen = id;
        }
        if (fewest == 2) break;  // fewer there are not: a single way is no choice
    }
    // Down to a literal: deciding it settles a variable further, so the search ends. A part that is still
    // open has an open part itself.
    while (formulas_.node(chosen).kind != Formulas::Kind::literal) {
        int most = -1;
        NodeId freest = chosen;
        for (const NodeId part : formulas_.operands(formulas_.node(chosen))) {
            if (status(part, s.open) != Status::open) continue;
            if (const int f = freedom(part, s.open); f > most) {
                most = f;
                freest = part;
            }
        }
        chosen = freest;
    }
    return chosen;
}

std::optional<Assignment> Search::search(State s) {
    while (narrow(s) && !exhausted()) {
        if (auto found = plainest(s)) return found;
        const NodeId way = branch(s);
        State taken = s;
        taken.pending.push_back(way);
        if (auto found = search(std::move(taken))) return found;
        s.pending.push_back(formulas_.opposite(way));
    }
    return std::nullopt;
}

std::optional<Assignment> Search::find(std::vector<NodeId> together) {
    together.insert(together.end(), assumed_.begin(), assumed_.end());
    return search({domain_.everything(), std::move(together)});
}

std::optional<Row> Search::around(NodeId formula) {
    State s{domain_.everything(), assumed_};
    s.pending.push_back(formula);
    if (!narrow(s)) return std::nullopt;
    return std::move(s.open);
}

}  // namespace mashang::checking
