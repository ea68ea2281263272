#include "server/audit.hpp"

#include <functional>

#include "schema/chain.hpp"
#include "schema/codec/case_columns.hpp"
#include "server/casebook.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t page_cases = 1000;

struct Page {
    Audited found;
    CaseId last{};
};

using Good = std::function<bool(schema::Tx&, int district, CaseId)>;

// In pages, so that no snapshot is held so long that a server's write-ahead log cannot shrink.
Result<Audited> each_case(schema::Store& store, const Good& good) {
    Audited all;
    CaseId after{};
    while (true) {
        const auto page = read_now<Page>(store, [&](schema::Tx& tx) -> Result<Page> {
            const auto district = schema::first_district(tx);
            if (!district) return make_error(Errc::unavailable, "error.no_district");
            Page read;
            for (const auto id : schema::case_ids_after(tx, *district, after, page_cases)) {
                ++read.found.cases;
                read.found.differ += good(tx, *district, id) ? 0 : 1;
                read.last = id;
            }
            return read;
        });
        if (!page) return page.error();
        if (page->found.cases == 0) return all;
        all.cases += page->found.cases;
        all.differ += page->found.differ;
        after = page->last;
    }
}

}  // namespace

Result<Audited> replay_cases(schema::Store& store) {
    std::string digest;
    auto audited = each_case(store, [&digest](schema::Tx& tx, int district, CaseId id) {
        const auto row = schema::case_by_id(tx, district, id);
        const auto c = replayed(tx, district, id);
        if (!row || !c) return false;
        // When the next threshold passes is known to the documents, not to the journal.
        auto folded = schema::case_columns(*c, row->next_timer);
        if (!row->counts) {  // of a time before they were kept: nobody reads the other two without them
            folded.counts = row->counts;
            folded.late_at = row->late_at;
            folded.counts_until = row->counts_until;
        }
        digest = schema::text_hash(digest, folded.state);
        return folded == *row;
    });
    if (audited) audited->digest = digest;
    return audited;
}

Result<Audited> verify_chains(schema::Store& store) {
    return each_case(store, [](schema::Tx& tx, int district, CaseId id) {
        return schema::verify_chain(tx, district, id).has_value();
    });
}

}  // namespace mashang::server
