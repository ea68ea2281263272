// standards.json: how long each stage may take, by matter, filing condition and priority.
#include "schema/codec/document_reader.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

// The members that a limit may stand in, with their place in a Standard.
constexpr std::pair<std::string_view, Limit Standard::*> limits[] = {
    {"sign_off", &Standard::sign_off},   {"response", &Standard::response},
    {"review", &Standard::review},       {"supervision", &Standard::supervision},
    {"part", &Standard::part},           {"reopen", &Standard::reopen},
    {"pause_max", &Standard::pause_max}, {"extension_max", &Standard::extension_max},
};

bool is_any(const Node& node) {
    return !node.there() || (node.is_text() && node.text() == "*");
}

bool is_default(const Node& entry) {
    return is_any(entry["matter"]) && is_any(entry["condition"]);
}

void read_closure(const Node& entry, Standard& s) {
    const Node closure = entry["closure"], steps = entry["steps"];
    if (closure.there() && steps.there()) return closure.fault("error.either_or", {{"other", "steps"}});
    if (closure.there()) s.closure = {{"", closure.limit()}};
    if (!steps.there()) return;
    s.closure.clear();
    for (const Node& step : steps.items(20)) {
        if (step.object({"id", "limit"})) s.closure.push_back({step["id"].text(), step["limit"].limit()});
    }
    if (steps.is_list() && s.closure.empty()) steps.fault("error.empty_list");
}

void read_warnings(const Node& node, Standard& s) {
    if (!node.there()) return;
    const auto items = node.items(2);
    if (items.size() != 2) {
        if (node.is_list()) node.fault("error.two_percentages");
        return;
    }
    for (std::size_t i = 0; i < 2; ++i) s.warn_percent[i] = items[i].whole(1, 99);
    if (s.warn_percent[0] >= s.warn_percent[1]) node.fault("error.ascending");
}

bool read_evidence(const Node& node) {
    const std::string said = node.text();
    if (!said.empty() && said != "photo" && said != "none") {
        node.fault("error.unknown_word", {{"value", said}});
    }
    return said == "photo";
}

// "S33010609/mend/urgent": what an entry without an id of its own is called.
std::string key_of(const Standard& s) {
    std::string key = s.matter;
    if (s.condition != "*") key += '/' + s.condition;
    if (s.priority) key += '/' + std::string(to_string(*s.priority));
    return key;
}

// `base` gives what the entry leaves out; null for the one entry that may leave nothing out.
Standard read_entry(const Node& entry, const Standard* base, int version) {
    Standard s = base == nullptr ? Standard{} : *base;
    s.matter = s.condition = "*";
    s.priority.reset();
    s.source.clear();
    if (!entry.object({"id",
                       "matter",
                       "condition",
                       "priority",
                       "sign_off",
                       "response",
                       "closure",
                       "steps",
                       "review",
                       "supervision",
                       "part",
                       "reopen",
                       "redo_min_percent",
                       "warn_percent",
                       "pause_max",
                       "extension_max",
                       "extensions_max",
                       "end_to_end",
                       "evidence",
                       "statutory",
                       "source"})) {
        return s;
    }
    s.matter = codec::matter_prefix(entry["matter"].text());
    if (!is_any(entry["condition"])) s.condition = entry["condition"].text();
    if (!is_any(entry["priority"])) s.priority = entry["priority"].word<Priority>();
    for (const auto& [member, place] : limits) {
        const bool asked =
            base == nullptr && (member == "sign_off" || member == "response" || member == "review");
        if (asked || entry[member].there()) s.*place = entry[member].limit();
    }
    read_closure(entry, s);
    if (base == nullptr && s.closure.empty() && !entry["steps"].there())
        entry["closure"].fault("error.missing");
    read_warnings(entry["warn_percent"], s);
    if (const Node n = entry["end_to_end"]; n.there()) s.end_to_end = n.limit();
    if (const Node n = entry["redo_min_percent"]; n.there()) s.redo_min_percent = n.whole(0, 100);
    if (const Node n = entry["extensions_max"]; n.there()) s.extensions_max = n.whole(0, 100);
    if (const Node n = entry["evidence"]; n.there()) s.evidence = read_evidence(n);
    if (const Node n = entry["statutory"]; n.there()) s.statutory = n.flag();
    if (const Node n = entry["source"]; n.there()) s.source = n.text(0, 2000);
    s.id = (entry["id"].there() ? entry["id"].text() : key_of(s)) + '@' + std::to_string(version);
    return s;
}

