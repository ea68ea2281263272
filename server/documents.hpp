// Versions of the documents that decisions are made from: drafted, checked, put in force (T32).
//
// One way for the API and the shell. A draft is taken whole or refused with every finding; putting a version
// in force is one transaction, after which the caller swaps the snapshot; until then, and whenever something
// is refused, the version before stays in force. Cases keep the versions they were dispatched under (T17).
// What reads or writes runs inside a store's job; the checks are pure and may take seconds: never on an io
// thread.
#pragma once

#include <array>

#include "dispatch/rule_check.hpp"
#include "schema/texts.hpp"
#include "server/casebook.hpp"

namespace mashang::server {

enum class DocumentKind { rules, standards, calendar, shifts, catalogue, territory };
inline constexpr std::array document_kinds{DocumentKind::rules,     DocumentKind::standards,
                                           DocumentKind::calendar,  DocumentKind::shifts,
                                           DocumentKind::catalogue, DocumentKind::territory};
std::string_view stored_word(DocumentKind kind);  // "rules": the column `kind`
std::string_view resource(DocumentKind kind);     // "rulesets": in paths, findings and the audit
std::optional<DocumentKind> kind_of(std::string_view resource);

struct Finding {
    Severity severity = Severity::error;
    DocumentKind document = DocumentKind::rules;  // where the pointer points: the draft or another in force
    std::string kind;                             // as the checker calls it; "document" of the text itself
    FieldError what;                              // arguments in the reader's language
    std::optional<Facts> witness;                 // a report that shows it
};
bool refuses(const std::vector<Finding>& findings);  // one of them is an error

// A draft that was read, with the world as it would be under it.
struct Examined {
    std::shared_ptr<const DecisionData> data;
    std::vector<Finding> findings;
};
Candidate candidate(DocumentKind kind, int version, std::string body);
// What is wrong with a draft that reads well, and with the rules as they would judge under it (T39): what is
// named and not there, what never matches, where nobody stands.
std::vector<Finding> examine(const DecisionData& with_it, DocumentKind kind, const std::string& body,
                             schema::Language language, Instant now);
// The refusal of a draft that does not read, completed by what it names that is not there.
Error whole_refusal(Error unread, DocumentKind kind, const std::string& body, const DecisionData& in_force,
                    schema::Language language);
// What the draft itself names that is not there, as a refusal; none where there is nothing. Other errors
// keep it from being put in force, not from being kept.
std::optional<Error> refusal(const std::vector<Finding>& findings, DocumentKind kind);

struct Author {
    PersonId id{};  // 0: from a shell
    std::string name;
};
// What was done with a version of a document, for the record; insert_audit keeps it.
schema::AuditRow document_audit(int district, const char* what, DocumentKind kind, int version,
                                const Author& by, std::string detail, Instant now);
// Numbers it and keeps it as a draft.
schema::DocumentRow keep_draft(schema::Tx& tx, int district, const Candidate& draft, const Author& author,
                               const std::string& note, Instant now);

struct Activation {
    DocumentKind kind = DocumentKind::rules;
    int version = 0;
    std::optional<int> seen;  // the version in force as the asker saw it
    Author by;
};
struct Activated {
    int before = 0;  // what was in force
    Extended extended;
};
// `is` was loaded with the version as candidate, `was` without. Errors: not_found; conflict "error.revision"
// with the version in force when another is in force than `seen`, "error.documents_changed" when any document
// changed since `is` was loaded. A version that is in force already changes nothing.
Result<Activated> activate(schema::Tx& tx, const Casebook& casebook, const DecisionData& was,
                           const DecisionData& is, const Activation& activation, Instant now);

}  // namespace mashang::server
