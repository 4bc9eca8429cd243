-- Truth: where the instance's log ends. One row, which every writer locks last, so that the log has no gap and no fork.

create table log_head (
    id bigint not null primary key, -- always 1
    next_log_index bigint not null  -- of the record to come
);

insert into log_head (id, next_log_index) select 1, coalesce(max(log_index) + 1, 0) from records;
