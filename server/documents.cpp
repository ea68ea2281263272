#include "server/documents.hpp"

#include <algorithm>

#include "dispatch/references.hpp"
#include "schema/codec/documents.hpp"
#include "schema/codec/rule_findings.hpp"

namespace mashang::server {
namespace {

constexpr std::string_view in_the_text = "document";

void add(std::vector<Finding>& findings, DocumentKind document, std::vector<FieldError> found) {
    for (auto& what : found)
        findings.push_back({Severity::error, document, std::string(in_the_text), std::move(what), {}});
}

CheckedWorld world_of(const DecisionData& data, std::optional<Instant> now = std::nullopt) {
    return {&data.catalogues.now(), nullptr, data.territory.get(), data.roster.get(), nullptr, now};
}

bool names_nothing(FindingKind kind) {
    switch (kind) {
        case FindingKind::unknown_matter:
        case FindingKind::unknown_place_kind:
        case FindingKind::unknown_division:
        case FindingKind::unknown_unit_kind:
        case FindingKind::unknown_person:
        case FindingKind::unknown_condition:
            return true;
        case FindingKind::default_only:
        case FindingKind::shadowed:
        case FindingKind::unreachable:
        case FindingKind::conflicting:
        case FindingKind::nobody_on_chain:
        case FindingKind::owner_nobody:
        case FindingKind::owner_falls_back:
        case FindingKind::owner_away:
        case FindingKind::owner_lacks_skill:
        case FindingKind::co_handler_falls_away:
        case FindingKind::undecided:
            return false;
    }
    return false;
}

std::vector<Finding> rules_checked(const DecisionData& data, const std::string& text,
                                   schema::Language language, Instant now) {
    const Rulebook& rulebook = data.rulebooks.now();
    const auto found = check_rules(rulebook, world_of(data, now));
    auto said = told(found, rulebook, text, language);
    std::vector<Finding> findings;
    for (std::size_t i = 0; i < found.size(); ++i)
        findings.push_back({found[i].severity, DocumentKind::rules, std::string(to_string(found[i].kind)),
                            std::move(said[i]), found[i].witness});
    return findings;
}

// The rules of a text that is refused, in its order, as a book that can be looked at: with orders and ids of
// their own and a default, and without the conditions that nobody can judge.
std::shared_ptr<const Rulebook> book_of(std::vector<Rule> rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        rules[i].order = static_cast<int>(i);
        rules[i].id = std::to_string(i);
    }
    Rule last;
    last.order = static_cast<int>(rules.size());
    last.id = "default";
    rules.push_back(last);
    for (const FieldError& fault : rule_faults(rules)) {
        const auto at = fault.pointer.substr(std::min<std::size_t>(fault.pointer.size(), 7));
        if (at.empty() || at.find_first_not_of("0123456789") == 0) return nullptr;
        rules[std::stoul(at)].when = {};
        rules[std::stoul(at)].then = {};
    }
    auto built = Rulebook::build(1, std::move(rules));
    return built ? *built : nullptr;
}

std::vector<FieldError> unknown_in_rules(const std::string& body, const DecisionData& data,
                                         schema::Language language) {
    const auto book = book_of(rules_as_far_as_read(body));
    if (!book) return {};
    auto found = check_rules(*book, world_of(data));
    std::erase_if(
        found, [](const RuleFinding& f) { return f.severity != Severity::error || !names_nothing(f.kind); });
    return told(found, *book, "", language);
}

// One place is the other or lies within it.
bool related(std::string_view a, std::string_view b) {
    const auto within = [](std::string_view place, std::string_view top) {
        return place.starts_with(top) && (place.size() == top.size() || place[top.size()] == '/');
    };
    return within(a, b) || within(b, a);
}

int version_of(const Versions& v, DocumentKind kind) {
    switch (kind) {
        case DocumentKind::rules:
            return v.rulebook;
        case DocumentKind::standards:
            return v.standards;
        case DocumentKind::calendar:
            return v.calendar;
        case DocumentKind::shifts:
            return v.roster;
        case DocumentKind::catalogue:
            return v.catalogue;
        case DocumentKind::territory:
            return v.territory;
    }
    return 0;
}

bool names_what_is_not_there(const Finding& f) {
    return f.kind == in_the_text || f.kind.starts_with("unknown_");
}

}  // namespace

std::string_view stored_word(DocumentKind kind) {
    switch (kind) {
        case DocumentKind::rules:
            return "rules";
        case DocumentKind::standards:
            return "standards";
        case DocumentKind::calendar:
            return "calendar";
        case DocumentKind::shifts:
            return "shifts";
        case DocumentKind::catalogue:
            return "catalogue";
        case DocumentKind::territory:
            return "territory";
    }
    return "";
}

