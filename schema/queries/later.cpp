#include "schema/queries/later.hpp"

#include "schema/postgres.hpp"

namespace mashang::schema {
std::string write_together(Tx& tx, const LaterRows& rows) {
    const std::pair<std::string_view, Together> parts[] = {{"loads", together(rows.load_changes)},
                                                           {"cases_", together(rows.cases)},
                                                           {"reports_", together(rows.reports)},
                                                           {"events", together(rows.journal)}};
    const auto notes = RowArrays::of<std::string>(
        rows.notes, [](auto& visitor, const std::string& payload) { visitor("payload", payload); });
    static const std::string text = [&] {
        std::string all;
        for (const auto& [name, part] : parts) {
            all.append(all.empty() ? "with " : ", ").append("new_").append(name).append(" as (");
            all.append(insert_from(part.insert, part.rows, name)).append(")");
        }
        return all + " select cast(pg_current_xact_id() as text), (select max(cast(pg_notify(" +
               std::string(postgres::note_channel) + ", notes.payload) as text)) from " +
               notes.source("notes") + ")";
    }();
    Query query(tx, text, Query::Unsent::stays);
    for (const auto& [name, part] : parts) part.rows.bind(query, name);
    notes.bind(query, "notes");
    const auto told = query.one<std::tuple<std::string, std::optional<std::string>>>();
    return told ? std::get<0>(*told) : std::string();
}

}  // namespace mashang::schema
