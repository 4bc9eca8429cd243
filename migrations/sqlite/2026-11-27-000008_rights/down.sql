drop table data_reads;
drop table suspensions;
drop table applications;
alter table api_keys drop column scope;
