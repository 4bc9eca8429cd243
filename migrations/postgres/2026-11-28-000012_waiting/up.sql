-- Operational: from which network an application came, for as long as it waits. Where too many wait, whoever sent most makes room.
alter table applications add column source bytea;  -- /24 of IPv4, /56 of IPv6; absent once it is decided
