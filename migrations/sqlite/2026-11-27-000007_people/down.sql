alter table api_keys drop column used_at;
drop table recovery_codes;
drop table invitations;
drop table sessions;
drop table members;
