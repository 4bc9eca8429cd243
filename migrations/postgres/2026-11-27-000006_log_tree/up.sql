-- The Merkle tree over the log (docs/ARCHITECTURE.md).

-- Projection: finished tiles, 256 hashes each, in RFC 6962's tree. What is unfinished follows from the records and the roots
-- here. A program that finds fewer of them than the records come to makes them anew when it opens the database.
create table log_tiles (
    level bigint not null,   -- 0: of leaves
    number bigint not null,  -- from the left, from 0
    hashes bytea not null,    -- 256 times 32 bytes
    root bytea not null,      -- what they come to: a hash of the tile above
    primary key (level, number)
);

-- Truth: what was signed.
create table log_checkpoints (
    epoch bigint not null,   -- 1, and one more after each `suyuan log reopen`
    size bigint not null,    -- of the tree that was signed
    note text collate "C" not null,     -- the signed note, whole
    primary key (epoch, size)
);
