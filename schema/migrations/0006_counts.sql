-- What measures count of a case, beside its folded text: today's figures of a district with millions of cases
-- read these and decode nothing (dispatch/counted.hpp). `counts` are small numbers packed, right until
-- `counts_until`; null in rows of a time before, which are decoded as they always were.
alter table cases add column counts bigint;
alter table cases add column late_at bigint;
alter table cases add column counts_until bigint;

-- How the open cases of a place stand, and the most urgent of them, are answered from this index alone;
-- is_open stands in it only because SQLite else looks it up in the row.
drop index cases_grid;
create index cases_grid on cases (district, grid_code, matter, status, next_due, case_id, is_open)
    where is_open = 1;
--sqlite delete from sqlite_stat1 where idx = 'cases_grid';
--sqlite insert into sqlite_stat1 (tbl, idx, stat) values ('cases', 'cases_grid', '20000 20000 20 4 2 2 1 1');
