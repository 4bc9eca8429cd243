drop table log_head;
