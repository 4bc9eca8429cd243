-- Projections, emptied: the states of subjects changed their form, and the program fills empty projections from the
-- records when it opens the database. The tables that are nothing but a key and a value lose their row ids, which cost a
-- second tree for each row.

drop table subjects;
drop table unique_names;
drop table batches;
drop table lineage;
drop table grants;

create table subjects (
    handle blob not null primary key,
    kind text not null,
    home blob not null,               -- organisation that opened it
    head_seq bigint not null,
    head_hash blob not null,
    head_recorded_at bigint not null, -- milliseconds since 1970 UTC
    first_log_index bigint not null,  -- order of lists
    state text not null               -- the entity, JSON
);

create index subjects_home on subjects (home, kind, first_log_index);
create index subjects_kind on subjects (kind, first_log_index);

create table unique_names (
    scope text not null,
    name text not null,
    subject blob not null,
    primary key (scope, name)
) without rowid;

create table batches (
    home blob not null,
    first_log_index bigint not null,
    handle blob not null,
    product blob not null,
    gtin text not null,                 -- 14 digits
    lot text not null,
    stage text not null,
    opened_on text not null,            -- civil date
    primary key (home, first_log_index) -- the order in which they are listed; nobody looks one up by its handle here
) without rowid;

create index batches_product on batches (product, first_log_index);
create index batches_lot on batches (lot);

create table lineage (
    child blob not null,
    parent blob not null,
    quantity bigint not null, -- taken from the parent, in the parent's unit
    primary key (child, parent)
) without rowid;

create index lineage_parent on lineage (parent);

create table grants (
    subject blob not null,
    organisation blob not null,
    view text not null, -- laboratory, receiver, licensee
    first_log_index bigint not null,
    primary key (subject, organisation)
) without rowid;

create index grants_organisation on grants (organisation, view, first_log_index);
