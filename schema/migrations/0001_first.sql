-- The first tables. One text for SQLite and PostgreSQL: bigint, text and double precision only, instants as
-- UTC milliseconds, words for states, binary values as base64url text. Every primary key begins with the
-- district, so that rows can be spread by it. The marker /*clustered*/ after a table lets the migrator store
-- it in the order of its key on SQLite; the journal is left out, because its rows are too long for that.

-- A case as projected from its journal: searched columns first, the folded case last, so that a scan
-- does not read it. case_id begins with the millisecond of acceptance: ranges of time are ranges of it.
create table cases (
    district bigint not null,
    case_id bigint not null,
    day bigint not null,
    serial bigint not null,
    is_open bigint not null,
    status text not null,
    flags bigint not null,
    priority text not null,
    code_id bigint not null,
    grid_code text not null,
    matter text not null,
    owner_id bigint not null,
    revision bigint not null,
    reports bigint not null,
    accepted_at bigint not null,
    dispatched_at bigint not null,
    signed_off_at bigint,
    responded_at bigint,
    submitted_at bigint,
    closed_at bigint,
    next_due bigint,
    next_timer bigint,
    late bigint not null,
    redos bigint not null,
    score bigint not null,
    state text not null,
    primary key (district, case_id)
) /*clustered*/;

-- The number that people read out; also forbids giving one out twice.
create unique index cases_number on cases (district, day, serial);
-- A worker's list, most urgent first.
create index cases_owner on cases (district, owner_id, next_due) where is_open = 1;
-- Continuity at dispatch, and what is already reported when a code is scanned.
create index cases_code on cases (district, code_id) where is_open = 1;
-- The timers: the earliest one, and what has fallen due, oldest first.
create index cases_timer on cases (district, next_timer) where next_timer is not null;
-- The lists and the map of a street, a community or a grid; and everything that is open.
create index cases_grid on cases (district, grid_code) where is_open = 1;
-- Cases that a desk holds: drained whenever somebody becomes free.
create index cases_waiting on cases (district, case_id) where status = 'waiting';

-- Co-handlers only (the owner is a column of the case): what a unit may see.
create table case_parties (
    district bigint not null,
    person_id bigint not null,
    case_id bigint not null,
    primary key (district, person_id, case_id)
) /*clustered*/;
-- A case's co-handlers are replaced together.
create index case_parties_case on case_parties (district, case_id);

-- What one person sent: text, sealed name and phone, and the key of the request that brought it.
create table reports (
    district bigint not null,
    case_id bigint not null,
    report_id bigint not null,
    seq bigint not null,
    accepted_at bigint not null,
    kind text not null,
    anonymous bigint not null,
    text text not null,
    salt text not null,
    text_number bigint not null,
    person text not null,
    extra text not null,
    idem_scope text,
    idem_key text,
    body_hash text not null,
    primary key (district, case_id, report_id)
) /*clustered*/;
-- The same key twice makes one case.
create unique index reports_key on reports (district, idem_scope, idem_key) where idem_key is not null;

-- Append-only. payload is hashed as written.
create table journal (
    district bigint not null,
    case_id bigint not null,
    seq bigint not null,
    type text not null,
    version bigint not null,
    at bigint not null,
    actor text not null,
    payload text not null,
    prev_hash text not null,
    hash text not null,
    primary key (district, case_id, seq)
);
-- The sealer's minute.
create index journal_at on journal (district, at);

-- Roots over the heads of the chains that changed, each chained to the one before.
create table seals (
    district bigint not null,
    at bigint not null,
    root text not null,
    prev_root text not null,
    heads bigint not null,
    primary key (district, at)
) /*clustered*/;

-- What was said besides the reports: reasons, results, notes. Events name it by number and salted hash.
create table texts (
    district bigint not null,
    case_id bigint not null,
    number bigint not null,
    salt text not null,
    body text not null,
    primary key (district, case_id, number)
) /*clustered*/;

-- Keys of commands; reports carry theirs themselves.
create table idempotency (
    district bigint not null,
    scope text not null,
    key text not null,
    body_hash text not null,
    case_id bigint not null,
    seq bigint not null,
    at bigint not null,
    primary key (district, scope, key)
) /*clustered*/;

create table outbox (
    district bigint not null,
    recipient_id bigint not null,
    outbox_id bigint not null,
    at bigint not null,
    channel text not null,
    case_id bigint not null,
    seq bigint not null,
    what text not null,
    args text not null,
    seen_at bigint,
    primary key (district, recipient_id, outbox_id)
) /*clustered*/;
-- How many wait, counted without the ones that were seen long ago.
create index outbox_unseen on outbox (district, outbox_id) where seen_at is null;

