-- What organisations are told, and the addresses of theirs that are told too: operational rows, not part of any record.

-- How far the log was read for news: one row, like the log's own end.
create table notice_head (
    id bigint not null primary key,   -- 1
    next_log_index bigint not null,
    looked_on text not null         -- civil day on which the ends of licences were last looked at
);

create table notices (
    home blob not null,               -- who is told
    once text not null,              -- what it is told of; the same is told once
    kind text not null,
    subject blob not null,
    about text not null,             -- lot, sample code, licence number: as people call it
    told_at bigint not null,          -- milliseconds since 1970 UTC, like all instants here
    seen_at bigint,
    primary key (home, once)
);

create index notices_told on notices (home, told_at);
create index notices_unseen on notices (home, told_at) where seen_at is null;

create table webhooks (
    home blob not null,
    id blob not null,
    url text not null,
    secret blob not null,             -- signs what is sent; whoever has it can pretend to be us
    created_at bigint not null,
    ended_at bigint,
    primary key (home, id)
);

create table deliveries (
    home blob not null,
    webhook blob not null,
    once text not null,
    state text not null,             -- waiting, done, given_up
    attempts bigint not null,
    next_at bigint,                   -- when it is tried next; absent where nothing is to be done
    last_at bigint,
    outcome text,                   -- of the last attempt: a status, or why none came
    primary key (home, webhook, once)
);

create index deliveries_due on deliveries (next_at) where next_at is not null;
