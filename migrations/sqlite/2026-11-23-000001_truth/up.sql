-- Truth: what cannot be computed from anything else.

create table records (
    log_index bigint not null,   -- place in the instance's log, gapless from 0
    subject blob not null,       -- handle, 16 bytes
    seq bigint not null,         -- place in the subject's chain, gapless from 0
    kind text not null,          -- as in the bytes, for filtering
    hash blob not null,          -- record hash, 32 bytes
    bytes blob not null,         -- the record itself; what is verified
    primary key (subject, seq)
);

create unique index records_log_index on records (log_index);

create table openings (
    subject blob not null,
    seq bigint not null,
    field text not null,
    class text not null,         -- parties, personal
    salt blob not null,          -- 32 random bytes
    value text not null,         -- canonical JSON
    primary key (subject, seq, field)
);

create table attachments (
    sha256 blob not null primary key,
    media_type text not null,
    size bigint not null,        -- bytes
    stored_at bigint not null    -- milliseconds since 1970 UTC
);