std::vector<Standard> read_entries(const Node& list, int version) {
    const auto items = list.items();
    const auto any = [&items](std::string_view priority) -> const Node* {
        for (const Node& item : items) {
            if (!item.is_object() || !is_default(item)) continue;
            const Node said = item["priority"];
            if (is_any(said) ? priority == "*" : said.is_text() && said.text() == priority) return &item;
        }
        return nullptr;
    };
    std::vector<Standard> entries;
    const Node* root = any("*");
    if (root == nullptr) {
        list.fault("error.standard_default_missing");
        return entries;
    }
    const Standard base = read_entry(*root, nullptr, version);
    std::optional<Standard> by_priority[3];
    for (const Priority p : {Priority::ordinary, Priority::urgent, Priority::emergency}) {
        const Node* item = any(to_string(p));
        if (item != nullptr) by_priority[static_cast<int>(p)] = read_entry(*item, &base, version);
    }
    for (const Node& item : items) {
        if (item.pointer() == root->pointer()) {
            entries.push_back(base);
            continue;
        }
        const auto priority =
            parse_word<Priority>(item["priority"].is_text() ? item["priority"].text() : std::string());
        const auto* own = priority ? &by_priority[static_cast<int>(*priority)] : nullptr;
        if (own != nullptr && own->has_value() && is_default(item) &&
            item.pointer() == any(item["priority"].text())->pointer()) {
            entries.push_back(**own);
            continue;
        }
        entries.push_back(read_entry(item, own != nullptr && own->has_value() ? &**own : &base, version));
    }
    return entries;
}

Json entry_json(const Standard& s) {
    Json entry{{"id", s.id.substr(0, s.id.rfind('@'))}, {"matter", s.matter}};
    if (s.condition != "*") entry["condition"] = s.condition;
    if (s.priority) entry["priority"] = to_string(*s.priority);
    for (const auto& [member, place] : limits) entry[std::string(member)] = to_string(s.*place);
    if (s.closure.size() == 1 && s.closure.front().id.empty()) {
        entry["closure"] = to_string(s.closure.front().limit);
    } else {
        entry["steps"] = Json::array();
        for (const ClosureStep& step : s.closure) {
            entry["steps"].push_back({{"id", step.id}, {"limit", to_string(step.limit)}});
        }
    }
    if (s.end_to_end) entry["end_to_end"] = to_string(*s.end_to_end);
    entry["redo_min_percent"] = s.redo_min_percent;
    entry["warn_percent"] = {s.warn_percent[0], s.warn_percent[1]};
    entry["extensions_max"] = s.extensions_max;
    entry["evidence"] = s.evidence ? "photo" : "none";
    entry["statutory"] = s.statutory;
    entry["source"] = s.source;
    return entry;
}

}  // namespace

namespace {

StandardList standards_in(const Node& root, std::optional<int> version) {
    StandardList list;
    if (!root.object({"version", "source", "standards"})) return list;
    list.version = codec::version_of(root, version);
    list.standards = read_entries(root["standards"], list.version);
    return list;
}

}  // namespace

std::vector<Standard> standards_as_far_as_read(std::string_view json) {
    const auto document = codec::parse_document(json);
    Faults faults;
    if (document.has_error()) return {};
    return standards_in({&*document, "", faults}, 1).standards;
}

Result<StandardList> read_standard_list(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    StandardList list = standards_in({&*document, "", faults}, version);
    if (!faults.any()) return list;
    const auto built = TimeStandards::build(list.version, std::move(list.standards));
    if (built.has_error()) faults.add_beside(built.error());
    return faults.error();
}

Result<std::shared_ptr<const TimeStandards>> read_standards(std::string_view json,
                                                            std::optional<int> version) {
    auto list = read_standard_list(json, version);
    if (!list) return list.error();
    return TimeStandards::build(list->version, std::move(list->standards));
}

std::string write_standards(const TimeStandards& standards) {
    Json root{{"version", standards.version()}, {"standards", Json::array()}};
    for (const Standard& s : standards.entries()) root["standards"].push_back(entry_json(s));
    return root.dump(2);
}

}  // namespace mashang
