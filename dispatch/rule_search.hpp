// Finding a report that makes several rules say yes, or not yes, together; or knowing that there is none.
//
// Formulas are built of literals (a variable in a set of classes) with all and any, each together with its
// opposite. Search narrows the sets that are still open by what must hold, tries the plainest report that is
// left, and branches on the alternative with the fewest ways only where that one fails. Exact and
// deterministic; steps are counted over the life of a Search. For the checker of rule sets only; one thread.
#pragma once

#include <optional>
#include <set>
#include <span>

#include "dispatch/rule_domain.hpp"

namespace mashang::checking {

using NodeId = std::uint32_t;

class Formulas {
  public:
    explicit Formulas(Domain& domain) : domain_(domain) {}

    // The condition says yes; leaves in `waived` are taken to hold, whatever is asked of them.
    NodeId yes(const Condition& c, const std::set<const Condition*>* waived = nullptr);
    NodeId in(std::size_t variable, std::uint32_t one_class);
    NodeId opposite(NodeId id) const { return nodes_[id].opposite; }

    enum class Kind { literal, all, any };
    struct Node {
        Kind kind = Kind::literal;
        Literal literal;
        std::uint32_t first = 0, count = 0;  // operands
        NodeId opposite = 0;
    };
    const Node& node(NodeId id) const { return nodes_[id]; }
    std::span<const NodeId> operands(const Node& n) const { return {operands_.data() + n.first, n.count}; }

  private:
    NodeId says(const Condition& c, bool yes, const std::set<const Condition*>* waived);
    NodeId literal(Literal l);
    NodeId group(Kind kind, const std::vector<NodeId>& of);

    Domain& domain_;
    std::vector<Node> nodes_;
    std::vector<NodeId> operands_;
};

class Search {
  public:
    Search(const Domain& domain, const Formulas& formulas, std::uint64_t steps_max)
        : domain_(domain), formulas_(formulas), steps_max_(steps_max) {}

    // Every report that is looked for satisfies it.
    void assume(NodeId formula) { assumed_ = {formula}; }
    // None also when the steps are used up: then exhausted() is true, and nothing is known.
    std::optional<Assignment> find(std::vector<NodeId> together);
    // A row around every report that satisfies the formula; none where it has none at first sight.
    std::optional<Row> around(NodeId formula);
    bool holds(NodeId formula, const Assignment& assignment) const;
    bool exhausted() const { return steps_ > steps_max_; }

  private:
    struct State {
        Row open;
        std::vector<NodeId> pending;
    };
    enum class Status { impossible, open, certain };

    Status status(NodeId id, const Row& open);
    bool narrow(State& s);
    // One pending formula: false where it cannot hold. `settled` when it need not be looked at again.
    bool settle(State& s, NodeId id, bool& settled, bool& changed);
    bool intersect(State& s, const Literal& l, bool& changed) const;
    std::optional<Assignment> plainest(const State& s) const;
    // An open literal of the pending formula with the fewest ways.
    NodeId branch(const State& s);
    // How much of what is open the formula leaves, in thousandths.
    int freedom(NodeId id, const Row& open) const;
    std::optional<Assignment> search(State s);

    const Domain& domain_;
    const Formulas& formulas_;
    std::vector<NodeId> assumed_;
    std::uint64_t steps_ = 0, steps_max_;
};

}  // namespace mashang::checking
