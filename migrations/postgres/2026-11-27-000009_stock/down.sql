delete from subjects;
delete from unique_names;
delete from lineage;
delete from grants;
drop table batches;

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
