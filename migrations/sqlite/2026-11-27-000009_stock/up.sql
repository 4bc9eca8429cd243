-- Projections, emptied: batches know where they are stored and whether something is left.

delete from subjects;
delete from unique_names;
delete from lineage;
delete from grants;
drop table batches;

create table batches (
    home blob not null,
    first_log_index bigint not null,
    handle blob not null,
    product blob not null,
    gtin text not null,                 -- 14 digits
    lot text not null,
    stage text not null,
    opened_on text not null,            -- civil date
    stocked bigint,                     -- first_log_index, while something is left
    primary key (home, first_log_index) -- the order in which they are listed; nobody looks one up by its handle here
) without rowid;

create index batches_product on batches (product, first_log_index);
create index batches_lot on batches (lot);
create index batches_stage on batches (home, stage, first_log_index, handle);
-- Of what was ever packed little is still there: lists of stock do not read the rest.
create index batches_stocked on batches (home, stocked) where stocked is not null;
