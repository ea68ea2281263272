#include "schema/codec/condition_json.hpp"

#include <algorithm>
#include <array>

namespace mashang::codec {
namespace {

constexpr int condition_depth_max = 16;

std::vector<std::string> read_prefixes(const Node& node) {
    auto list = node.one_or_more();
    for (std::string& prefix : list) prefix = matter_prefix(std::move(prefix));
    return list;
}

template <class E>
std::vector<E> read_words(const Node& node) {
    std::vector<E> list;
    if (node.is_text()) return {node.word<E>()};
    for (const Node& item : node.items(50)) list.push_back(item.word<E>());
    return list;
}

int read_weekday(const Node& node) {
    const std::string said = node.text();
    const auto found = std::find(weekdays.begin(), weekdays.end(), said);
    if (found != weekdays.end()) return static_cast<int>(found - weekdays.begin());
    if (!said.empty()) node.unknown_word(said, {weekdays.begin(), weekdays.end()});
    return 0;
}

std::vector<int> read_weekdays(const Node& node) {
    if (node.is_text()) return {read_weekday(node)};
    std::vector<int> days;
    for (const Node& item : node.items(7)) days.push_back(read_weekday(item));
    return days;
}

int read_minute(const Node& node) {
    const std::string said = node.text();
    const auto minute = parse_minute(said);
    if (!minute && !said.empty()) node.fault("error.time_notation", {{"text", said}});
    return minute.value_or(0);
}

LocalTimeIn read_hours(const Node& node) {
    if (!node.object({"from", "to"})) return {};
    return {read_minute(node["from"]), read_minute(node["to"])};
}

int read_min(const Node& node, int least) {
    return node.object({"min"}) ? node["min"].whole(least, 1000000) : least;
}

std::vector<Condition> read_operands(const Node& node, int depth) {
    std::vector<Condition> list;
    for (const Node& item : node.items(100)) list.push_back(read_condition(item, depth + 1));
    return list;
}

Json prefixes_json(const std::vector<std::string>& list) {
    return Json(list);
}

Json operands_json(const std::vector<Condition>& of) {
    Json list = Json::array();
    for (const Condition& c : of) list.push_back(condition_json(c));
    return list;
}

template <class List>
Json words_json(const List& list) {
    Json words = Json::array();
    for (const auto v : list) words.push_back(to_string(v));
    return words;
}

// One overload a kind of condition, so that a new kind does not compile until it can be written.
struct Writer {
    Json operator()(const All& c) const {
        return c.of.empty() ? Json("always") : Json{{"all", operands_json(c.of)}};
    }
    Json operator()(const Any& c) const { return {{"any", operands_json(c.of)}}; }
    Json operator()(const Not& c) const { return {{"not", condition_json(c.of.front())}}; }
    Json operator()(const MatterIs& c) const { return {{"matter", prefixes_json(c.prefixes)}}; }
    Json operator()(const PlaceKindIs& c) const { return {{"place_kind", Json(c.kinds)}}; }
    Json operator()(const DivisionIs& c) const { return {{"division", prefixes_json(c.prefixes)}}; }
    Json operator()(const ReporterIs& c) const { return {{"reporter_kind", words_json(c.kinds)}}; }
    Json operator()(const PriorityIs& c) const { return {{"priority", words_json(c.priorities)}}; }
    Json operator()(const LocalTimeIn& c) const {
        return {{"local_time", {{"from", minute_text(c.from_minute)}, {"to", minute_text(c.to_minute)}}}};
    }
    Json operator()(const WeekdayIn& c) const {
        Json days = Json::array();
        for (const int day : c.days) days.push_back(weekdays.at(static_cast<std::size_t>(day)));
        return {{"weekday", days}};
    }
    Json operator()(const WorkingTimeIs& c) const { return {{"working_time", c.working}}; }
    Json operator()(const HasWord& c) const { return {{"words", Json(c.any)}}; }
    Json operator()(const JoinedAtLeast& c) const { return {{"joined_reports", {{"min", c.n}}}}; }
    Json operator()(const DistanceAtLeast& c) const { return {{"distance_m", {{"min", c.metres}}}}; }
};

}  // namespace

Condition read_condition(const Node& node, int depth) {
    if (depth > condition_depth_max) {
        node.fault("error.too_deep", {{"max", std::to_string(condition_depth_max)}});
        return {};
    }
    if (node.is_text()) {
        const std::string said = node.text();
        if (!said.empty() && said != "always") node.unknown_word(said, {"always"});
        return {};
    }
    if (!node.object({"all", "any", "not", "matter", "class", "place_kind", "division", "reporter_kind",
                      "priority", "local_time", "weekday", "working_time", "words", "joined_reports",
                      "distance_m"})) {
        return {};
    }
    const auto keys = node.keys();
    if (keys.size() != 1) {
        node.fault("error.one_condition");
        return {};
    }
    const std::string& key = keys.front();
    const Node value = node[key];
    if (key == "all") {
        // Of nothing it would always match: that has a word of its own, so an emptied list is a slip.
        if (value.is_list() && value.items(100).empty()) value.fault("error.empty_list");
        return {All{read_operands(value, depth)}};
    }
    if (key == "any") return {Any{read_operands(value, depth)}};
    if (key == "not") return {Not{{read_condition(value, depth + 1)}}};
    if (key == "matter" || key == "class") return {MatterIs{read_prefixes(value)}};
    if (key == "place_kind") return {PlaceKindIs{value.one_or_more()}};
    if (key == "division") return {DivisionIs{value.one_or_more()}};
    if (key == "reporter_kind") return {ReporterIs{read_words<ReporterKind>(value)}};
    if (key == "priority") return {PriorityIs{read_words<Priority>(value)}};
    if (key == "local_time") return {read_hours(value)};
    if (key == "weekday") return {WeekdayIn{read_weekdays(value)}};
    if (key == "working_time") return {WorkingTimeIs{value.flag()}};
    if (key == "words") return {HasWord{value.one_or_more()}};
    if (key == "joined_reports") return {JoinedAtLeast{read_min(value, 1)}};
    if (key == "distance_m") return {DistanceAtLeast{read_min(value, 0)}};
    return {};  // an unknown key, told of above
}

Json condition_json(const Condition& condition) {
    return std::visit(Writer{}, condition.is);
}

}  // namespace mashang::codec
