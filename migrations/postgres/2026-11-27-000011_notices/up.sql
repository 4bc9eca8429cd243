-- What organisations are told, and the addresses of theirs that are told too: operational rows, not part of any record.

-- How far the log was read for news: one row, like the log's own end.
create table notice_head (
    id bigint not null primary key,   -- 1
    next_log_index bigint not null,
    looked_on text collate "C" not null         -- civil day on which the ends of licences were last looked at
);

create table notices (
    home bytea not null,               -- who is told
    once text collate "C" not null,              -- what it is told of; the same is told once
    kind text collate "C" not null,
    subject bytea not null,
    about text collate "C" not null,             -- lot, sample code, licence number: as people call it
    told_at bigint not null,          -- milliseconds since 1970 UTC, like all instants here
    seen_at bigint,
    primary key (home, once)
);

create index notices_told on notices (home, told_at);
create index notices_unseen on notices (home, told_at) where seen_at is null;

create table webhooks (
    home bytea not null,
    id bytea not null,
    url text collate "C" not null,
    secret bytea not null,             -- signs what is sent; whoever has it can pretend to be us
    created_at bigint not null,
    ended_at bigint,
    primary key (home, id)
);

create table deliveries (
    home bytea not null,
    webhook bytea not null,
    once text collate "C" not null,
    state text collate "C" not null,             -- waiting, done, given_up
    attempts bigint not null,
    next_at bigint,                   -- when it is tried next; absent where nothing is to be done
    last_at bigint,
    outcome text collate "C",                   -- of the last attempt: a status, or why none came
    primary key (home, webhook, once)
);

create index deliveries_due on deliveries (next_at) where next_at is not null;
