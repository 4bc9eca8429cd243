-- Projections, emptied: the states of subjects changed their form, and the program fills empty projections from the
-- records when it opens the database. The tables that are nothing but a key and a value lose their row ids, which cost a
-- second tree for each row.

drop table subjects;
drop table unique_names;
drop table batches;
drop table lineage;
drop table grants;

create table subjects (
    handle bytea not null primary key,
    kind text collate "C" not null,
    home bytea not null,              -- organisation that opened it
    head_seq bigint not null,
    head_hash bytea not null,
    head_recorded_at bigint not null, -- milliseconds since 1970 UTC
    first_log_index bigint not null,  -- order of lists
    state text collate "C" not null   -- the entity, JSON
) with (fillfactor = 60); -- room for the next state beside the last: no index changes then

create index subjects_home on subjects (home, kind, first_log_index);
create index subjects_kind on subjects (kind, first_log_index);

create table unique_names (
    scope text collate "C" not null,
    name text collate "C" not null,
    subject bytea not null,
    primary key (scope, name)
);

create table batches (
    home bytea not null,
    first_log_index bigint not null,
    handle bytea not null,
    product bytea not null,
    gtin text collate "C" not null,      -- 14 digits
    lot text collate "C" not null,
    stage text collate "C" not null,
    opened_on text collate "C" not null, -- civil date
    primary key (home, first_log_index)  -- the order in which they are listed; nobody looks one up by its handle here
);

create index batches_product on batches (product, first_log_index);
create index batches_lot on batches (lot);

create table lineage (
    child bytea not null,
    parent bytea not null,
    quantity bigint not null, -- taken from the parent, in the parent's unit
    primary key (child, parent)
);

create index lineage_parent on lineage (parent);

create table grants (
    subject bytea not null,
    organisation bytea not null,
    view text collate "C" not null, -- laboratory, receiver, licensee
    first_log_index bigint not null,
    primary key (subject, organisation)
);

create index grants_organisation on grants (organisation, view, first_log_index);
