#include "schema/codec/facts_json.hpp"

#include "schema/codec/documents.hpp"

namespace mashang {
namespace codec {

Json facts_json(const Facts& f) {
    return Json{{"matter", f.matter},
                {"place_kind", f.place_kind},
                {"grid_code", f.grid_code},
                {"reporter_kind", to_string(f.reporter)},
                {"priority", to_string(f.priority)},
                {"local_minute", f.local_minute},
                {"weekday", f.weekday},
                {"working_time", f.working_time},
                {"words", f.words},
                {"joined_reports", f.joined_reports},
                {"distance_m", f.distance_m ? Json(*f.distance_m) : Json(nullptr)}};
}

Facts read_facts(const Node& node) {
    constexpr int many = 1000000;
    Facts f;
    if (!node.object({"matter", "place_kind", "grid_code", "reporter_kind", "priority", "local_minute",
                      "weekday", "working_time", "words", "joined_reports", "distance_m"})) {
        return f;
    }
    if (const Node n = node["matter"]; n.there()) f.matter = n.text(0);
    if (const Node n = node["place_kind"]; n.there()) f.place_kind = n.text(0);
    if (const Node n = node["grid_code"]; n.there()) f.grid_code = n.text(0);
    if (const Node n = node["reporter_kind"]; n.there()) f.reporter = n.word<ReporterKind>();
    if (const Node n = node["priority"]; n.there()) f.priority = n.word<Priority>();
    if (const Node n = node["local_minute"]; n.there()) f.local_minute = n.whole(0, minutes_a_day - 1);
    if (const Node n = node["weekday"]; n.there()) f.weekday = n.whole(0, 6);
    if (const Node n = node["working_time"]; n.there()) f.working_time = n.flag();
    if (const Node n = node["words"]; n.there()) f.words = n.texts();
    if (const Node n = node["joined_reports"]; n.there()) f.joined_reports = n.whole(0, many);
    if (const Node n = node["distance_m"]; n.there() && !n.is_null()) f.distance_m = n.whole(0, many);
    return f;
}

}  // namespace codec

Result<Facts> read_facts(std::string_view json) {
    const auto document = codec::parse_document(json);
    if (document.has_error()) return document.error();
    codec::Faults faults;
    Facts facts = codec::read_facts({&*document, "", faults});
    if (faults.any()) return faults.error();
    return facts;
}

std::string write_facts(const Facts& facts) {
    return codec::facts_json(facts).dump();
}

}  // namespace mashang
