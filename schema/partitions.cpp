#include "schema/partitions.hpp"

#include <string>

#include "schema/session.hpp"

namespace mashang::schema {

// A case's id: milliseconds since 2020, shifted by 22 bits (lifecycle.md "Identifiers").
void make_months(Session& session, std::int64_t oldest_case) {
    std::string text = R"sql(
do $$
declare
    month timestamp;
    low bigint;
    high bigint;
begin
    perform pg_advisory_xact_lock(hashtext('mashang months'), hashtext(current_schema()));
    for month in
        select generate_series(
            least(date_trunc('month', now() at time zone 'UTC') - interval '1 month',
                  date_trunc('month', to_timestamp(((OLDEST >> 22) + 1577836800000) / 1000.0)
                                      at time zone 'UTC')),
            date_trunc('month', now() at time zone 'UTC') + interval '2 months', interval '1 month')
    loop
        low := ((extract(epoch from month) * 1000)::bigint - 1577836800000) << 22;
        high := ((extract(epoch from month + interval '1 month') * 1000)::bigint - 1577836800000) << 22;
        begin
            execute format('create table if not exists journal_%s partition of journal'
                           ' for values from (%s) to (%s)', to_char(month, 'YYYYMM'), low, high);
        exception when check_violation then
            null;
        end;
    end loop;
end $$)sql";
    const std::string_view hole = "OLDEST";
    text.replace(text.find(hole), hole.size(), std::to_string(oldest_case));
    session.execute(text);
}

}  // namespace mashang::schema