create table codes (
    district bigint not null,
    code_id bigint not null,
    key_version bigint not null,
    state text not null,
    kind text not null,
    name text not null,
    address text not null,
    grid_code text not null,
    serial text not null,
    lat double precision not null,
    lon double precision not null,
    issued_at bigint not null,
    revoked_at bigint,
    reason text not null,
    primary key (district, code_id)
) /*clustered*/;

create table accounts (
    district bigint not null,
    person_id bigint not null,
    login text not null,
    password_hash text not null,
    name text not null,
    role text not null,
    unit text not null,
    unit_kind text not null,
    shift text not null,
    desk bigint not null,
    active bigint not null,
    capacity bigint not null,
    scope text not null,
    backup text not null,
    skills text not null,
    leave text not null,
    primary key (district, person_id)
) /*clustered*/;
-- Logging in; one login, one account. Desks have none.
create unique index accounts_login on accounts (district, login) where login <> '';

create table sessions (
    district bigint not null,
    token_hash text not null,
    person_id bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (district, token_hash)
) /*clustered*/;

create table media (
    district bigint not null,
    media_id text not null,
    content text not null,
    width bigint not null,
    height bigint not null,
    bytes bigint not null,
    created_at bigint not null,
    uploader text not null,
    claimed_by bigint,
    primary key (district, media_id)
) /*clustered*/;
-- What goes after 24 hours.
create index media_unclaimed on media (district, created_at) where claimed_by is null;
-- Whether a stored file is still somebody's.
create index media_content on media (district, content);

create table documents (
    district bigint not null,
    kind text not null,
    version bigint not null,
    body text not null,
    created_at bigint not null,
    activated_at bigint,
    primary key (district, kind, version)
) /*clustered*/;

create table notices (
    district bigint not null,
    notice_id bigint not null,
    prefix text not null,
    title_zh text not null,
    title_en text not null,
    text_zh text not null,
    text_en text not null,
    at bigint not null,
    primary key (district, notice_id)
) /*clustered*/;

-- Open cases per person, kept beside the cases so that a dispatch reads one row a candidate.
create table workload (
    district bigint not null,
    person_id bigint not null,
    open bigint not null,
    weighted bigint not null,
    last_assigned bigint not null,
    primary key (district, person_id)
) /*clustered*/;

-- Blocks of a day's serial numbers leased to nodes, and the counters of other tables' ids.
create table counters (
    district bigint not null,
    name text not null,
    next_value bigint not null,
    primary key (district, name)
) /*clustered*/;

create table meta (
    district bigint not null,
    key text not null,
    value text not null,
    primary key (district, key)
) /*clustered*/;

-- SQLite plans by statistics, and without any it walks a whole district rather than open an index whose first
-- column is the district. These say what every installation looks like: one district, long history, few open
-- cases. They are never recomputed, so that a plan does not change overnight.
--sqlite analyze;
--sqlite delete from sqlite_stat1;
--sqlite insert into sqlite_stat1 (tbl, idx, stat) values
--sqlite     ('cases', 'cases', '1000000 1000000 1'),
--sqlite     ('cases', 'cases_number', '1000000 1000000 3000 1'),
--sqlite     ('cases', 'cases_owner', '20000 20000 50 2'),
--sqlite     ('cases', 'cases_code', '20000 20000 2'),
--sqlite     ('cases', 'cases_timer', '20000 20000 1'),
--sqlite     ('cases', 'cases_grid', '20000 20000 20'),
--sqlite     ('cases', 'cases_waiting', '100 100 1'),
--sqlite     ('case_parties', 'case_parties', '100000 100000 1000 1'),
--sqlite     ('case_parties', 'case_parties_case', '100000 100000 2'),
--sqlite     ('reports', 'reports', '1000000 1000000 1 1'),
--sqlite     ('reports', 'reports_key', '50000 50000 10 1'),
--sqlite     ('journal', 'sqlite_autoindex_journal_1', '8000000 8000000 8 1'),
--sqlite     ('journal', 'journal_at', '8000000 8000000 1'),
--sqlite     ('texts', 'texts', '2000000 2000000 3 1'),
--sqlite     ('outbox', 'outbox', '1000000 1000000 1000 1'),
--sqlite     ('outbox', 'outbox_unseen', '5000 5000 1'),
--sqlite     ('media', 'media', '500000 500000 1'),
--sqlite     ('media', 'media_unclaimed', '200 200 1'),
--sqlite     ('media', 'media_content', '500000 500000 1'),
--sqlite     ('accounts', 'accounts', '1000 1000 1'),
--sqlite     ('accounts', 'accounts_login', '1000 1000 1');
