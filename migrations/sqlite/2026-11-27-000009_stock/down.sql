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
    primary key (home, first_log_index) -- the order in which they are listed; nobody looks one up by its handle here
) without rowid;

create index batches_product on batches (product, first_log_index);
create index batches_lot on batches (lot);
