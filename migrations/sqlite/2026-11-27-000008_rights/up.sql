-- What a key may, who applies, who is suspended, who read what: operational rows, not part of any record, not rebuilt.

-- Operations that a key is narrowed to, a space between; absent: all that its organisation may.
alter table api_keys add column scope text;

-- Organisations that ask to be admitted. Nothing of this is public.
create table applications (
    id blob not null primary key,
    kind text not null,               -- of organisation
    name_zh text not null,
    name_en text not null,            -- empty where none was given
    uscc text not null,
    place text not null,
    contact text not null,
    cma text,                         -- of a laboratory, where it named one
    cma_until text,                   -- civil date
    manager_name text not null,
    manager_login text not null,
    created_at bigint not null,       -- milliseconds since 1970 UTC, like all instants here
    decided_at bigint,
    decided_by blob,                  -- member of the operator
    organisation blob,                -- which it became, where it was approved
    refusal text                      -- why not, where it was not
);

create index applications_order on applications (created_at, id);

-- Organisations that may not write for a while. A suspension that was lifted stays, as what happened.
create table suspensions (
    home blob not null,               -- who is suspended
    since bigint not null,
    reason text not null,
    suspended_by blob,                -- member of the operator
    lifted_at bigint,
    lifted_by blob,
    primary key (home, since)
);

-- Who read what of somebody else's that is not public.
create table data_reads (
    home blob not null,               -- whose it is
    read_at bigint not null,
    id blob not null,
    reader blob not null,             -- organisation
    member blob,                      -- of the reader; absent where it read by a key
    what text not null,
    subject blob,                     -- handle, where it was about one
    primary key (home, read_at, id)
);
