// What the checker of rule sets found (dispatch/rule_check.hpp), told to people and programs.
//
// Each finding gets its place in the document that was checked and a sentence of schema/texts
// ("finding.shadowed"), its arguments in the reader's language. `document` is the text that the rulebook was
// read from; "" stands for write_rules of it. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dispatch/rule_check.hpp"
#include "schema/texts.hpp"

namespace mashang {

// One a finding, in their order.
std::vector<FieldError> told(const std::vector<RuleFinding>& findings, const Rulebook& rulebook,
                             std::string_view document, schema::Language language);

// A list of {kind, severity, pointer, text, rules: [{order, id, name}], others: [the same], value?, nearest?,
// leaves?: [{pointer, leaf, expected, negated}], matters?, grids?, witness?: facts}; what a kind does not
// speak of is left out. For the kinds see FindingKind; for facts, facts_json.hpp.
std::string findings_json(const std::vector<RuleFinding>& findings, const Rulebook& rulebook,
                          std::string_view document, schema::Language language);

// The same list for a document that was refused: {kind: "document", severity: "error", pointer, text}.
std::string faults_json(const std::vector<FieldError>& faults, schema::Language language);

}  // namespace mashang
