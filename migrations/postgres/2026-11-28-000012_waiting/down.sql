alter table applications drop column source;
