drop table data_reads;
drop table suspensions;
drop table applications;

-- A dropped column leaves its place behind: the table is made anew, as it was.
create table api_keys_before (
    id bytea not null primary key,
    organisation bytea not null,
    name text collate "C" not null,
    secret_hash bytea not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    used_at bigint
);

insert into api_keys_before
select id, organisation, name, secret_hash, created_at, expires_at, revoked_at, used_at from api_keys;

drop table api_keys;
alter table api_keys_before rename to api_keys;
alter index api_keys_before_pkey rename to api_keys_pkey;
create unique index api_keys_secret on api_keys (secret_hash);
