-- Truth: what cannot be computed from anything else.

create table records (
    log_index bigint not null,      -- place in the instance's log, gapless from 0
    subject bytea not null,         -- handle, 16 bytes
    seq bigint not null,            -- place in the subject's chain, gapless from 0
    kind text collate "C" not null, -- as in the bytes, for filtering
    hash bytea not null,            -- record hash, 32 bytes
    bytes bytea not null,           -- the record itself; what is verified
    primary key (subject, seq)
);

create unique index records_log_index on records (log_index);

create table openings (
    subject bytea not null,
    seq bigint not null,
    field text collate "C" not null,
    class text collate "C" not null, -- parties, personal
    salt bytea not null,             -- 32 random bytes
    value text collate "C" not null, -- canonical JSON
    primary key (subject, seq, field)
);

create table attachments (
    sha256 bytea not null primary key,
    media_type text collate "C" not null,
    size bigint not null,     -- bytes
    stored_at bigint not null -- milliseconds since 1970 UTC
);
