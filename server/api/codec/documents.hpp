// Document versions over the API: what clients send about them, and what they are told.
//
// Pure; any thread. A document goes through as its own text: what dispatch does not keep (sources, names of
// holidays) stays as it was written.
#pragma once

#include "server/api/codec/encode.hpp"
#include "server/documents.hpp"

namespace mashang::server {

inline constexpr std::size_t document_note_chars_max = 500;

// The document itself, or {document, note?}; for checking, {version} too. Errors: invalid as parse_document
// answers it.
struct DraftBody {
    std::string document;  // "" where a version is named
    std::string note;
    std::optional<int> version;
    std::string base;  // where the document stands in the body: "" or "/document"
};
Result<DraftBody> decode_draft(std::string_view body);

// {revision?, dry_run?}
struct ActivationBody {
    std::optional<int> seen;
    bool dry_run = false;
};
Result<ActivationBody> decode_activation(std::string_view body);

// {from, to, draft | version, samples?}: a document to try, or a version that is kept. The instants are read
// by whoever knows the calendar. Errors: as of a draft, at "/draft"; invalid at the place of what is missing.
inline constexpr std::size_t simulation_samples_max = 100;
struct SimulationBody {
    std::string from, to;
    std::string document;  // "" where a version is named
    std::optional<int> version;
    std::size_t samples = 20;
};
Result<SimulationBody> decode_simulation(std::string_view body);

// Draft, active or retired: told by the version that is in force.
std::string encode_versions(const std::vector<schema::DocumentRow>& rows, int active, const std::string& next,
                            const View& view);
// With the document, or with findings, where given.
std::string encode_version(const schema::DocumentRow& row, int active, bool whole,
                           const std::vector<Finding>* findings, const View& view);
std::string encode_findings(const std::vector<Finding>& findings, const View& view);

struct ActivationShown {
    int version = 0, before = 0;
    bool dry_run = false;
    const std::vector<Finding>& findings;
    const std::vector<CaseMoves>& moves;
};
std::string encode_activation(const ActivationShown& shown, const View& view);

// {preview?}: without it, only shown.
Result<bool> decode_case_move(std::string_view body);
// The due instants of the first cases, and how many there are in all.
inline constexpr std::size_t case_moves_shown_max = 5000;
std::string encode_case_moves(int version, bool preview, const std::vector<CaseMoves>& cases,
                              const View& view);

std::string encode_audit(const std::vector<schema::AuditRow>& rows, const std::string& next,
                         const View& view);

}  // namespace mashang::server
