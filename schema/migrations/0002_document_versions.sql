-- Who brought a version of a document and why, and what administrators did, kept for good.
alter table documents add column author_id bigint not null default 0;
alter table documents add column author text not null default '';
alter table documents add column note text not null default '';

create table audit (
    district bigint not null,
    audit_id bigint not null,
    at bigint not null,
    person_id bigint not null,
    name text not null,
    what text not null,
    subject text not null,
    detail text not null,
    primary key (district, audit_id)
) /*clustered*/;

-- What a new year's calendar moves: `provisional` is the highest bit of flags.
create index cases_provisional on cases (district, case_id) where is_open = 1 and flags >= 16;
--sqlite insert into sqlite_stat1 (tbl, idx, stat) values ('cases', 'cases_provisional', '500 500 1');