std::string_view resource(DocumentKind kind) {
    switch (kind) {
        case DocumentKind::rules:
            return "rulesets";
        case DocumentKind::standards:
            return "standards";
        case DocumentKind::calendar:
            return "calendars";
        case DocumentKind::shifts:
            return "shifts";
        case DocumentKind::catalogue:
            return "catalogue";
        case DocumentKind::territory:
            return "territories";
    }
    return "";
}

std::optional<DocumentKind> kind_of(std::string_view said) {
    for (const DocumentKind kind : document_kinds)
        if (resource(kind) == said) return kind;
    return std::nullopt;
}

bool refuses(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& f) { return f.severity == Severity::error; });
}

Candidate candidate(DocumentKind kind, int version, std::string body) {
    return {std::string(stored_word(kind)), version, std::move(body)};
}

std::vector<Finding> examine(const DecisionData& with_it, DocumentKind kind, const std::string& body,
                             schema::Language language, Instant now) {
    std::vector<Finding> findings;
    const bool standards = kind == DocumentKind::standards;
    if (standards || kind == DocumentKind::catalogue) {
        const auto list = standards ? standards_as_far_as_read(body) : with_it.standards.now().entries();
        add(findings, DocumentKind::standards, unknown_in_standards(list, with_it.catalogues.now()));
    }
    if (standards || kind == DocumentKind::calendar) return findings;
    const bool rules = kind == DocumentKind::rules;
    for (auto& f : rules_checked(with_it, rules ? body : "", language, now)) findings.push_back(std::move(f));
    return findings;
}

Error whole_refusal(Error unread, DocumentKind kind, const std::string& body, const DecisionData& in_force,
                    schema::Language language) {
    std::vector<FieldError> more;
    if (kind == DocumentKind::rules) more = unknown_in_rules(body, in_force, language);
    if (kind == DocumentKind::standards)
        more = unknown_in_standards(standards_as_far_as_read(body), in_force.catalogues.now());
    for (auto& what : more) {
        const bool told = std::any_of(unread.fields.begin(), unread.fields.end(),
                                      [&](const FieldError& f) { return related(f.pointer, what.pointer); });
        if (!told) unread.fields.push_back(std::move(what));
    }
    return unread;
}

std::optional<Error> refusal(const std::vector<Finding>& findings, DocumentKind kind) {
    Error error = make_error(Errc::invalid, "error.invalid_input");
    for (const auto& f : findings)
        if (f.severity == Severity::error && f.document == kind && names_what_is_not_there(f))
            error.fields.push_back(f.what);
    if (error.fields.empty()) return std::nullopt;
    return error;
}

schema::AuditRow document_audit(int district, const char* what, DocumentKind kind, int version,
                                const Author& by, std::string detail, Instant now) {
    schema::AuditRow audit;
    audit.district = district;
    audit.at = now;
    audit.person = by.id;
    audit.name = by.name;
    audit.what = what;
    audit.subject = std::string(resource(kind)) + "/" + std::to_string(version);
    audit.detail = std::move(detail);
    return audit;
}

schema::DocumentRow keep_draft(schema::Tx& tx, int district, const Candidate& draft, const Author& author,
                               const std::string& note, Instant now) {
    schema::DocumentRow row;
    row.district = district;
    row.kind = draft.kind;
    row.version = schema::next_document_version(tx, district, draft.kind);
    row.body = draft.body;
    row.created_at = now;
    row.author_id = author.id;
    row.author = author.name;
    row.note = note;
    schema::insert_document(tx, row);
    return row;
}

Result<Activated> activate(schema::Tx& tx, const Casebook& casebook, const DecisionData& was,
                           const DecisionData& is, const Activation& a, Instant now) {
    const std::string kind(stored_word(a.kind));
    const auto row = schema::document(tx, is.district, kind, a.version);
    const auto before = schema::active_document(tx, is.district, kind);
    if (!row || !before) return make_error(Errc::not_found, "error.not_found");
    if (a.seen && *a.seen != before->version)
        return make_error(Errc::conflict, "error.revision_document",
                          {{"revision", std::to_string(before->version)}});
    if (before->version == a.version) return Activated{before->version, {}};
    for (const DocumentKind other : document_kinds) {
        if (other == a.kind) continue;
        const auto active = schema::active_document(tx, is.district, std::string(stored_word(other)));
        if (!active || active->version != version_of(is.versions(), other))
            return make_error(Errc::conflict, "error.documents_changed");
    }
    // Of two in one millisecond, or after the clock stepped back, the later one must win.
    const Instant at = std::max(now, *before->activated_at + Millis{1});
    schema::activate_document(tx, is.district, kind, a.version, at);
    Activated done{before->version, {}};
    if (a.kind == DocumentKind::calendar) done.extended = casebook.extend_calendars(tx, was, is, now);
    schema::insert_audit(
        tx, document_audit(is.district, "document_activated", a.kind, a.version, a.by,
                           std::to_string(before->version) + " -> " + std::to_string(a.version), now));
    return done;
}

}  // namespace mashang::server
