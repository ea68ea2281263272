#include "server/demo/mesh.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>

namespace mashang::demo {
namespace {

constexpr std::int64_t snap_units = 40;  // a cut that comes this near to a corner goes through it: 0.4 m

// Half a turn in 32 steps, in metres: 1000 cos, 1000 sin; degrees of longitude are shorter here by cos 30.
constexpr std::array<Corner, 32> metric_directions{
    {{1000, 0},   {995, 98},   {981, 195},  {957, 290},  {924, 383},  {882, 471},  {831, 556},  {773, 634},
     {707, 707},  {634, 773},  {556, 831},  {471, 882},  {383, 924},  {290, 957},  {195, 981},  {98, 995},
     {0, 1000},   {-98, 995},  {-195, 981}, {-290, 957}, {-383, 924}, {-471, 882}, {-556, 831}, {-634, 773},
     {-707, 707}, {-773, 634}, {-831, 556}, {-882, 471}, {-924, 383}, {-957, 290}, {-981, 195}, {-995, 98}}};

Corner direction(int step) {
    const auto d = metric_directions[static_cast<std::size_t>(((step % 32) + 32) % 32)];
    return {d.x * 864 / 1000, d.y};
}

std::int64_t dot(Corner a, Corner b) {
    return a.x * b.x + a.y * b.y;
}

std::int64_t cross(Corner a, Corner b) {
    return a.x * b.y - a.y * b.x;
}

std::int64_t rounded(std::int64_t n, std::int64_t d) {
    if (d < 0) n = -n, d = -d;
    return n >= 0 ? (n + d / 2) / d : -((-n + d / 2) / d);
}

// Where the line meets the border between p and q, which lie on its two sides.
Corner meeting(Corner p, Corner q, Corner normal, std::int64_t offset) {
    const auto whole = dot(normal, q) - dot(normal, p), part = offset - dot(normal, p);
    return {p.x + rounded((q.x - p.x) * part, whole), p.y + rounded((q.y - p.y) * part, whole)};
}

// Twice the area of what lies behind the line, by clipping.
std::int64_t area2_behind(const Loop& loop, Corner normal, std::int64_t offset) {
    Loop kept;
    for (std::size_t i = 0; i < loop.size(); ++i) {
        const auto p = loop[i], q = loop[(i + 1) % loop.size()];
        const bool p_in = dot(normal, p) < offset, q_in = dot(normal, q) < offset;
        if (p_in) kept.push_back(p);
        if (p_in != q_in) kept.push_back(meeting(p, q, normal, offset));
    }
    return area2(kept);
}

std::pair<std::int64_t, std::int64_t> extent(const Loop& loop, Corner normal) {
    auto low = dot(normal, loop[0]), high = low;
    for (auto p : loop) {
        low = std::min(low, dot(normal, p));
        high = std::max(high, dot(normal, p));
    }
    return {low, high};
}

std::int64_t offset_of_share(const Loop& loop, Corner normal, std::int64_t share, std::int64_t of) {
    const auto wanted = area2(loop) / of * share;
    auto [low, high] = extent(loop, normal);
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        (area2_behind(loop, normal, middle) < wanted ? low : high) = middle;
    }
    return high;
}

}  // namespace

std::int64_t area2(const Loop& loop) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < loop.size(); ++i) sum += cross(loop[i], loop[(i + 1) % loop.size()]);
    return sum;
}

bool inside(const Loop& loop, Corner p) {
    bool in = false;
    for (std::size_t i = 0; i < loop.size(); ++i) {
        const auto a = loop[i], b = loop[(i + 1) % loop.size()];
        if ((a.y > p.y) == (b.y > p.y)) continue;
        const auto side = cross({b.x - a.x, b.y - a.y}, {p.x - a.x, p.y - a.y});
        if ((b.y > a.y) == (side > 0)) in = !in;
    }
    return in;
}

Corner centroid(const Loop& loop) {
    // Relative to a corner of its own, so that the products fit: a community is below 2^19 units wide.
    const auto origin = loop[0];
    std::int64_t x = 0, y = 0, sum = 0;
    for (std::size_t i = 0; i < loop.size(); ++i) {
        const auto p = loop[i], q = loop[(i + 1) % loop.size()];
        const Corner a{p.x - origin.x, p.y - origin.y}, b{q.x - origin.x, q.y - origin.y};
        x += (a.x + b.x) * cross(a, b);
        y += (a.y + b.y) * cross(a, b);
        sum += cross(a, b);
    }
    return {origin.x + rounded(x, 3 * sum), origin.y + rounded(y, 3 * sum)};
}

Mesh::Mesh(Loop outline) : corners_(std::move(outline)) {
    std::vector<int> all;
    for (std::size_t i = 0; i < corners_.size(); ++i) all.push_back(static_cast<int>(i));
    polygons_.push_back(std::move(all));
}

