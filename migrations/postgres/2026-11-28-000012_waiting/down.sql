-- A dropped column leaves its place behind: the table is made anew, as it was.
create table applications_before (
    id bytea not null primary key,
    kind text collate "C" not null,
    name_zh text collate "C" not null,
    name_en text collate "C" not null,
    uscc text collate "C" not null,
    place text collate "C" not null,
    contact text collate "C" not null,
    cma text collate "C",
    cma_until text collate "C",
    manager_name text collate "C" not null,
    manager_login text collate "C" not null,
    created_at bigint not null,
    decided_at bigint,
    decided_by bytea,
    organisation bytea,
    refusal text collate "C"
);

insert into applications_before
select id, kind, name_zh, name_en, uscc, place, contact, cma, cma_until, manager_name, manager_login, created_at,
    decided_at, decided_by, organisation, refusal
from applications;

drop table applications;
alter table applications_before rename to applications;
alter index applications_before_pkey rename to applications_pkey;
create index applications_order on applications (created_at, id);
