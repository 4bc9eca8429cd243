drop table problem_reports;
drop table idempotency;
drop table api_keys;
