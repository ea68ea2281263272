// rules.json: the ordered rules of the rulebook.
#include "schema/codec/condition_json.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

std::string read_co_handler(const Node& node) {
    if (node.is_text()) return node.text();
    return node.object({"unit_kind"}) ? node["unit_kind"].text() : std::string();
}

// A staff account's number; identifiers in documents are texts (lifecycle.md "Identifiers").
std::optional<PersonId> read_person(const Node& node) {
    const std::string said = node.text(1, 18);
    if (said.empty()) return std::nullopt;
    if (said.find_first_not_of("0123456789") != std::string::npos) {
        node.fault("error.not_an_id", {{"value", said}});
        return std::nullopt;
    }
    return PersonId{std::stoll(said)};
}

Action read_action(const Node& node) {
    Action action;
    if (!node.object({"owner", "person", "co_handlers", "priority", "condition", "supervise", "standard"})) {
        return action;
    }
    if (const Node owner = node["owner"]; owner.object({"role", "of"})) {
        action.owner = owner["role"].word<Role>();
        // Nothing but the report's own grid is known here; the word makes the document read well.
        if (const Node of = owner["of"]; of.there() && of.text() != "grid") {
            of.unknown_word(of.text(), {"grid"});
        }
    }
    if (const Node n = node["person"]; n.there() && !n.is_null()) action.person = read_person(n);
    if (const Node n = node["co_handlers"]; n.there()) {
        for (const Node& item : n.items(20)) action.co_handlers.push_back(read_co_handler(item));
    }
    if (const Node n = node["priority"]; n.there() && !n.is_null()) action.priority = n.word<Priority>();
    if (const Node n = node["condition"]; n.there() && !n.is_null()) action.condition = n.text();
    if (const Node n = node["supervise"]; n.there()) action.supervise = n.flag();
    // Kept for documents that write it out: the standard follows from matter, condition and priority.
    if (const Node n = node["standard"]; n.there() && !n.is_null()) n.fault("error.not_taken");
    return action;
}

Rule read_rule(const Node& node) {
    Rule rule;
    if (!node.object({"order", "id", "name", "name_en", "when", "then"})) return rule;
    rule.order = node["order"].whole(0, 1000000);
    rule.id = node["id"].text(1, 100);
    rule.name = node["name"].text();
    if (node["name_en"].there()) rule.name_en = node["name_en"].text(0);
    rule.when = codec::read_condition(node["when"]);
    rule.then = read_action(node["then"]);
    return rule;
}

// What is wrong with the rules as a whole, beside what could not be read: an order or id that was not read
// equals nobody's, and without all orders nobody knows which rule is the last.
void add_faults_of_all(Faults& faults, std::vector<Rule> rules) {
    const bool read = !faults.touch("/rules") || !rules.empty();
    bool ordered = true;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::string at = "/rules/" + std::to_string(i);
        const int nobody = -1 - static_cast<int>(i);
        if (faults.touch(at + "/order")) {
            rules[i].order = nobody;
            ordered = false;
        }
        if (faults.touch(at + "/id")) rules[i].id = std::to_string(nobody);
    }
    Error found{Errc::invalid, "error.invalid_input", {}, rule_faults(rules)};
    const bool readable = read && ordered;
    faults.add_beside(found);
    for (const FieldError& f : found.fields)
        if (f.pointer == "/rules" && readable) faults.add(f.pointer, f.key, f.args);
}

Json rule_json(const Rule& rule) {
    const Action& action = rule.then;
    Json then{{"owner", {{"role", to_string(action.owner)}, {"of", "grid"}}}};
    if (action.person) then["person"] = std::to_string(raw(*action.person));
    then["co_handlers"] = Json::array();
    for (const std::string& kind : action.co_handlers) then["co_handlers"].push_back({{"unit_kind", kind}});
    if (action.priority) then["priority"] = to_string(*action.priority);
    if (!action.condition.empty()) then["condition"] = action.condition;
    then["supervise"] = action.supervise;
    Json written{{"order", rule.order}, {"id", rule.id}, {"name", rule.name}, {"name_en", rule.name_en}};
    written["when"] = codec::condition_json(rule.when);
    written["then"] = std::move(then);
    return written;
}

}  // namespace

namespace {

RuleList rules_in(const Node& root, std::optional<int> version) {
    RuleList list;
    if (!root.object({"$schema", "version", "source", "rules"})) return list;
    list.version = codec::version_of(root, version);
    for (const Node& item : root["rules"].items(2000)) list.rules.push_back(read_rule(item));
    return list;
}

}  // namespace

std::vector<Rule> rules_as_far_as_read(std::string_view json) {
    const auto document = codec::parse_document(json);
    Faults faults;
    if (document.has_error()) return {};
    return rules_in({&*document, "", faults}, 1).rules;
}

Result<RuleList> read_rule_list(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    RuleList list = rules_in({&*document, "", faults}, version);
    if (!faults.any()) return list;
    add_faults_of_all(faults, std::move(list.rules));
    return faults.error();
}

Result<std::shared_ptr<const Rulebook>> read_rules(std::string_view json, std::optional<int> version) {
    auto list = read_rule_list(json, version);
    if (!list) return list.error();
    return Rulebook::build(list->version, std::move(list->rules));
}

std::string write_rules(const Rulebook& rules) {
    Json root{{"version", rules.version()}, {"rules", Json::array()}};
    for (const Rule& rule : rules.rules()) root["rules"].push_back(rule_json(rule));
    return root.dump(2);
}

}  // namespace mashang
