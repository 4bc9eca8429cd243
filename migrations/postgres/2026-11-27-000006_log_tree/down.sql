drop table log_checkpoints;
drop table log_tiles;
