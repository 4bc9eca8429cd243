-- What a key may, who applies, who is suspended, who read what: operational rows, not part of any record, not rebuilt.

-- Operations that a key is narrowed to, a space between; absent: all that its organisation may.
alter table api_keys add column scope text collate "C";

-- Organisations that ask to be admitted. Nothing of this is public.
create table applications (
    id bytea not null primary key,
    kind text collate "C" not null,               -- of organisation
    name_zh text collate "C" not null,
    name_en text collate "C" not null,            -- empty where none was given
    uscc text collate "C" not null,
    place text collate "C" not null,
    contact text collate "C" not null,
    cma text collate "C",                         -- of a laboratory, where it named one
    cma_until text collate "C",                   -- civil date
    manager_name text collate "C" not null,
    manager_login text collate "C" not null,
    created_at bigint not null,       -- milliseconds since 1970 UTC, like all instants here
    decided_at bigint,
    decided_by bytea,                  -- member of the operator
    organisation bytea,                -- which it became, where it was approved
    refusal text collate "C"                      -- why not, where it was not
);

create index applications_order on applications (created_at, id);

-- Organisations that may not write for a while. A suspension that was lifted stays, as what happened.
create table suspensions (
    home bytea not null,               -- who is suspended
    since bigint not null,
    reason text collate "C" not null,
    suspended_by bytea,                -- member of the operator
    lifted_at bigint,
    lifted_by bytea,
    primary key (home, since)
);

-- Who read what of somebody else's that is not public.
create table data_reads (
    home bytea not null,               -- whose it is
    read_at bigint not null,
    id bytea not null,
    reader bytea not null,             -- organisation
    member bytea,                      -- of the reader; absent where it read by a key
    what text collate "C" not null,
    subject bytea,                     -- handle, where it was about one
    primary key (home, read_at, id)
);
