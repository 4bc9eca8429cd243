-- People and how they get in: operational rows, not part of any record, not rebuilt.

create table members (
    home blob not null,               -- the organisation they act for
    id blob not null,
    login text not null,              -- as it is compared: lower case, in normal form
    name text not null,
    kind text not null,               -- manager, worker, signer
    password text not null,           -- Argon2id, as a PHC string
    password_at bigint not null,      -- when it was set; milliseconds since 1970 UTC, like all instants here
    totp_secret blob,                 -- of the authenticator, where one is set up
    totp_step bigint,                 -- the last step whose code was accepted: each works once
    created_at bigint not null,
    disabled_at bigint,
    primary key (home, id)
);

create unique index members_login on members (login);

create table sessions (
    token_hash blob not null primary key, -- SHA-256 of what the browser holds
    home blob not null,
    member blob not null,
    step text not null,               -- password: the code is still to come; setup: an authenticator is still to be set up; whole
    agent text not null,              -- the browser as it names itself, for its owner to tell them apart
    created_at bigint not null,
    used_at bigint not null,          -- to some minutes
    proven_at bigint not null,        -- when the password was last given
    ends_at bigint not null           -- unless it is used before
);

create index sessions_member on sessions (home, member);
create index sessions_end on sessions (ends_at);

create table invitations (
    token_hash blob not null primary key, -- SHA-256 of what stands in the link
    home blob not null,
    member blob,                      -- whose password is set anew; absent where somebody is to join
    kind text not null,               -- what the member will be
    name text not null,               -- whom it is for, as the inviter wrote it
    invited_by blob,                  -- a member; absent where it came from the server's terminal
    created_at bigint not null,
    expires_at bigint not null
);

create index invitations_home on invitations (home);

create table recovery_codes (
    home blob not null,
    member blob not null,
    code_hash blob not null,          -- SHA-256; used once, then gone
    primary key (home, member, code_hash)
);

-- When a key last let somebody in, to an hour.
alter table api_keys add column used_at bigint;
