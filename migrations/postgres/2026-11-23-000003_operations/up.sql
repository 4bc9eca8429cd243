-- Operational rows: not part of any record, not rebuilt.

create table api_keys (
    id bytea not null primary key,
    organisation bytea not null,
    name text collate "C" not null,
    secret_hash bytea not null, -- SHA-256 of the key
    created_at bigint not null, -- milliseconds since 1970 UTC, like all instants here
    expires_at bigint,
    revoked_at bigint
);

create unique index api_keys_secret on api_keys (secret_hash);

create table idempotency (
    organisation bytea not null,
    key text collate "C" not null,
    operation text collate "C" not null,
    request_hash bytea not null,
    receipt text collate "C" not null, -- what the act wrote: subjects, hashes, log indexes
    created_at bigint not null,
    primary key (organisation, key)
);

create index idempotency_age on idempotency (created_at);

create table problem_reports (
    id bytea not null primary key,
    gtin text collate "C" not null,
    lot text collate "C" not null,
    what text collate "C" not null,
    story text collate "C" not null,
    contact text collate "C" not null,
    created_at bigint not null
);
