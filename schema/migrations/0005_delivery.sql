-- What people wish of their messages: quiet hours in minutes of the day, and how many an hour (0: as usual).
alter table accounts add column quiet_from bigint not null default 0;
alter table accounts add column quiet_to bigint not null default 0;
alter table accounts add column messages_an_hour bigint not null default 0;

-- How many come to a person alone in an hour, and what is bundled for an instant.
create index outbox_given on outbox (district, recipient_id, channel, at);
--sqlite insert into sqlite_stat1 (tbl, idx, stat) values ('outbox', 'outbox_given', '1000000 1000000 1000 500 2');
-- What is held for a person of one case.
create index outbox_held on outbox (district, recipient_id, case_id) where seen_at is null;
--sqlite insert into sqlite_stat1 (tbl, idx, stat) values ('outbox', 'outbox_held', '5000 5000 50 2');
