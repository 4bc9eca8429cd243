drop table grants;
drop table lineage;
drop table batches;
drop table unique_names;
drop table subjects;
