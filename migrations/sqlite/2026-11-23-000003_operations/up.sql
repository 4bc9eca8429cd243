-- Operational rows: not part of any record, not rebuilt.

create table api_keys (
    id blob not null primary key,
    organisation blob not null,
    name text not null,
    secret_hash blob not null,        -- SHA-256 of the key
    created_at bigint not null,       -- milliseconds since 1970 UTC, like all instants here
    expires_at bigint,
    revoked_at bigint
);

create unique index api_keys_secret on api_keys (secret_hash);

create table idempotency (
    organisation blob not null,
    key text not null,
    operation text not null,
    request_hash blob not null,
    receipt text not null,            -- what the act wrote: subjects, hashes, log indexes
    created_at bigint not null,
    primary key (organisation, key)
);

create index idempotency_age on idempotency (created_at);

create table problem_reports (
    id blob not null primary key,
    gtin text not null,
    lot text not null,
    what text not null,
    story text not null,
    contact text not null,
    created_at bigint not null
);
