#include "schema/codec/rule_findings.hpp"

#include "schema/codec/documents.hpp"
#include "schema/codec/facts_json.hpp"

namespace mashang {
namespace {

using codec::Json;
using schema::Language;
using schema::sentence;

constexpr std::size_t listed_max = 6;  // of rules, matters and grids in a sentence

class Teller {
  public:
    Teller(const Rulebook& rulebook, std::string_view document, Language language)
        : rulebook_(rulebook), language_(language) {
        const auto parsed = codec::parse_document(document.empty() ? write_rules(rulebook) : document);
        if (parsed.has_value()) document_ = *parsed;
        for (const Rule& rule : rulebook.rules()) pointers_.push_back("/rules" + place_of(rule.id));
    }

    // A place that is in the document: a single text stands for a list of one, "class" is said for "matter".
    std::string pointer(const RuleFinding& f, const std::string& path) const {
        if (f.rules.empty() || (f.kind == FindingKind::default_only && path.empty())) return "/rules";
        std::string at = pointers_[f.rules.front()];
        for (std::string_view rest = path; !rest.empty();) {
            rest.remove_prefix(1);
            const std::string_view step = rest.substr(0, rest.find('/'));
            rest.remove_prefix(step.size());
            std::string next = at + '/' + std::string(step);
            if (step == "matter" && !there(next)) next = at + "/class";
            if (!there(next)) break;
            at = std::move(next);
        }
        return at;
    }

    FieldError tell(const RuleFinding& f) const {
        schema::TextArgs args;
        if (!f.rules.empty()) {
            args.emplace_back("rule", name(f.rules.front()));
            args.emplace_back("rules", list(f.rules, [this](std::size_t i) { return name(i); }));
        }
        if (!f.others.empty()) {
            args.emplace_back("others", list(f.others, [this](std::size_t i) { return name(i); }));
        }
        if (!f.leaves.empty()) {
            args.emplace_back("leaves", list(f.leaves, [this](const RuleLeaf& leaf) { return words(leaf); }));
        }
        if (!f.matters.empty()) {
            args.emplace_back("count", std::to_string(f.matters.size()));
            args.emplace_back("matters", list(f.matters, [this](const std::string& code) {
                                  return code.empty() ? sentence(language_, "finding.no_matter") : code;
                              }));
        }
        if (!f.grids.empty()) {
            args.emplace_back("count", std::to_string(f.grids.size()));
            args.emplace_back("grids", list(f.grids, [](const std::string& code) { return code; }));
        }
        if (!f.value.empty()) args.emplace_back("value", shown_value(f));
        if (!f.nearest.empty()) args.emplace_back("nearest", f.nearest);
        std::string key = "finding." + std::string(to_string(f.kind));
        if (!f.nearest.empty()) key += "_nearest";
        return {pointer(f, f.path), std::move(key), std::move(args)};
    }

    Json json(const RuleFinding& f) const {
        const FieldError said = tell(f);
        Json j{{"kind", to_string(f.kind)},    {"severity", to_string(f.severity)},
               {"pointer", said.pointer},      {"text", sentence(language_, said.key, said.args)},
               {"rules", rules_json(f.rules)}, {"others", rules_json(f.others)}};
        if (!f.value.empty()) j["value"] = f.value;
        if (!f.nearest.empty()) j["nearest"] = f.nearest;
        for (const RuleLeaf& leaf : f.leaves) {
            j["leaves"].push_back(Json{{"pointer", pointer(f, leaf.path)},
                                       {"leaf", leaf.leaf},
                                       {"expected", leaf.expected},
                                       {"negated", leaf.negated}});
        }
        if (!f.matters.empty()) j["matters"] = f.matters;
        if (!f.grids.empty()) j["grids"] = f.grids;
        if (f.witness) j["witness"] = codec::facts_json(*f.witness);
        return j;
    }

  private:
    bool there(const std::string& pointer) const { return document_.contains(Json::json_pointer(pointer)); }

    // "/3" of the rule in the document's own order.
    std::string place_of(const std::string& id) const {
        const auto rules = document_.find("rules");
        if (rules == document_.end() || !rules->is_array()) return "";
        for (std::size_t i = 0; i < rules->size(); ++i) {
            const Json& rule = (*rules)[i];
            if (rule.is_object() && rule.contains("id") && rule["id"] == id) return "/" + std::to_string(i);
        }
        return "";
    }

    std::string name(std::size_t rule) const {
        const Rule& r = rulebook_.rules()[rule];
        const bool english = language_ == Language::en && !r.name_en.empty();
        return sentence(language_, "finding.rule", {{"id", r.id}, {"name", english ? r.name_en : r.name}});
    }

    std::string words(const RuleLeaf& leaf) const {
        if (leaf.leaf == "always") return sentence(language_, "finding.not_always");
        return sentence(language_, leaf.negated ? "finding.leaf_not" : "finding.leaf",
                        {{"leaf", sentence(language_, "leaf." + leaf.leaf)}, {"expected", leaf.expected}});
    }

    // Roles have words of their own.
    std::string shown_value(const RuleFinding& f) const {
        const bool role = f.kind == FindingKind::owner_nobody || f.kind == FindingKind::owner_falls_back ||
                          f.kind == FindingKind::owner_away || f.kind == FindingKind::owner_lacks_skill;
        return role ? sentence(language_, "role." + f.value) : f.value;
    }

    template <class List, class Word>
    std::string list(const List& of, Word word) const {
        std::string text;
        const std::string comma = sentence(language_, "finding.and");
        for (std::size_t i = 0; i < of.size() && i < listed_max; ++i) {
            if (i > 0) text += comma;
            text += word(of[i]);
        }
        if (of.size() <= listed_max) return text;
        return sentence(language_, "finding.and_more",
                        {{"list", text}, {"more", std::to_string(of.size() - listed_max)}});
    }

    Json rules_json(const std::vector<std::size_t>& rules) const {
        Json list = Json::array();
        for (const std::size_t i : rules) {
            const Rule& r = rulebook_.rules()[i];
            const bool english = language_ == Language::en && !r.name_en.empty();
            list.push_back(Json{{"order", r.order}, {"id", r.id}, {"name", english ? r.name_en : r.name}});
        }
        return list;
    }

    const Rulebook& rulebook_;
    Language language_;
    Json document_;
    std::vector<std::string> pointers_;
};

}  // namespace

std::vector<FieldError> told(const std::vector<RuleFinding>& findings, const Rulebook& rulebook,
                             std::string_view document, Language language) {
    const Teller teller(rulebook, document, language);
    std::vector<FieldError> list;
    for (const RuleFinding& f : findings) list.push_back(teller.tell(f));
    return list;
}

std::string findings_json(const std::vector<RuleFinding>& findings, const Rulebook& rulebook,
                          std::string_view document, Language language) {
    const Teller teller(rulebook, document, language);
    Json list = Json::array();
    for (const RuleFinding& f : findings) list.push_back(teller.json(f));
    return list.dump(2);
}

std::string faults_json(const std::vector<FieldError>& faults, Language language) {
    Json list = Json::array();
    for (const FieldError& f : faults) {
        list.push_back(Json{{"kind", "document"},
                            {"severity", to_string(Severity::error)},
                            {"pointer", f.pointer},
                            {"text", sentence(language, f.key, f.args)}});
    }
    return list.dump(2);
}

}  // namespace mashang