Loop Mesh::loop(int which) const {
    Loop out;
    for (int i : polygons_[static_cast<std::size_t>(which)])
        out.push_back(corners_[static_cast<std::size_t>(i)]);
    return out;
}

int Mesh::corner_on(int which, std::size_t edge, Corner normal, std::int64_t offset) {
    const auto& ring = polygons_[static_cast<std::size_t>(which)];
    const int u = ring[edge], v = ring[(edge + 1) % ring.size()];
    const auto p = corners_[static_cast<std::size_t>(u)], q = corners_[static_cast<std::size_t>(v)];
    const auto m = meeting(p, q, normal, offset);
    const auto near = [m](Corner c) { return std::abs(c.x - m.x) + std::abs(c.y - m.y) <= snap_units; };
    if (near(p)) return u;
    if (near(q)) return v;
    return add_between(u, v, m);
}

int Mesh::add_between(int u, int v, Corner corner) {
    const int fresh = static_cast<int>(corners_.size());
    corners_.push_back(corner);
    for (auto& other : polygons_) {
        for (std::size_t i = 0; i < other.size(); ++i) {
            const int a = other[i], b = other[(i + 1) % other.size()];
            if ((a == u && b == v) || (a == v && b == u)) {
                other.insert(other.begin() + static_cast<std::ptrdiff_t>(i) + 1, fresh);
                break;
            }
        }
    }
    return fresh;
}

std::optional<std::pair<int, int>> Mesh::cut(int which, Corner normal, std::int64_t share, std::int64_t of) {
    const auto before = loop(which);
    const auto offset = offset_of_share(before, normal, share, of);
    std::vector<std::size_t> crossings;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const bool here = dot(normal, before[i]) < offset;
        const bool next = dot(normal, before[(i + 1) % before.size()]) < offset;
        if (here != next) crossings.push_back(i);
    }
    if (crossings.size() != 2) return std::nullopt;
    // The later edge first: a corner put into it does not move the earlier one.
    const int second = corner_on(which, crossings[1], normal, offset);
    const int first = corner_on(which, crossings[0], normal, offset);

    const auto& ring = polygons_[static_cast<std::size_t>(which)];
    const auto walk = [&ring](int from, int to) {
        std::vector<int> part;
        auto at = std::find(ring.begin(), ring.end(), from);
        for (;; at = std::next(at) == ring.end() ? ring.begin() : std::next(at)) {
            part.push_back(*at);
            if (*at == to) return part;
        }
    };
    auto one = walk(first, second), other = walk(second, first);
    assert(one.size() > 2 && other.size() > 2);
    const bool starts_behind = dot(normal, before[crossings[0]]) < offset;
    if (!starts_behind) std::swap(one, other);  // from the first crossing on it is the other side
    const int number = static_cast<int>(polygons_.size());
    polygons_.push_back(std::move(other));
    polygons_.push_back(std::move(one));
    return std::pair{number, number + 1};
}

void Mesh::bend(std::pair<int, int> parts, const std::vector<std::int64_t>& aside) {
    const auto one = polygons_[static_cast<std::size_t>(parts.first)];
    const auto other = polygons_[static_cast<std::size_t>(parts.second)];
    for (std::size_t i = 0; i < one.size(); ++i) {
        const int u = one[i], v = one[(i + 1) % one.size()];
        bool shared = false;
        for (std::size_t k = 0; k < other.size(); ++k)
            shared |= other[k] == v && other[(k + 1) % other.size()] == u;
        if (!shared) continue;
        const auto p = corners_[static_cast<std::size_t>(u)], q = corners_[static_cast<std::size_t>(v)];
        const auto pieces = static_cast<std::int64_t>(aside.size()) + 1;
        int from = u;
        for (std::int64_t k = 1; k < pieces; ++k) {
            const auto off = aside[static_cast<std::size_t>(k - 1)];
            const Corner between{p.x + (q.x - p.x) * k / pieces - (q.y - p.y) * off / 1000,
                                 p.y + (q.y - p.y) * k / pieces + (q.x - p.x) * off / 1000};
            from = add_between(from, v, between);
        }
        return;
    }
}

std::pair<int, int> Mesh::cut_across(int which, int turn, std::int64_t share, std::int64_t of) {
    const auto outline = loop(which);
    int longest = 0;
    std::int64_t most = -1;
    for (int step = 0; step < 32; ++step) {
        const auto d = metric_directions[static_cast<std::size_t>(step)];
        const auto [low, high] = extent(outline, {d.x * 864 / 1000, d.y});
        if (high - low > most) most = high - low, longest = step;
    }
    for (int more = 0; more < 32; ++more)
        if (auto parts = cut(which, direction(longest + turn + (more % 2 ? more : -more)), share, of))
            return *parts;
    std::abort();  // no line at all cuts it in two: impossible for the shapes made here, met by every test
}

}  // namespace mashang::demo
