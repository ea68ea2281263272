// The `where` of a case list: text and values made together from a CaseFilter.
//
// Private to schema/queries. Prefixes become ranges (grid_code >= p and grid_code < p+1), so that an index
// can serve them; instants become ranges of case_id. Lists are walked by keyset: a cursor names the last row.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "schema/rows.hpp"
#include "schema/session.hpp"

namespace mashang::schema {

// The least id that a case accepted at this instant can have (lifecycle.md "Identifiers").
CaseId first_id_at(Instant at);

// The first string after all that begin with the prefix; "" when there is none ("" begins everything).
std::string after_prefix(std::string prefix);

// Whether the filter itself lets only open cases pass.
bool only_open(const CaseFilter& filter);

struct CaseWhere {
    std::string text;
    using Value = std::variant<std::int64_t, double, std::string>;
    std::vector<std::pair<std::string, Value>> values;

    enum class Among { all, open, closed };
    CaseWhere(int district, const CaseFilter& filter, Among among = Among::all);
    // False when the cursor is not one of ours for this order.
    bool start_after(const CaseFilter& filter);
    void bind(Query& query) const;

  private:
    std::string name(Value value);  // ":v3"
    void in_prefix(const std::string& column, const std::string& prefix);
    void in_scope(const CaseFilter& filter);
    void in_statuses(const CaseFilter& filter);
    void is_near(const Vicinity& near);
    void matches(std::string_view q, int district);
    void is_party(PersonId who);

    const int district_;
    const bool open_;
};

std::string cursor_after(const CaseFilter& filter, const CaseRow& last);

// The due of a case without one, in the order of lists.
inline constexpr std::int64_t no_due = 9223372036854775807;

}  // namespace mashang::schema
