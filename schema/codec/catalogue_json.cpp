// catalogue.json: the matter types that may be reported.
#include "dispatch/catalogue.hpp"
#include "schema/codec/document_reader.hpp"
#include "schema/codec/documents.hpp"

namespace mashang {
namespace {

using codec::Faults;
using codec::Json;
using codec::Node;

constexpr std::size_t source_bytes_max = 2000;

QuestionOption read_option(const Node& node) {
    if (!node.object({"id", "zh", "en"})) return {};
    return {node["id"].text(), node["zh"].text(), node["en"].text()};
}

Question read_question(const Node& node) {
    if (!node.object({"id", "zh", "en", "options"})) return {};
    Question q{node["id"].text(), node["zh"].text(), node["en"].text(), {}};
    if (node["options"].there()) {
        for (const Node& option : node["options"].items(30)) q.options.push_back(read_option(option));
    }
    return q;
}

FilingCondition read_condition(const Node& node) {
    if (!node.object({"id", "name", "name_en"})) return {};
    return {node["id"].text(), node["name"].text(),
            node["name_en"].there() ? node["name_en"].text(0) : std::string()};
}

char read_kind(const Node& node) {
    const std::string said = node.text(1, 1);
    return said.empty() ? 'S' : said[0];
}

bool read_evidence(const Node& node) {
    const std::string said = node.text();
    if (!said.empty() && said != "photo" && said != "none") {
        node.fault("error.unknown_word", {{"value", said}});
    }
    return said == "photo";
}

Matter read_matter(const Node& node) {
    Matter m;
    if (!node.object({"code", "kind", "class", "name", "name_en", "priority", "evidence", "verify",
                      "place_kinds", "keywords", "conditions", "questions", "source"})) {
        return m;
    }
    m.code = node["code"].text();
    m.kind = read_kind(node["kind"]);
    m.matter_class = node["class"].text();
    m.name = node["name"].text();
    m.name_en = node["name_en"].text();
    if (const Node n = node["priority"]; n.there()) m.priority = n.word<Priority>();
    if (const Node n = node["evidence"]; n.there()) m.evidence = read_evidence(n);
    if (const Node n = node["verify"]; n.there()) m.verify = n.flag();
    if (const Node n = node["place_kinds"]; n.there()) m.place_kinds = n.texts();
    if (const Node n = node["keywords"]; n.there()) m.keywords = n.texts();
    if (const Node n = node["conditions"]; n.there()) {
        for (const Node& item : n.items(50)) m.conditions.push_back(read_condition(item));
    }
    if (const Node n = node["questions"]; n.there()) {
        for (const Node& item : n.items(30)) m.questions.push_back(read_question(item));
    }
    if (const Node n = node["source"]; n.there()) m.source = n.text(0, source_bytes_max);
    return m;
}

Json matter_json(const Matter& m) {
    Json matter{{"code", m.code},
                {"kind", std::string(1, m.kind)},
                {"class", m.matter_class},
                {"name", m.name},
                {"name_en", m.name_en},
                {"priority", to_string(m.priority)},
                {"evidence", m.evidence ? "photo" : "none"},
                {"verify", m.verify},
                {"place_kinds", m.place_kinds},
                {"keywords", m.keywords},
                {"conditions", Json::array()},
                {"questions", Json::array()},
                {"source", m.source}};
    for (const FilingCondition& c : m.conditions) {
        matter["conditions"].push_back({{"id", c.id}, {"name", c.name}, {"name_en", c.name_en}});
    }
    for (const Question& q : m.questions) {
        Json question{{"id", q.id}, {"zh", q.zh}, {"en", q.en}, {"options", Json::array()}};
        for (const QuestionOption& o : q.options) {
            question["options"].push_back({{"id", o.id}, {"zh", o.zh}, {"en", o.en}});
        }
        matter["questions"].push_back(std::move(question));
    }
    return matter;
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> read_catalogue(std::string_view json, std::optional<int> version) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    Faults faults;
    const Node root{&*document, "", faults};
    std::vector<Matter> matters;
    int number = 1;
    if (root.object({"version", "source", "matters"})) {
        number = codec::version_of(root, version);
        for (const Node& item : root["matters"].items()) matters.push_back(read_matter(item));
    }
    auto built = Catalogue::build(number, std::move(matters));
    if (built.has_value() && !faults.any()) return built;
    if (built.has_error()) faults.add_beside(built.error());
    return faults.error();
}

std::string write_catalogue(const Catalogue& catalogue) {
    Json root{{"version", catalogue.version()}, {"matters", Json::array()}};
    for (const Matter& m : catalogue.matters()) root["matters"].push_back(matter_json(m));
    return root.dump(2);
}

}  // namespace mashang
