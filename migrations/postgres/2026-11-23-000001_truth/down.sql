drop table attachments;
drop table openings;
drop table records;
